import type { IncomingMessage } from 'node:http';
import { SextantError } from '../lib/sextant-error.js';

export interface BodyLimits {
  readonly bytesMax: number;
  /** From now to the last byte. Milliseconds. */
  readonly deadlineMs: number;
}

/** A client that still sends does not read. So that it hears why, this many times the limit are read and dropped. */
const DROPPED_TIMES = 8;

/**
 * The whole body of a request.
 *
 * @throws SextantError `body_too_large`, or `deadline_exceeded` when the body takes too long or never ends
 */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const done = (settle: () => void): void => {
      clearTimeout(late);
      request.off('data', take).off('end', end).off('close', lost);
      settle();
    };
    const refuse = (error: SextantError): void => done(() => reject(error));
    const late = setTimeout(() => refuse(tooLate(limits.deadlineMs)), limits.deadlineMs);
    const take = (piece: Buffer): void => {
      bytes += piece.byteLength;
      if (bytes <= limits.bytesMax) pieces.push(piece);
      else pieces.length = 0;
      if (bytes > limits.bytesMax * DROPPED_TIMES) refuse(tooLarge(limits.bytesMax));
    };
    const end = (): void => {
      if (bytes > limits.bytesMax) refuse(tooLarge(limits.bytesMax));
      else done(() => resolve(Buffer.concat(pieces)));
    };
    const lost = (): void => refuse(tooLate(limits.deadlineMs));
    request.on('data', take).on('end', end).on('close', lost);
  });
}

function tooLarge(bytesMax: number): SextantError {
  return new SextantError(
    'body_too_large',
    `The body is larger than ${bytesMax} bytes, the most that is read here; send less at a time.`,
  );
}

function tooLate(deadlineMs: number): SextantError {
  return new SextantError(
    'deadline_exceeded',
    `The body did not arrive whole within ${deadlineMs} ms; send it at once.`,
  );
}
