/** Where a verb writes: results to `out`, everything said along the way to `err`. Lines come without their newline. */
export interface Output {
  out(line: string): void;
  err(line: string): void;
  /** Whether whoever reads `out` sees colours. */
  readonly coloured?: boolean;
  /** Whether somebody waits there who wonders what a silent verb does. */
  readonly watched?: boolean;
}

/** Exit statuses, the same for every verb. */
export const OK = 0;
export const FAILED = 1;
export const USAGE = 2;

export const terminal: Output = {
  watched: true,
  // By https://no-color.org any value but the empty one asks for none; a terminal that is dumb shows none.
  coloured: process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
  out: (line) => {
    process.stdout.write(`${line}\n`);
  },
  err: (line) => {
    process.stderr.write(`${line}\n`);
  },
};

/** Something that a verb cannot do, worded for the person at the terminal: no stack trace is wanted. */
export class CliError extends Error {
  readonly status: number;

  constructor(message: string, status: number = FAILED) {
    super(message);
    this.name = 'CliError';
    this.status = status;
  }
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
