import type { JsonObject } from '../lib/json.js';

/**
 * One request as it is kept for replay: a line of JSON, with names in its spelling. Signals are kept as they came out,
 * so that what needs headers or text can be replayed as long as the signal means the same. Hashes are keyed with the
 * cache's secret.
 */
export interface RecordedRow {
  readonly id: string;
  readonly at_ms: number;
  readonly route: string;
  readonly api: string;
  /** The model that the client named, where that left the choice to the policy; else null. */
  readonly virtual_model: string | null;
  readonly decision: string;
  readonly model: string;
  readonly path: string;
  readonly cache: string;
  readonly similarity: number | null;
  /** As the upstream counted; null where nobody heard. */
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  /** Hex HMAC of what was asked, and of who asked; null where the cache had no part. */
  readonly ask_hash: string;
  readonly tenant_hash: string | null;
  readonly signals: Readonly<Record<string, RecordedSignal>>;
  readonly prompt: RecordedPrompt;
}

export interface RecordedSignal {
  /** Null where it was unknown. */
  readonly score: number | null;
  readonly matched: boolean;
  readonly confidence: number | null;
  readonly unread_chars: number | null;
}

export type RecordedPrompt =
  /** The body as it came. */
  { readonly kind: 'plain'; readonly body: JsonObject } | HashedPrompt;

/** What is left of a prompt without its text: lengths, and what the models said of it. */
export interface HashedPrompt {
  readonly kind: 'hashed';
  /** Estimated, of the whole conversation. */
  readonly context_tokens: number;
  /** Who spoke, and how many characters. */
  readonly turns: readonly (readonly [role: string, chars: number])[];
  readonly modalities: readonly string[];
  readonly tools: boolean;
  /** What the heads said of the question; null where it was not encoded. */
  readonly encoded: {
    readonly truncated: boolean;
    readonly unknown_share: number;
    readonly heads: Readonly<Record<string, readonly number[]>> | null;
  } | null;
  /** Null where nobody asked for a reading. */
  readonly read: {
    readonly windows: readonly {
      readonly at: readonly [passage: number, start: number, end: number];
      readonly guard: readonly number[];
      readonly document: readonly number[];
    }[];
    readonly unread: readonly (readonly [passage: number, start: number, end: number, scanned: number])[];
  } | null;
  /** Counts of personal data by type and score; null where nobody searched. */
  readonly personal: {
    readonly finds: readonly (readonly [type: string, score: number, count: number])[];
    readonly unsearched_chars: number;
  } | null;
  /** What a router expected; null where none was asked. */
  readonly expected: {
    /** Hash of the router. */
    readonly router: string;
    readonly quality: readonly number[];
    readonly output_tokens: readonly number[] | null;
  } | null;
}

/** What stands in the first line of a recording. */
export interface RecordingHead {
  readonly sextant_recording: 1;
  /** By the name of the signal: hash of what it is defined as, its models included. */
  readonly signals: Readonly<Record<string, string>>;
}

/** Where requests are kept for replay. Nothing here may block or throw: a request is not held up for its record. */
export interface Recorder {
  /** Whether the bodies are kept as they came, or what the models made of them. */
  readonly mode: 'plain' | 'hashed';
  /** Whether the request that begins now is one of those to keep. */
  samples(): boolean;
  /** @param row made when there is time for it; undefined when there is nothing worth keeping */
  record(row: () => RecordedRow | undefined): void;
}
