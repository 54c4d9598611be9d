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
      throw new SextantError(
        'body_too_large',
        `The request body is larger than ${this.bytesMax} bytes. Send a shorter one.`,
      );
    }
    this.pieces.push(piece);
  }

  whole(): Uint8Array {
    return Buffer.concat(this.pieces);
  }
}
