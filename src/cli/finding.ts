import type { Output } from './output.js';

/** `problem`: it will not work, or not as the config says. `warning`: likely not what was meant. `note`: good to know. */
export type Level = 'good' | 'note' | 'warning' | 'problem';

/** One thing that was looked at. */
export interface Finding {
  /** What kind of thing it is, in one word. */
  readonly check: string;
  readonly level: Level;
  readonly says: string;
  /** What to do about it. */
  readonly todo?: string;
}

/** Makes findings of one kind. */
export function findingsOf(check: string) {
  return {
    good: (says: string): Finding => ({ check, level: 'good', says }),
    note: (says: string, todo?: string): Finding => found(check, 'note', says, todo),
    warning: (says: string, todo: string): Finding => found(check, 'warning', says, todo),
    problem: (says: string, todo: string): Finding => found(check, 'problem', says, todo),
  };
}

function found(check: string, level: Level, says: string, todo: string | undefined): Finding {
  return { check, level, says, ...(todo === undefined ? {} : { todo }) };
}

/** Foregrounds of ECMA-48: green, cyan, yellow, red. */
const COLOURS = { good: 32, note: 36, warning: 33, problem: 31 };
const WIDTHS = { level: 7, check: 7 };

export function tellFinding({ check, level, says, todo }: Finding, output: Output): void {
  const word = level.padEnd(WIDTHS.level);
  const shown = output.coloured === true ? `\x1b[${COLOURS[level]}m${word}\x1b[39m` : word;
  output.out(`${shown}  ${check.padEnd(WIDTHS.check)}  ${says}`);
  if (todo !== undefined) output.out(`${' '.repeat(WIDTHS.level + WIDTHS.check + 4)}→ ${todo}`);
}
