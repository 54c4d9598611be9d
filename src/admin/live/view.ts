import type { CacheStats } from '../../cache/contract.js';
import type { FeedItem } from './feed.js';
import type { Histogram } from './histogram.js';
import { MINUTE_MS, MINUTES, type Minute, startOf, sumOf } from './hour.js';
import type { Flow, ModelSums, Sums } from './sums.js';

/** Milliseconds that half, and nineteen of twenty, stayed below. Off by an eighth at most; null without any. */
export interface Spread {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly count: number;
}

export interface LiveTotals {
  readonly requests: number;
  readonly hits_exact: number;
  readonly hits_semantic: number;
  readonly misses: number;
  readonly refused: number;
  readonly failed: number;
  /** As the pools counted them. */
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}

export interface LiveMinute extends LiveTotals {
  /** ISO 8601, its first second. */
  readonly at: string;
  readonly overhead_ms: Spread;
  /** Prompts by the model that answered. */
  readonly models: Readonly<Record<string, number>>;
}

export interface LiveModel {
  readonly name: string;
  readonly requests: number;
  readonly from_cache: number;
  readonly failed: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  /** From the request to the head of the answer. */
  readonly first_byte_ms: Spread;
}

/** How often hits of a route are wrong, by the sample; nulls before the first check. */
export interface LiveFalseHits {
  readonly route: string;
  readonly ratio: number | null;
  readonly low: number;
  readonly high: number;
  /** What the policy allows; null where a threshold decides. */
  readonly allowed: number | null;
}

/** The last hour, as the dashboard shows it. Its names are those of its JSON. */
export interface LiveView {
  /** ISO 8601. */
  readonly at: string;
  readonly window_minutes: number;
  /** Sequence number of the latest exchange. */
  readonly seq: number;
  readonly version: string;
  /** True where Sextant only watches. */
  readonly observes: boolean;
  /** Names of all models, in the order of the policy. */
  readonly pool: readonly string[];
  readonly default_model: string;
  readonly totals: LiveTotals;
  readonly overhead_ms: Spread;
  readonly stages: readonly (Spread & { readonly name: string })[];
  readonly models: readonly LiveModel[];
  readonly flows: readonly Readonly<Flow>[];
  readonly errors: readonly { readonly code: string; readonly count: number }[];
  readonly false_hits: readonly LiveFalseHits[];
  readonly cache: CacheStats;
  /** All minutes of the hour, oldest first. */
  readonly minutes: readonly LiveMinute[];
}

/** What is known besides the exchanges. */
export interface Surroundings
  extends Pick<LiveView, 'version' | 'observes' | 'pool' | 'default_model' | 'false_hits' | 'cache'> {}

export interface LivePage extends LiveView {
  /** Oldest first. */
  readonly exchanges: readonly FeedItem[];
}

export function viewOf(
  minutes: readonly Minute[],
  { nowMs, seq }: { readonly nowMs: number; readonly seq: number },
  around: Surroundings,
): LiveView {
  const sums = sumOf(minutes);
  return {
    at: new Date(nowMs).toISOString(),
    window_minutes: MINUTES,
    seq,
    ...around,
    totals: totalsOf(sums),
    overhead_ms: spreadOf(sums.overheadMs),
    stages: Array.from(sums.stagesMs, ([name, histogram]) => ({ name, ...spreadOf(histogram) })),
    models: Array.from(sums.models, ([name, model]) => modelOf(name, model)),
    flows: [...sums.flows.values()].toSorted((one, other) => other.count - one.count),
    errors: Array.from(sums.errors, ([code, count]) => ({ code, count })),
    minutes: allMinutes(minutes, nowMs),
  };
}

function totalsOf(sums: Sums): LiveTotals {
  return {
    requests: sums.requests,
    hits_exact: sums.hitsExact,
    hits_semantic: sums.hitsSemantic,
    misses: sums.misses,
    refused: sums.refused,
    failed: sums.failed,
    prompt_tokens: sums.promptTokens,
    completion_tokens: sums.completionTokens,
  };
}

function modelOf(name: string, sums: ModelSums): LiveModel {
  return {
    name,
    requests: sums.requests,
    from_cache: sums.fromCache,
    failed: sums.failed,
    prompt_tokens: sums.promptTokens,
    completion_tokens: sums.completionTokens,
    first_byte_ms: spreadOf(sums.firstByteMs),
  };
}

/** Also those in which nothing happened, so that whoever draws them need not think of gaps. */
function allMinutes(minutes: readonly Minute[], nowMs: number): readonly LiveMinute[] {
  const known = new Map(minutes.map((minute) => [minute.atMs, minute]));
  const firstMs = startOf(nowMs) - (MINUTES - 1) * MINUTE_MS;
  return Array.from({ length: MINUTES }, (_, at) => {
    const atMs = firstMs + at * MINUTE_MS;
    const sums = known.get(atMs)?.sums ?? sumOf([]);
    const answered = Array.from(sums.models, ([name, { requests }]) => [name, requests] as const);
    return {
      at: new Date(atMs).toISOString(),
      ...totalsOf(sums),
      overhead_ms: spreadOf(sums.overheadMs),
      models: Object.fromEntries(answered.filter(([, requests]) => requests > 0)),
    };
  });
}

function spreadOf(histogram: Histogram): Spread {
  return { p50: histogram.quantile(0.5), p95: histogram.quantile(0.95), count: histogram.total };
}
