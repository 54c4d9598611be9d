import type { Embedding, Encoder } from '../signals/contract.js';
import { mapConcurrently } from './concurrently.js';

/** Long, because nobody waits for a single text here, and a text must not fail because the machine is busy. */
export const DEADLINE_MS = 600_000;
/** Texts on their way at once, for each thread of the encoder: one is read while the next one waits. */
const TEXTS_PER_WORKER = 16;

export interface EncodeAllOptions {
  readonly encoder: Encoder;
  /** Threads of the encoder. */
  readonly workers: number;
  readonly progress?: ((done: number, of: number) => void) | undefined;
}

/** What `use` makes of each text's embedding, in order. Embeddings themselves are not kept: many would not fit. */
export function encodeAll<R>(
  texts: readonly string[],
  { encoder, workers, progress }: EncodeAllOptions,
  use: (embedding: Embedding, index: number) => R,
): Promise<readonly R[]> {
  return mapConcurrently(texts, { limit: workers * TEXTS_PER_WORKER, progress }, async (text, index) =>
    use(await encoder.encode(text, DEADLINE_MS), index),
  );
}
