import type { ExchangeRecord } from '../../telemetry/contract.js';
import { Histogram } from './histogram.js';

/** What became of a prompt, as the picture of the flow tells it. */
export type Target = 'model' | 'cache' | 'refused' | 'failed';

/** Prompts that went the same way. */
export interface Flow {
  /** Empty where none was taken. */
  readonly decision: string;
  readonly target: Target;
  /** Empty unless the target is a model. */
  readonly model: string;
  count: number;
}

export interface ModelSums {
  /** Prompts that it answered. */
  requests: number;
  /** Answers of it that the cache gave again. */
  fromCache: number;
  failed: number;
  promptTokens: number;
  completionTokens: number;
  /** What it was paid, for answers that nobody got as well. */
  costUsd: number;
  /** To the head of the answer. */
  readonly firstByteMs: Histogram;
  /** Of streams, to the first token. */
  readonly firstTokenMs: Histogram;
}

/** What is added up of the exchanges of some time. Every map has at most `NAMES_MAX` keys. */
export interface Sums {
  requests: number;
  hitsExact: number;
  hitsSemantic: number;
  misses: number;
  refused: number;
  failed: number;
  promptTokens: number;
  completionTokens: number;
  /** Exchanges whose tokens no model counted. */
  estimated: number;
  costUsd: number;
  savedByCacheUsd: number;
  /** Of the exchanges for which Sextant chose the model. */
  routedPromptTokens: number;
  routedCompletionTokens: number;
  routedCostUsd: number;
  /** What their answers would have cost at the price of the default model. */
  atDefaultUsd: number;
  readonly overheadMs: Histogram;
  readonly stagesMs: Map<string, Histogram>;
  readonly models: Map<string, ModelSums>;
  readonly flows: Map<string, Flow>;
  readonly errors: Map<string, number>;
}

/** Names come from the policy, which may have hundreds; what is beyond is added up under one name. */
const NAMES_MAX = 100;
const OTHERS = '(others)';

export function emptySums(): Sums {
  return {
    ...{ requests: 0, hitsExact: 0, hitsSemantic: 0, misses: 0, refused: 0, failed: 0 },
    ...{ promptTokens: 0, completionTokens: 0, estimated: 0, costUsd: 0, savedByCacheUsd: 0 },
    ...{ routedPromptTokens: 0, routedCompletionTokens: 0, routedCostUsd: 0, atDefaultUsd: 0 },
    overheadMs: new Histogram(),
    stagesMs: new Map(),
    models: new Map(),
    flows: new Map(),
    errors: new Map(),
  };
}

/** Where the exchange ended. */
export function targetOf({ path, status }: ExchangeRecord): Target {
  if (path === 'cache') return 'cache';
  if (path === 'blocked') return 'refused';
  return path === 'error' || status >= 400 ? 'failed' : 'model';
}

/** Why an exchange failed: our code, or the status of the upstream. */
function failureOf({ error, status }: ExchangeRecord): string {
  return error === '' ? `upstream ${status}` : error;
}

export function addExchange(sums: Sums, record: ExchangeRecord): void {
  const target = targetOf(record);
  sums.requests += 1;
  if (record.cache === 'hit-exact') sums.hitsExact += 1;
  if (record.cache === 'hit-semantic') sums.hitsSemantic += 1;
  if (record.cache === 'miss') sums.misses += 1;
  if (target === 'refused') sums.refused += 1;
  if (target === 'failed') {
    sums.failed += 1;
    const code = roomFor(sums.errors, failureOf(record));
    sums.errors.set(code, (sums.errors.get(code) ?? 0) + 1);
  }
  sums.overheadMs.add(record.overheadMs);
  for (const [stage, ms] of Object.entries(record.stagesMs)) histogramOf(sums.stagesMs, stage).add(ms);
  flowOf(sums.flows, { decision: record.decision, target, model: target === 'model' ? record.model : '' });
  if (record.model !== '') addToModel(modelOf(sums.models, record.model), record, target);
  addMoney(sums, record);
  if (target === 'cache') return;
  sums.promptTokens += record.promptTokens ?? 0;
  sums.completionTokens += record.completionTokens ?? 0;
  if (record.tokensEstimated) sums.estimated += 1;
}

