import { prepareSextant } from '../app/prepare.js';
import { CliError, messageOf, OK, type Output } from './output.js';
import { nextSignal } from './signals.js';

export interface ServeOptions {
  readonly config: string;
  readonly set: readonly string[];
  /** Whether the config file is looked at for changes. */
  readonly watch: boolean;
}

/** A change counts once two looks in a row have seen it. Milliseconds. */
const WATCH_MS = 1000;

/**
 * `sextant serve`: the service itself, in the foreground; its log goes to standard output. SIGTERM drains, so that an
 * orchestrator loses no request; SIGINT, a person's Ctrl-C, or a second SIGTERM stops at once.
 */
export async function serve(options: ServeOptions, output: Output): Promise<number> {
  // Before anything else is loaded: the encoder's thread then loads its runtime while this one loads the rest.
  const prepared = prepareSextant();
  const { loaderOf, openConfig } = await import('./config-option.js');
  const config = openConfig(options.config, options.set);
  const { startSextant } = await import('../app.js');
  const asked = nextSignal(['SIGTERM', 'SIGINT', 'SIGHUP']);
  const reload = {
    load: loaderOf(options.config, options.set),
    watchMs: options.watch ? WATCH_MS : undefined,
  };
  const sextant = await startSextant(config, { prepared, reload }).catch((thrown: unknown) => {
    throw new CliError(`Sextant cannot start: ${messageOf(thrown)}`);
  });
  if ((await asked) !== 'SIGTERM') {
    await sextant.close();
    return OK;
  }
  const askedAgain = nextSignal(['SIGTERM', 'SIGINT']);
  output.err('draining; a second SIGTERM stops at once');
  await Promise.race([sextant.drain(), askedAgain.then(() => sextant.close())]);
  return OK;
}
