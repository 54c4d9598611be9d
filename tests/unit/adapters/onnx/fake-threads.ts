import type { EncoderThread } from '../../../../src/adapters/onnx/encoder-thread.js';
import type { TextWindow } from '../../../../src/adapters/onnx/text-window.js';
import { SextantError } from '../../../../src/lib/sextant-error.js';
import type { Embedding } from '../../../../src/signals/contract.js';

export const EMBEDDING: Embedding = {
  vector: new Float32Array([1, 0]),
  tokens: 3,
  truncated: false,
  unknownShare: 0,
};

/** A thread that answers when the test says so. */
export class FakeThread implements EncoderThread {
  readonly seen: string[] = [];
  readonly ended: Promise<string>;
  closed = false;
  #end: (reason: string) => void = () => {};
  #up = true;
  #settle: { resolve: (embedding: Embedding) => void; reject: (error: Error) => void } | undefined;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  encode(window: TextWindow): Promise<Embedding> {
    this.seen.push(window.head);
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  isUp(): boolean {
    return this.#up;
  }

  answer(): Promise<void> {
    this.#settle?.resolve(EMBEDDING);
    return turns();
  }

  fail(): Promise<void> {
    this.#settle?.reject(new SextantError('internal_error', 'failed'));
    return turns();
  }

  die(reason: string): Promise<void> {
    this.#up = false;
    this.#settle?.reject(new SextantError('internal_error', reason));
    this.#end(reason);
    return turns();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.die('closed');
  }
}

/** Lets everything that is settled be told. */
export const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
