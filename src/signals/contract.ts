import type { Headers } from '../lib/headers.js';
import type { Modality, Turn } from '../openai/request.js';

/** What a signal may look at. */
export interface PromptView {
  /** Text of the last user turn. */
  readonly ask: string;
  readonly turns: readonly Turn[];
  /** Estimated tokens of the whole conversation. */
  readonly contextTokens: number;
  readonly modalities: readonly Modality[];
  readonly hasTools: boolean;
  /** Request headers, for identity signals. */
  readonly headers: Headers;
}

/** What one pass of the encoder said of a text. */
export interface Embedding {
  /** Unit vector; its length is the encoder's dimension. */
  readonly vector: Float32Array;
  /** Tokens read, special tokens included. */
  readonly tokens: number;
  /** True when the text was longer than the encoder reads, so that head and tail stand for it. */
  readonly truncated: boolean;
  /** Share of tokens, 0 to 1, that the vocabulary does not know. Above 0.1 the vector means little. */
  readonly unknownShare: number;
}

/** Turns text into vectors. One inference at a time per worker; a late result never answers. */
export interface Encoder {
  readonly dimension: number;
  /** sha256 of the model file, hex: vectors of two hashes are never compared. */
  readonly hash: string;
  /**
   * @param deadlineMs how long the caller will wait, queueing included. Milliseconds.
   * @throws SextantError `overloaded` when the queue is full, `deadline_exceeded` when it took too long
   */
  encode(text: string, deadlineMs: number): Promise<Embedding>;
}

/**
 * What a signal found. `score` is on the signal's own scale, which its docstring names; most use 0 to 1. `threshold`,
 * where the signal has one, is on the same scale: explanations show how far the score was from it.
 */
export type SignalValue =
  | {
      readonly state: 'known';
      readonly matched: boolean;
      readonly score: number;
      readonly threshold?: number;
      readonly detail: string;
    }
  | { readonly state: 'unknown'; readonly reason: string };

/** Cheaper signals are asked first; `encoder` ones need a forward pass. */
export type SignalCost = 'rule' | 'encoder';

/** One named thing that is true, false or unknown of a prompt. */
export interface Signal {
  readonly name: string;
  readonly cost: SignalCost;
  /** `embedding` is given when `cost` is `encoder`, and may be given otherwise. Must not throw. */
  evaluate(view: PromptView, embedding: Embedding | undefined): SignalValue;
}
