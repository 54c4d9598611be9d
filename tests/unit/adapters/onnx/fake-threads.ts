import type { EncodedText, EncoderThread } from '../../../../src/adapters/onnx/encoder-thread.js';
import type { ScanText, TextPair } from '../../../../src/adapters/onnx/protocol.js';
import type { TextWindow } from '../../../../src/adapters/onnx/text-window.js';
import { err, ok } from '../../../../src/lib/result.js';
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
  /** Heads of all texts that came, in order. */
  readonly seen: string[] = [];
  /** How many texts came at once. */
  readonly batches: number[] = [];
  readonly scans: (readonly ScanText[])[] = [];
  readonly pairs: (readonly TextPair[])[] = [];
  readonly ended: Promise<string>;
  closed = false;
  /** What comes of every text. */
  embedding: Embedding = EMBEDDING;
  #end: (reason: string) => void = () => {};
  #up = true;
  #task: { resolve: (failing: readonly string[]) => void; reject: (error: Error) => void } | undefined;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  async encode(windows: readonly TextWindow[]): Promise<readonly EncodedText[]> {
    this.seen.push(...windows.map(({ head }) => head));
    this.batches.push(windows.length);
    const failing = await this.#answered();
    return windows.map(({ head }) =>
      failing.includes(head) ? err(new SextantError('internal_error', 'failed')) : ok(this.embedding),
    );
  }

  async scan(texts: readonly ScanText[]): Promise<readonly number[]> {
    this.scans.push(texts);
    await this.#answered();
    return texts.map(({ text }) => (text.includes('attack') ? 0.9 : 0.1));
  }

  async judge(pairs: readonly TextPair[]): Promise<readonly number[]> {
    this.pairs.push(pairs);
    await this.#answered();
    return pairs.map(({ one, other }) => (one === other ? 4 : -4));
  }

  isUp(): boolean {
    return this.#up;
  }

  /** Answers all of the task but the texts that are to fail. */
  answer(...failing: readonly string[]): Promise<void> {
    this.#task?.resolve(failing);
    return turns();
  }

  fail(): Promise<void> {
    this.#task?.reject(new SextantError('internal_error', 'failed'));
    return turns();
  }

  die(reason: string): Promise<void> {
    this.#up = false;
    this.#task?.reject(new SextantError('internal_error', reason));
    this.#end(reason);
    return turns();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.die('closed');
  }

  #answered(): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      this.#task = { resolve, reject };
    });
  }
}

/** Lets everything that is settled be told. */
export const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
