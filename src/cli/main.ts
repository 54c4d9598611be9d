import { CommanderError } from 'commander';
import type { Verb } from './command.js';
import { CliError, FAILED, messageOf, OK, type Output, USAGE } from './output.js';
import { sextantProgram } from './program.js';

/**
 * Runs one command line and gives back its exit status: 0 done, 1 failed, 2 called wrongly. What a verb does is loaded
 * when it is called, so that `--help` answers at once.
 */
export async function main(argv: readonly string[], output: Output): Promise<number> {
  let status = OK;
  const act = (verb: Verb) => async (): Promise<void> => {
    status = await verb();
  };
  const program = sextantProgram(act, output);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? OK : USAGE;
    output.err(thrown instanceof CliError ? thrown.message : `unexpected failure: ${detailOf(thrown)}`);
    return thrown instanceof CliError ? thrown.status : FAILED;
  }
}

function detailOf(thrown: unknown): string {
  return thrown instanceof Error && thrown.stack !== undefined ? thrown.stack : messageOf(thrown);
}