function addMoney(sums: Sums, { path, model, money, cascade, ...record }: ExchangeRecord): void {
  if (money === undefined) return;
  sums.costUsd += money.costUsd;
  sums.savedByCacheUsd += money.savedByCacheUsd;
  if (model !== '') modelOf(sums.models, model).costUsd += money.costUsd - money.discardedUsd;
  if (cascade !== undefined && cascade.model !== '') {
    modelOf(sums.models, cascade.model).costUsd += money.discardedUsd;
  }
  if (path !== 'upstream') return;
  sums.routedPromptTokens += record.promptTokens ?? 0;
  sums.routedCompletionTokens += record.completionTokens ?? 0;
  sums.routedCostUsd += money.costUsd;
  sums.atDefaultUsd += money.atDefaultUsd;
}

function addToModel(model: ModelSums, record: ExchangeRecord, target: Target): void {
  if (target === 'cache') {
    model.fromCache += 1;
    return;
  }
  if (target === 'refused') return;
  model.requests += 1;
  if (target === 'failed') model.failed += 1;
  model.promptTokens += record.promptTokens ?? 0;
  model.completionTokens += record.completionTokens ?? 0;
  if (record.upstreamMs !== undefined) model.firstByteMs.add(record.upstreamMs);
  if (record.firstTokenMs !== undefined) model.firstTokenMs.add(record.firstTokenMs);
}

/** Adds `from` to `into`. */
export function mergeSums(into: Sums, from: Sums): void {
  for (const name of COUNTS) into[name] += from[name];
  into.overheadMs.merge(from.overheadMs);
  for (const [stage, histogram] of from.stagesMs) histogramOf(into.stagesMs, stage).merge(histogram);
  for (const [name, model] of from.models) {
    const sum = modelOf(into.models, name);
    for (const count of MODEL_COUNTS) sum[count] += model[count];
    sum.firstByteMs.merge(model.firstByteMs);
    sum.firstTokenMs.merge(model.firstTokenMs);
  }
  for (const flow of from.flows.values()) flowOf(into.flows, flow, flow.count);
  for (const [code, count] of from.errors) {
    const name = roomFor(into.errors, code);
    into.errors.set(name, (into.errors.get(name) ?? 0) + count);
  }
}

const COUNTS = [
  'requests',
  'hitsExact',
  'hitsSemantic',
  'misses',
  'refused',
  'failed',
  'promptTokens',
  'completionTokens',
  'estimated',
  'costUsd',
  'savedByCacheUsd',
  'routedPromptTokens',
  'routedCompletionTokens',
  'routedCostUsd',
  'atDefaultUsd',
] as const;

const MODEL_COUNTS = [
  'requests',
  'fromCache',
  'failed',
  'promptTokens',
  'completionTokens',
  'costUsd',
] as const;

function histogramOf(map: Map<string, Histogram>, wanted: string): Histogram {
  const name = roomFor(map, wanted);
  const known = map.get(name) ?? new Histogram();
  map.set(name, known);
  return known;
}

function modelOf(map: Map<string, ModelSums>, wanted: string): ModelSums {
  const name = roomFor(map, wanted);
  const known = map.get(name) ?? {
    ...{ requests: 0, fromCache: 0, failed: 0, promptTokens: 0, completionTokens: 0, costUsd: 0 },
    firstByteMs: new Histogram(),
    firstTokenMs: new Histogram(),
  };
  map.set(name, known);
  return known;
}

function flowOf(map: Map<string, Flow>, way: Omit<Flow, 'count'>, count = 1): void {
  const { decision, target, model } = way;
  const wanted = JSON.stringify([decision, target, model]);
  const key = roomFor(map, wanted);
  const known = map.get(key);
  if (known !== undefined) known.count += count;
  else if (key === wanted) map.set(key, { decision, target, model, count });
  else map.set(key, { decision: OTHERS, target, model: OTHERS, count });
}

/** The name itself, or the one under which all go that no longer fit. */
function roomFor(map: ReadonlyMap<string, unknown>, name: string): string {
  return map.has(name) || map.size < NAMES_MAX ? name : OTHERS;
}
