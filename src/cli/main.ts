import { CommanderError } from 'commander';
import type { Act } from './command.js';
import { CliError, FAILED, messageOf, OK, type Output, USAGE } from './output.js';
import { heard, patiently } from './patience.js';
import { sextantProgram } from './program.js';

/**
 * Runs one command line and gives back its exit status: 0 done, 1 failed, 2 called wrongly. What a verb does is loaded
 * when it is called, so that `--help` answers at once.
 */
export async function main(argv: readonly string[], terminal: Output): Promise<number> {
  const output = heard(terminal);
  let status = OK;
  const act: Act = (verb, stays) => async () => {
    status = await (stays === undefined ? patiently(verb, output) : verb());
  };
  let asJson = false;
  const program = sextantProgram(act, output).hook('preAction', (_, called) => {
    asJson = called.optsWithGlobals<{ json?: boolean }>().json === true;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? OK : USAGE;
    const failed = thrown instanceof CliError ? thrown.status : FAILED;
    const message = thrown instanceof CliError ? thrown.message : `unexpected failure: ${detailOf(thrown)}`;
    output.err(asJson ? JSON.stringify({ error: { message, status: failed } }) : message);
    return failed;
  }
}

function detailOf(thrown: unknown): string {
  return thrown instanceof Error && thrown.stack !== undefined ? thrown.stack : messageOf(thrown);
}
