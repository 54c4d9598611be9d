import type { Command } from 'commander';
import { sextantProgram } from '../../src/cli/program.js';

/** Does something itself, although it has verbs below it. */
const BOTH = ['learning'];

/** Every verb of the command line, as the words that call it. */
export function everyVerb(): readonly (readonly string[])[] {
  const nobody = { out: () => undefined, err: () => undefined };
  return verbsBelow(
    sextantProgram(() => async () => undefined, nobody),
    [],
  );
}

function verbsBelow(command: Command, path: readonly string[]): readonly (readonly string[])[] {
  const below = command.commands.flatMap((each) => verbsBelow(each, [...path, each.name()]));
  return below.length === 0 || BOTH.includes(path.join(' ')) ? [path, ...below] : below;
}

/** The words of a line as a shell would hand them over, up to a pipe or a redirection. */
export function wordsOf(line: string): readonly string[] {
  const words = Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, bare]) => quoted ?? bare ?? '');
  const end = words.findIndex((word) => word === '|' || word === '>');
  return end < 0 ? words : words.slice(0, end);
}
