import type { Result } from '../../lib/result.js';
import type { Embedding } from '../../signals/contract.js';
import type { GuardHeadName, Heads } from './heads.js';
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
  /** Absent for a model that only gives vectors. */
  readonly heads?: Heads;
  /** Absent for a folder without a judge of pairs. */
  readonly pair?: PairModel;
}

/** The judge of pairs beside the encoder; it reads with the same tokenizer. */
export interface PairModel {
  readonly modelPath: string;
  /** Numbers that go in beside the tokens of each pair. */
  readonly features: number;
}

/** What became of one text of a pass: its embedding, or why there is none. */
export type Encoded = Result<Embedding, string>;

/** A text to be searched for an attack by its words alone. */
export interface ScanText {
  readonly text: string;
  readonly head: GuardHeadName;
}

/** Two texts to be held against one another, and what their raw strings show. */
export interface TextPair {
  readonly one: string;
  readonly other: string;
  readonly features: Float32Array;
}

/**
 * To the worker: first `open`, then one task after the other, and `close`, after which it frees its session and ends.
 */
export type WorkerRequest =
  | { readonly kind: 'open'; readonly session: SessionOptions }
  | { readonly kind: 'encode'; readonly windows: readonly TextWindow[] }
  | { readonly kind: 'scan'; readonly texts: readonly ScanText[] }
  | { readonly kind: 'judge'; readonly pairs: readonly TextPair[] }
  | { readonly kind: 'close' };

/**
 * From the worker. First `ready` or `unavailable`, then one answer for each task; as a worker gets its next task only
 * after it answered, answers need no number.
 */
export type WorkerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unavailable'; readonly reason: string }
  | TaskReply;

export type TaskReply =
  /** One for each window, in their order. */
  | { readonly kind: 'encoded'; readonly results: readonly Encoded[] }
  /** Probability of an attack, 0 to 1, for each text in their order. */
  | { readonly kind: 'scanned'; readonly attacks: readonly number[] }
  /** One logit for each pair, in their order. */
  | { readonly kind: 'judged'; readonly logits: readonly number[] }
  | { readonly kind: 'failed'; readonly reason: string };
