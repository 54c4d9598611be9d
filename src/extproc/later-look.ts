import type { ResponsePiece } from './wire.js';

/** What is done with pieces of a response, and with what goes wrong then. */
export interface Looking {
  look(piece: ResponsePiece): void;
  failed(thrown: unknown): void;
}

/** Pieces of a response that were let go, and that the story looks at once their reply is on its way. */
export class LaterLook {
  readonly #waiting: ResponsePiece[] = [];
  readonly #looking: Looking;

  constructor(looking: Looking) {
    this.#looking = looking;
  }

  take(piece: ResponsePiece): void {
    this.#waiting.push(piece);
    if (this.#waiting.length === 1) setImmediate(() => this.now());
  }

  /** Looks at all that wait. After a failure the rest of them is forgotten. */
  now(): void {
    try {
      for (const piece of this.#waiting) this.#looking.look(piece);
    } catch (thrown) {
      this.#looking.failed(thrown);
    }
    this.#waiting.length = 0;
  }
}
