import { createReadStream } from 'node:fs';
import { CliError, messageOf } from './output.js';

/** A line of a file, without its newline; lines count from 1. */
export interface FileLine {
  readonly line: number;
  readonly bytes: Uint8Array;
}

export interface BatchLimits {
  readonly linesMax: number;
  /** Of the lines together; one that is larger makes a batch of its own. */
  readonly bytesMax: number;
}

/** No line that the service reads is longer. */
const LINE_BYTES_MAX = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines of a file in batches, without those that are empty. No more than a batch is held at a time.
 *
 * @throws CliError when the file cannot be read, or has a line that nobody would read
 */
export async function* lineBatches(file: string, limits: BatchLimits): AsyncGenerator<readonly FileLine[]> {
  let batch: FileLine[] = [];
  let bytes = 0;
  for await (const each of linesOf(file)) {
    if (
      batch.length >= limits.linesMax ||
      (batch.length > 0 && bytes + each.bytes.length > limits.bytesMax)
    ) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(each);
    bytes += each.bytes.length;
  }
  if (batch.length > 0) yield batch;
}

async function* linesOf(file: string): AsyncGenerator<FileLine> {
  let begun: Buffer[] = [];
  let held = 0;
  let line = 0;
  const next = (end: Buffer): FileLine => {
    const bytes = begun.length === 0 ? end : Buffer.concat([...begun, end]);
    begun = [];
    held = 0;
    line += 1;
    return { line, bytes };
  };
  for await (const piece of piecesOf(file)) {
    let start = 0;
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, start)) {
      const whole = next(piece.subarray(start, at));
      if (!isBlank(whole)) yield whole;
      start = at + 1;
    }
    begun.push(piece.subarray(start));
    held += piece.length - start;
    if (held > LINE_BYTES_MAX) {
      throw new CliError(`${file}:${line + 1}: the line is longer than ${LINE_BYTES_MAX} bytes.`);
    }
  }
  const last = next(Buffer.alloc(0));
  if (!isBlank(last)) yield last;
}

function isBlank({ bytes }: FileLine): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

async function* piecesOf(file: string): AsyncGenerator<Buffer> {
  try {
    for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) yield piece;
  } catch (thrown) {
    throw new CliError(`${file} cannot be read: ${messageOf(thrown)}`);
  }
}
