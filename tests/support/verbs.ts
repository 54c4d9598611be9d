import type { Command } from 'commander';
import type { Output } from '../../src/cli/output.js';
import { sextantProgram } from '../../src/cli/program.js';

/** Does something itself, although it has verbs below it. */
const BOTH = ['learning'];

export interface Verb {
  /** The words that call it, after `sextant`. */
  readonly path: readonly string[];
  readonly command: Command;
}

/** Every verb of the command line, in the order of its help, which `output` gets when it is asked for. */
export function verbsOf(output: Output): readonly Verb[] {
  return verbsBelow({ path: [], command: sextantProgram(() => async () => undefined, output) });
}

/** Every verb of the command line, as the words that call it. */
export function everyVerb(): readonly (readonly string[])[] {
  return verbsOf({ out: () => undefined, err: () => undefined }).map(({ path }) => path);
}

function verbsBelow({ path, command }: Verb): readonly Verb[] {
  const below = command.commands.flatMap((each) =>
    verbsBelow({ path: [...path, each.name()], command: each }),
  );
  return below.length === 0 || BOTH.includes(path.join(' ')) ? [{ path, command }, ...below] : below;
}

/** The words of a line as a shell would hand them over, up to a pipe or a redirection. */
export function wordsOf(line: string): readonly string[] {
  const words = Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, bare]) => quoted ?? bare ?? '');
  const end = words.findIndex((word) => word === '|' || word === '>');
  return end < 0 ? words : words.slice(0, end);
}
