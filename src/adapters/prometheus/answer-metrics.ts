import { Counter, Histogram, type Registry } from 'prom-client';
import type { ExchangeRecord } from '../../telemetry/contract.js';
import { baselineUsd, type TokensUsed } from '../../telemetry/money.js';

const FIRST_TOKEN_BUCKETS_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const TOKEN_BUCKETS_S = [0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1];
const DURATION_BUCKETS_S = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Counts what answers took: time, tokens and money. */
export function countsAnswers(registry: Registry): (record: ExchangeRecord) => void {
  const times = createTimes(registry);
  const tokens = createTokens(registry);
  const money = createMoney(registry);
  return (record) => {
    const { route, path, model, firstTokenMs, tokenMs, cascade } = record;
    times.duration.observe({ path }, record.durationMs / 1000);
    if (firstTokenMs !== undefined) times.firstToken.observe({ model }, firstTokenMs / 1000);
    if (tokenMs !== undefined) times.token.observe({ model }, tokenMs / 1000);
    add(record.tokensEstimated === true ? tokens.estimated : tokens.upstream, { model }, record);
    // The answer that nobody got was paid for as well.
    if (cascade !== undefined && cascade.model !== '') {
      add(tokens.upstream, { model: cascade.model }, cascade);
    }
    if (record.reused !== undefined) add(tokens.saved, { route }, record.reused);
    countMoney(money, record);
  };
}

function createTimes(registry: Registry) {
  const registers = [registry];
  return {
    duration: new Histogram({
      name: 'sextant_request_duration_seconds',
      help: 'Time from the first header of a request to the end of its answer, by way.',
      labelNames: ['path'],
      buckets: DURATION_BUCKETS_S,
      registers,
    }),
    firstToken: new Histogram({
      name: 'sextant_time_to_first_token_seconds',
      help: 'Time from when a request went out to the first token of its stream.',
      labelNames: ['model'],
      buckets: FIRST_TOKEN_BUCKETS_S,
      registers,
    }),
    token: new Histogram({
      name: 'sextant_time_per_token_seconds',
      help: 'Mean time of each token after the first one, by stream.',
      labelNames: ['model'],
      buckets: TOKEN_BUCKETS_S,
      registers,
    }),
  };
}

function createTokens(registry: Registry) {
  const registers = [registry];
  return {
    upstream: new Counter({
      name: 'sextant_upstream_tokens_total',
      help: 'Tokens that upstream models counted, by model and kind.',
      labelNames: ['model', 'kind'],
      registers,
    }),
    estimated: new Counter({
      name: 'sextant_estimated_tokens_total',
      help: 'Tokens of streams whose model said no usage: pieces of the answer, and a prompt measured by its characters.',
      labelNames: ['model', 'kind'],
      registers,
    }),
    saved: new Counter({
      name: 'sextant_cache_saved_tokens_total',
      help: 'Tokens that the models of stored answers took for them, counted again with each hit.',
      labelNames: ['route', 'kind'],
      registers,
    }),
  };
}

type Money = ReturnType<typeof createMoney>;

function createMoney(registry: Registry) {
  const registers = [registry];
  return {
    cost: new Counter({
      name: 'sextant_cost_usd_total',
      help: 'What models cost by the prices on their cards, in USD.',
      labelNames: ['route', 'decision', 'model'],
      registers,
    }),
    baseline: new Counter({
      name: 'sextant_baseline_cost_usd_total',
      help: 'What the same tokens would have cost, in USD: at the default model, or at the dearest model that was weighed.',
      labelNames: ['route', 'decision', 'baseline'],
      registers,
    }),
    savedByCache: new Counter({
      name: 'sextant_cache_saved_usd_total',
      help: 'What the models of stored answers would have cost again, in USD.',
      labelNames: ['route'],
      registers,
    }),
  };
}

function countMoney({ cost, baseline, savedByCache }: Money, record: ExchangeRecord): void {
  const { money, route, decision, model, cascade } = record;
  if (money === undefined) return;
  if (record.reused !== undefined) {
    savedByCache.inc({ route }, money.savedByCacheUsd);
    return;
  }
  cost.inc({ route, decision, model }, money.costUsd - money.discardedUsd);
  if (cascade !== undefined && cascade.model !== '') {
    cost.inc({ route, decision, model: cascade.model }, money.discardedUsd);
  }
  baseline.inc({ route, decision, baseline: 'default' }, baselineUsd(money, 'default'));
  baseline.inc({ route, decision, baseline: 'dearest' }, baselineUsd(money, 'dearest'));
}

function add(
  counter: Counter<string>,
  labels: Readonly<Record<string, string>>,
  { promptTokens, completionTokens }: Partial<TokensUsed> | Pick<ExchangeRecord, keyof TokensUsed>,
): void {
  if (promptTokens !== undefined) counter.inc({ ...labels, kind: 'prompt' }, promptTokens);
  if (completionTokens !== undefined) counter.inc({ ...labels, kind: 'completion' }, completionTokens);
}
