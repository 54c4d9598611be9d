import type { Command } from 'commander';
import { verbsOf } from './verbs.js';

/** Every verb with its arguments, options and example, in Markdown: what its help says. */
export function cliReference(): string {
  const said: string[] = [];
  const output = { out: (text: string) => said.push(text), err: (text: string) => said.push(text) };
  return verbsOf(output)
    .flatMap(({ path, command }) => section(command, ['sextant', ...path].join(' '), said))
    .join('\n');
}

function section(command: Command, words: string, said: string[]): readonly string[] {
  const help = command.createHelp();
  const rows = [
    ...help
      .visibleArguments(command)
      .map((each) => row(help.argumentTerm(each), help.argumentDescription(each))),
    ...help
      .visibleOptions(command)
      .filter(({ long }) => long !== '--help')
      .map((each) => row(help.optionTerm(each), help.optionDescription(each))),
  ];
  said.length = 0;
  command.outputHelp();
  const example = /^ {2}\$ (.*)$/m.exec(said.join('\n'))?.[1] ?? '';
  return [
    `### ${words}`,
    '',
    `${sentence(command.description())} As in \`${example}\`.`,
    '',
    '| | |',
    '|---|---|',
    ...rows,
    '',
  ];
}

function row(term: string, says: string): string {
  const told = says.replace(/ \(default: (?:\[\]|none)\)$/, '').replaceAll('|', '\\|');
  return `| \`${term}\` | ${told} |`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
