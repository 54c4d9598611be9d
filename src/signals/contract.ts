import type { Headers } from '../lib/headers.js';
import type { JsonObject } from '../lib/json.js';
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
  /** What filters before us found out, by their namespace, for identity signals too. */
  readonly metadata?: JsonObject | undefined;
  /** How the answer is asked for; absent where a text stands for itself, with no request around it. */
  readonly wishes?: AnswerWishes;
}

/** How a client wants its answer. */
export interface AnswerWishes {
  readonly stream: boolean;
  /** Tokens that the answer may take; undefined where the client names no limit. */
  readonly maxTokens: number | undefined;
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
  /** What the heads said in the same pass; absent when the model has none. */
  readonly heads?: HeadReadings;
}

/** The heads that answer for a whole text. `guard` judges what a user wrote, `document` what a tool or file says. */
export type HeadName = 'domain' | 'intent' | 'difficulty' | 'guard' | 'document';

/** What a head can say. */
export interface HeadSpec {
  readonly labels: readonly string[];
  /** `one`: the probabilities sum to 1. `each`: every label has a probability of its own. */
  readonly answers: 'one' | 'each';
  /** Probability of an attack (1 minus that of `benign`) at or above which a guard head's text is one; 0 to 1. */
  readonly threshold?: number;
  /** The same for text that only the scan of word features read, which is less sure of itself; 0 to 1. */
  readonly scanThreshold?: number;
}

/** Every head's answer to one text. */
export interface HeadReadings {
  /** Input of heads that a user trained, as the model gives it: not normalised. */
  readonly features: Float32Array;
  /** Calibrated probabilities, 0 to 1, in the order of the labels of `Encoder.heads`. */
  readonly probabilities: Readonly<Record<HeadName, Float32Array>>;
  /** Personal data by the token head, in order. Empty where the middle of the text was not read. */
  readonly spans: readonly Span[];
}

/** A stretch of a text. Offsets are UTF-16 units of that text, `end` not included. */
export interface Span {
  /** A type as `pii/types.ts` lists them. */
  readonly type: string;
  readonly start: number;
  readonly end: number;
  /** 0 to 1. */
  readonly score: number;
}

/** One text that must be read from end to end. */
export interface Passage {
  readonly text: string;
  /** Which guard head judges it: `prompt` what a user wrote, `document` what a tool, a file or a model said. */
  readonly role: 'prompt' | 'document';
}

/** What the heads said of one window of a passage; offsets of `heads.spans` are those of the passage. */
export interface WindowReading {
  /** Index of the passage. */
  readonly passage: number;
  /** UTF-16 units of the passage; windows of one passage overlap. */
  readonly start: number;
  readonly end: number;
  readonly heads: HeadReadings;
}

/** A stretch that no window covers, because the budget ran out or its window failed. */
export interface UnreadStretch {
  readonly passage: number;
  readonly start: number;
  readonly end: number;
  /** Probability of an attack, 0 to 1, by the linear scan of word features alone, which reads everything. */
  readonly scanned: number;
}

/** All that was read, and all that was not. */
export interface WholeReading {
  readonly windows: readonly WindowReading[];
  readonly unread: readonly UnreadStretch[];
}

/** How often personal data of one type was found with one score. */
export interface Find {
  readonly type: string;
  /** 0 to 1. */
  readonly score: number;
  readonly count: number;
}

/** The personal data of a whole conversation, counted: what it is is nobody's business. */
export interface PersonalData {
  readonly finds: readonly Find[];
  /** Characters of the passages that were not searched, because time ran out. */
  readonly unsearchedChars: number;
}

/** How much reading one request is worth. */
export interface ReadingBudget {
  readonly windowsMax: number;
  /** Queueing included. Milliseconds. */
  readonly deadlineMs: number;
}

/** Reads passages of any length in windows. */
export interface WholeReader {
  /** Never rejects: what could not be read is in `unread`. Windows read lately cost nothing. */
  readWhole(passages: readonly Passage[], budget: ReadingBudget): Promise<WholeReading>;
}

/** Turns text into vectors. One inference at a time per worker; a late result never answers. */
export interface Encoder {
  readonly dimension: number;
  /** sha256 of the model file, hex: vectors of two hashes are never compared. */
  readonly hash: string;
  /** What the heads can say; absent when the model has none. */
  readonly heads?: Readonly<Record<HeadName, HeadSpec>>;
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
      /** How sure it is that the signal holds, 0 to 1, where the score is not that. */
      readonly confidence?: number;
      readonly detail: string;
    }
  | {
      readonly state: 'unknown';
      readonly reason: string;
      /** Characters that were not read, where that is why it is unknown. */
      readonly unreadChars?: number;
    };

/** Cheaper signals are asked first; `encoder` ones need a forward pass, `whole` ones a reading of every turn. */
export type SignalCost = 'rule' | 'encoder' | 'whole';

/** One named thing that is true, false or unknown of a prompt. */
export interface Signal {
  readonly name: string;
  readonly cost: SignalCost;
  /** Whether it asks what personal data the conversation holds. */
  readonly searches?: boolean;
  /**
   * Whether it looks at what the key of a cached answer does not hold: who asks, or how the answer travels. Its outcome
   * then becomes a part of that key.
   */
  readonly outsideKey?: boolean;
  /** How long a request waits for what it needs to be evaluated; after that it is unknown. Milliseconds. */
  readonly deadlineMs?: number;
  /**
   * `embedding` is given when `cost` is `encoder`, `whole` when it is `whole`; both may be given otherwise. The
   * passages of `whole` are those of `passagesOf(view)`. `personal` is given to one that `searches`; without it the
   * signal looks for itself, which may take seconds. Must not throw.
   */
  evaluate(
    view: PromptView,
    embedding: Embedding | undefined,
    whole?: WholeReading,
    personal?: PersonalData,
  ): SignalValue;
}
