import { SextantError } from '../lib/sextant-error.js';

/** Collects a body that arrives in pieces, up to a bound. */
export class BodyPieces {
  private readonly pieces: Uint8Array[] = [];
  private bytes = 0;

  constructor(private readonly bytesMax: number) {}

  /** @throws SextantError `body_too_large` when the pieces together exceed the bound */
  push(piece: Uint8Array): void {
    this.bytes += piece.length;
    if (this.bytes > this.bytesMax) {
      this.pieces.length = 0;
      throw bodyTooLarge(this.bytesMax);
    }
    this.pieces.push(piece);
  }

  whole(): Uint8Array {
    return Buffer.concat(this.pieces);
  }
}

export function bodyTooLarge(bytesMax: number): SextantError {
  const message = `The request body is larger than ${bytesMax} bytes. Send a shorter one.`;
  return new SextantError('body_too_large', message);
}
