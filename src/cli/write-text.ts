import { writeFileSync } from 'node:fs';
import { CliError, messageOf, OK, type Output } from './output.js';

/** @throws CliError that names the file */
export function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (thrown) {
    throw new CliError(`${file} cannot be written: ${messageOf(thrown)}`);
  }
}

/** What a verb has rendered goes to the file that `--out` names, and else to standard output. */
export function writeOrPrint(text: string, file: string | undefined, output: Output): number {
  if (file === undefined) output.out(text.trimEnd());
  else {
    writeText(file, text);
    output.err(`wrote ${file}`);
  }
  return OK;
}
