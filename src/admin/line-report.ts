import type { SextantError } from '../lib/sextant-error.js';
import { errorBody } from '../openai/errors.js';

/** What is told of lines that were not taken. */
export interface RefusedLine {
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

/** The rest is counted. */
const TOLD_MAX = 100;

/** Keeps book of the lines of a body: how many were taken, and which were not and why. */
export class LineReport {
  taken = 0;
  refusedCount = 0;
  private readonly refused: RefusedLine[] = [];

  refuse(line: number, error: SextantError): void {
    this.refusedCount += 1;
    if (this.refused.length < TOLD_MAX) {
      this.refused.push({ line, code: error.code, message: saidOf(error) });
    }
  }

  told(): { readonly refused_count: number; readonly refused: readonly RefusedLine[] } {
    return { refused_count: this.refusedCount, refused: this.refused };
  }
}

/** What a client may read of it: a fault of our own may hold anything. */
function saidOf(error: SextantError): string {
  const { message } = JSON.parse(Buffer.from(errorBody(error)).toString('utf8')).error as { message: string };
  return message;
}
