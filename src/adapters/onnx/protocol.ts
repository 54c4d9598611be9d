import type { Embedding } from '../../signals/contract.js';
import type { Provider } from './provider.js';
import type { TextWindow } from './text-window.js';

/** What a worker opens. */
export interface SessionOptions {
  readonly modelPath: string;
  readonly tokenizerPath: string;
  readonly provider: Provider;
  readonly dimension: number;
  /** Start and end token included. */
  readonly tokensMax: number;
}

/**
 * To the worker: first `open`, then one text to encode after the other, and `close`, after which it frees its session
 * and ends.
 */
export type WorkerRequest =
  | { readonly kind: 'open'; readonly session: SessionOptions }
  | { readonly kind: 'encode'; readonly window: TextWindow }
  | { readonly kind: 'close' };

/**
 * From the worker. First `ready` or `unavailable`, then one `embedded` or `failed` for each `encode`; as a worker gets
 * its next text only after it answered, answers need no number.
 */
export type WorkerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unavailable'; readonly reason: string }
  | { readonly kind: 'embedded'; readonly embedding: Embedding }
  | { readonly kind: 'failed'; readonly reason: string };
