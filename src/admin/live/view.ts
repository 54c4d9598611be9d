import type { CacheStats } from '../../cache/contract.js';
import { costUsd, type Price } from '../../telemetry/money.js';
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
  /** Exchanges whose tokens no model counted, so that they were estimated. */
  readonly estimated: number;
  /** What models were paid, by the prices on their cards. */
  readonly cost_usd: number;
  /** What the models would have cost again whose answers the cache gave. */
  readonly saved_by_cache_usd: number;
}

/** What the same answers would have cost, had one model given all those for which Sextant chose; and how much less it was. */
export interface LiveSaved {
  readonly model: string;
  /** Below 0 where it would have been cheaper. */
  readonly usd: number;
}

export interface LiveMinute extends LiveTotals {
  /** ISO 8601, its first second. */
  readonly at: string;
  readonly overhead_ms: Spread;
  /** Prompts by the model that answered; those that failed are in none of them. */
  readonly models: Readonly<Record<string, number>>;
}

export interface LiveModel {
  readonly name: string;
  readonly requests: number;
  readonly from_cache: number;
  readonly failed: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cost_usd: number;
  /** From the request to the head of the answer. */
  readonly first_byte_ms: Spread;
  /** Of streams, from the request to the first token. */
  readonly first_token_ms: Spread;
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
  /** Against the default model, and against the one for which the sum is the highest; null where no card has a price. */
  readonly saved_by_routing: { readonly default: LiveSaved; readonly dearest: LiveSaved } | null;
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
  extends Pick<LiveView, 'version' | 'observes' | 'default_model' | 'false_hits' | 'cache'> {
  /** In the order of the policy. */
  readonly cards: readonly { readonly name: string; readonly price: Price }[];
}

export interface LivePage extends LiveView {
  /** Oldest first. */
  readonly exchanges: readonly FeedItem[];
}

export function viewOf(
  minutes: readonly Minute[],
  { nowMs, seq }: { readonly nowMs: number; readonly seq: number },
  { cards, ...around }: Surroundings,
): LiveView {
  const sums = sumOf(minutes);
  return {
    at: new Date(nowMs).toISOString(),
    window_minutes: MINUTES,
    seq,
    ...around,
    pool: cards.map(({ name }) => name),
    totals: totalsOf(sums),
    saved_by_routing: savedOf(sums, { cards, ...around }),
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
    estimated: sums.estimated,
    cost_usd: money(sums.costUsd),
    saved_by_cache_usd: money(sums.savedByCacheUsd),
  };
}

/** The very same tokens are priced, although another model might have written more of them, or fewer. */
function savedOf(sums: Sums, { cards, default_model }: Surroundings): LiveView['saved_by_routing'] {
  if (cards.every(({ price }) => price.input === 0 && price.output === 0)) return null;
  const tokens = { promptTokens: sums.routedPromptTokens, completionTokens: sums.routedCompletionTokens };
  const [first, ...others] = cards.map(({ name, price }) => ({ model: name, usd: costUsd(tokens, price) }));
  if (first === undefined) return null;
  const dearest = others.reduce((most, each) => (each.usd > most.usd ? each : most), first);
  return {
    default: { model: default_model, usd: money(sums.atDefaultUsd - sums.routedCostUsd) },
    dearest: { model: dearest.model, usd: money(dearest.usd - sums.routedCostUsd) },
  };
}

/** Without the noise of the last bits. */
function money(usd: number): number {
  return Number(usd.toFixed(9));
}

function modelOf(name: string, sums: ModelSums): LiveModel {
  return {
    name,
    requests: sums.requests,
    from_cache: sums.fromCache,
    failed: sums.failed,
    prompt_tokens: sums.promptTokens,
    completion_tokens: sums.completionTokens,
    cost_usd: money(sums.costUsd),
    first_token_ms: spreadOf(sums.firstTokenMs),
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
    const answered = Array.from(
      sums.models,
      ([name, { requests, failed }]) => [name, requests - failed] as const,
    );
    return {
      at: new Date(atMs).toISOString(),
      ...totalsOf(sums),
      overhead_ms: spreadOf(sums.overheadMs),
      models: Object.fromEntries(answered.filter(([, count]) => count > 0)),
    };
  });
}

function spreadOf(histogram: Histogram): Spread {
  return { p50: histogram.quantile(0.5), p95: histogram.quantile(0.95), count: histogram.total };
}
