import type { ExchangeMoney, TokensUsed } from './money.js';
import type { ExchangeTrace } from './trace.js';

/** Outcome of the cache for one request, as the `x-sextant-cache` header writes it. */
export type CacheOutcome = 'hit-exact' | 'hit-semantic' | 'miss' | 'bypass' | 'off';

/** Which way a request went, as the `x-sextant-path` header writes it. */
export type PathOutcome = 'upstream' | 'cache' | 'blocked' | 'error' | 'passthrough';

/**
 * What became of an answer that a decision wanted judged. `unjudged`: it passed as it was, or another model was asked for
 * another reason.
 */
export type CascadeOutcome = 'kept' | 'escalated' | 'unjudged';

export interface CascadeRecord {
  readonly outcome: CascadeOutcome;
  /** Empty for an answer that was kept because it is good. */
  readonly reason: string;
  /** Whose answer nobody got; empty where the client got the one that was judged. */
  readonly model: string;
  /** What that answer took. */
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
}

/** What a signal said of a prompt. */
export type SignalOutcome = 'match' | 'no-match' | 'unknown';

/** What was done about personal data, and the types that were found; never what was found. */
export interface PersonalOutcome {
  readonly outcome: 'none' | 'noted' | 'blocked' | 'private' | 'redacted';
  readonly types: readonly string[];
}

/** Everything that is worth counting about one finished exchange. Never holds text of a prompt or an answer. */
export interface ExchangeRecord {
  readonly id: string;
  readonly route: string;
  /** True where nobody carried out what was decided: model and path are what would have been, status and tokens what was. */
  readonly shadow?: boolean;
  readonly api: string;
  readonly path: PathOutcome;
  readonly model: string;
  readonly decision: string;
  readonly cache: CacheOutcome;
  readonly cacheReason: string;
  readonly similarity: number | undefined;
  /** Stable error code, or empty. */
  readonly error: string;
  /** Upstream or immediate status; 0 when none was seen. */
  readonly status: number;
  readonly stream: boolean;
  /** Milliseconds that Sextant itself took before the request left, by stage. */
  readonly stagesMs: Readonly<Record<string, number>>;
  readonly overheadMs: number;
  /** Milliseconds from the request's arrival to the response headers; undefined when none came. */
  readonly upstreamMs: number | undefined;
  /** Milliseconds from the request's first header to the end of its answer, as far as Sextant heard of it. */
  readonly durationMs: number;
  /** Milliseconds from when the request went out to its first token; undefined for an answer in one piece. */
  readonly firstTokenMs: number | undefined;
  /** Mean time of each token after the first one of a stream. Milliseconds. */
  readonly tokenMs: number | undefined;
  /** As the model counted them, unless `tokensEstimated` says otherwise. */
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
  /** Set where the model did not say its usage: then the pieces of the stream were counted, and the prompt's characters. */
  readonly tokensEstimated?: true;
  /** What the stored answer took the model that gave it; absent where the cache did not answer. */
  readonly reused?: TokensUsed;
  /** Absent where no token was counted, and for a shadow. */
  readonly money?: ExchangeMoney;
  /** Absent where nobody traces. */
  readonly trace?: ExchangeTrace;
  /** What became of the answer in the cache: `stored`, or why not. Empty when nothing was to be stored. */
  readonly stored: string;
  /** The likeliest domain of the question, a label of the model's; empty when nobody asked. */
  readonly domain: string;
  /** Outcomes by the names of the policy's signals, as far as they were asked. */
  readonly signals: Readonly<Record<string, SignalOutcome>>;
  /** Windows that were read of the whole conversation; undefined when nothing was to be read. */
  readonly windows: number | undefined;
  /** Characters of the conversation that were to be read and were not; undefined when nothing was to be. */
  readonly unreadChars: number | undefined;
  /** Whether the model was told to think; empty where the policy said nothing of it. */
  readonly reasoning?: '' | 'on' | 'off';
  /** How many models were asked; 0 where only one could be. */
  readonly tries?: number;
  /** Absent where nothing was to be done about personal data. */
  readonly personalData?: PersonalOutcome;
  /** Absent where no answer was to be judged. */
  readonly cascade?: CascadeRecord;
}

/** Where finished exchanges are told. Must be cheap, and must not throw. */
export interface Telemetry {
  exchange(record: ExchangeRecord): void;
  /** A stream from Envoy that ended by an error of ours. */
  streamFailed(code: string): void;
}

export const noTelemetry: Telemetry = {
  exchange: () => {},
  streamFailed: () => {},
};

/** Structured log lines. Fields must never hold text of prompts or answers, keys or tokens. */
export interface Logger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export const noLogger: Logger = { info: () => {}, warn: () => {}, error: () => {} };
