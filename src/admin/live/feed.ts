import type { ExchangeRecord } from '../../telemetry/contract.js';
import { type Target, targetOf } from './sums.js';

/** One finished exchange as the dashboard lists it. Holds names and numbers, and no text of anybody's. */
export interface FeedItem {
  /** Counts the exchanges of this process from 1. */
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  readonly id: string;
  readonly route: string;
  /** True where nobody carried out what was decided. */
  readonly shadow: boolean;
  readonly target: Target;
  readonly model: string;
  readonly decision: string;
  /** `hit-exact`, `hit-semantic`, `miss`, `bypass` or `off`. */
  readonly cache: string;
  readonly cache_reason: string;
  readonly similarity: number | null;
  readonly error: string;
  readonly status: number;
  readonly stream: boolean;
  readonly overhead_ms: number;
  readonly first_byte_ms: number | null;
  readonly stages_ms: Readonly<Record<string, number>>;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  /** True where no model counted them. */
  readonly estimated: boolean;
  readonly cost_usd: number | null;
  readonly domain: string;
}

const ITEMS_MAX = 200;

/** The exchanges of late, so many that a page is full of them. */
export class Feed {
  #items: { readonly seq: number; readonly atMs: number; readonly record: ExchangeRecord }[] = [];
  #seq = 0;

  add(record: ExchangeRecord, nowMs: number): void {
    this.#seq += 1;
    this.#items.push({ seq: this.#seq, atMs: nowMs, record });
    // Moving them at every exchange would cost more than keeping twice as many.
    if (this.#items.length >= 2 * ITEMS_MAX) this.#items = this.#items.slice(-ITEMS_MAX);
  }

  get seq(): number {
    return this.#seq;
  }

  /** Those after the one with this number, oldest first, at most `limit` of the newest. */
  after(seq: number, limit = ITEMS_MAX): readonly FeedItem[] {
    return this.#items
      .slice(-Math.min(limit, ITEMS_MAX))
      .filter((item) => item.seq > seq)
      .map(({ record, ...item }) => itemOf(record, item));
  }
}

function itemOf(record: ExchangeRecord, { seq, atMs }: { seq: number; atMs: number }): FeedItem {
  return {
    seq,
    at: new Date(atMs).toISOString(),
    id: record.id,
    route: record.route,
    shadow: record.shadow === true,
    target: targetOf(record),
    model: record.model,
    decision: record.decision,
    cache: record.cache,
    cache_reason: record.cacheReason,
    similarity: record.similarity === undefined ? null : rounded(record.similarity, 4),
    error: record.error,
    status: record.status,
    stream: record.stream,
    overhead_ms: rounded(record.overheadMs, 3),
    first_byte_ms: record.upstreamMs === undefined ? null : rounded(record.upstreamMs, 1),
    stages_ms: Object.fromEntries(
      Object.entries(record.stagesMs).map(([stage, ms]) => [stage, rounded(ms, 3)]),
    ),
    prompt_tokens: record.promptTokens ?? null,
    completion_tokens: record.completionTokens ?? null,
    estimated: record.tokensEstimated === true,
    cost_usd: record.money === undefined ? null : rounded(record.money.costUsd, 9),
    domain: record.domain,
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
