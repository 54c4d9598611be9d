import { main } from '../../src/cli/main.js';

export interface Collected {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process and collects what it says. */
export async function sextant(...argv: readonly string[]): Promise<Collected> {
  const out: string[] = [];
  const err: string[] = [];
  const status = await main(argv, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { status, out: out.join('\n'), err: err.join('\n') };
}
