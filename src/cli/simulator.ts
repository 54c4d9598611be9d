import { startSimulator } from '../simulator/server.js';
import { CliError, messageOf, OK, type Output } from './output.js';
import { nextSignal } from './signals.js';

export interface SimulatorCliOptions {
  readonly name: string;
  readonly alias: readonly string[];
  readonly address: string;
  readonly port: number;
  readonly ttftMs: number;
  readonly tokensPerSecond: number;
  readonly reasoning: boolean;
  readonly maxNumSeqs: number;
  readonly adapter: readonly string[];
  readonly maxLoras: number;
  readonly json?: boolean;
}

/** `sextant simulator`: one labelled upstream simulator in the foreground. */
export async function simulator(options: SimulatorCliOptions, output: Output): Promise<number> {
  const stopped = nextSignal(['SIGINT', 'SIGTERM', 'SIGHUP']);
  const { alias: aliases, adapter: adapters, json = false, ...rest } = options;
  const running = await startSimulator({ ...rest, aliases, adapters }).catch((thrown: unknown) => {
    throw new CliError(
      `The simulator cannot listen: ${messageOf(thrown)}. Choose another --port, or 0 for any.`,
    );
  });
  const { name, url } = running;
  output.out(
    json
      ? JSON.stringify({ name, url })
      : `simulator of ${name} at ${url} (it answers like vLLM; nothing it says comes from a model)`,
  );
  await stopped;
  await running.close();
  return OK;
}
