import type { Interval } from '../learn/metrics.js';
import { type Forecast, memoryIn, type Router, textMark } from '../learn/router.js';
import type { Memory } from '../learn/router-memory.js';
import { type OutcomeRows, pickRows } from '../learn/router-rows.js';
import type { PoolForecast, PoolOutcomes } from '../learn/routing-pool.js';
import type { JsonObject } from '../lib/json.js';
import { DataError } from './data-error.js';
import { type Evaluation, type Figure, rounded, share } from './evaluation.js';
import {
  forecastsOf,
  inRowOrder,
  PARTS,
  placesWhere,
  routerOf,
  rowsWhere,
  withinPart,
} from './router-job.js';
import { type Baseline, byDomain, byWords } from './routing-baselines.js';
import {
  type FiguresOf,
  pairFiguresOf,
  poolFiguresOf,
  type RoutingFigures,
  randomPairFigures,
  routingIntervals,
} from './routing-figures.js';

export interface RoutingJob {
  /** What is measured. */
  readonly rows: OutcomeRows;
  readonly encoderHash: string;
  /** Measured as it is, unless it has seen most of the rows. */
  readonly router?: Router | undefined;
  /** Trained on first, where they are given. */
  readonly train?: OutcomeRows | undefined;
  /** What a router that is trained here may look up; left out, what the given router does. */
  readonly memory?: Memory | undefined;
  /** How many of five parts are held out in turn where the rows themselves are trained on. */
  readonly parts: number;
  readonly progress?: ((what: string) => void) | undefined;
}

/** Rows of which a router of the same recipe was not told, with what it expects. */
interface Judged {
  readonly rows: OutcomeRows;
  readonly forecasts: readonly Forecast[];
  /** The same rows by simpler rules. */
  readonly simple: Readonly<Record<SimpleRule, readonly Forecast[]>>;
}

type SimpleRule = 'domain_only' | 'word_features';
const SIMPLE: Readonly<Record<SimpleRule, Baseline>> = { domain_only: byDomain, word_features: byWords };

/** From this share on rows count as those that the router was trained on. */
const SEEN_SHARE = 0.5;

/**
 * How well prompts are routed by what is expected of the models. Where rows were trained on, parts of them are judged
 * by a router that was trained without them.
 *
 * @throws DataError where there are too few rows, or neither a router nor rows to train on
 */
export function evaluateRouting(job: RoutingJob): Evaluation {
  const { rows, router, train } = job;
  if (rows.prompts.length === 0) throw new DataError('there are no rows to measure');
  const marks = train === undefined ? (router?.seen ?? []) : train.prompts.map(({ text }) => textMark(text));
  const seenRows = countSeen(rows, new Set(marks));
  const seen = seenRows >= SEEN_SHARE * rows.prompts.length;
  const judged = seen ? judgeParts(job) : judgeAll(job);
  const { found, intervals, shown } = judgedFigures(judged.rows, judged.forecasts);
  const baselines = baselinesOf(judged);
  const n = judged.rows.prompts.length;
  return {
    json: {
      n,
      models: rows.models.map(({ name }) => name),
      router: train === undefined ? (router?.name ?? null) : null,
      seen,
      seen_rows: seenRows,
      measured: seen ? `${job.parts} of ${PARTS} parts, held out` : 'all rows',
      ...roundedAll(found),
      baselines: Object.fromEntries(
        Object.entries(baselines).map(([name, each]) => [name, roundedAll(each)]),
      ),
      ci: Object.fromEntries(
        Object.entries(intervals).map(([name, ends]) => [name, ends.map((end) => rounded(end))]),
      ),
    },
    figures: [...shown, ...baselineFigures(baselines, found, n)],
    notes: seen
      ? [HELD_OUT_NOTE]
      : seenRows > 0
        ? [`${seenRows} rows stand among those that it was trained on`]
        : [],
  };
}

export interface JudgedFigures {
  readonly found: RoutingFigures;
  readonly intervals: Readonly<Record<string, Interval>>;
  /** Those that the rows tell. */
  readonly shown: readonly Figure[];
}

/** What comes of choosing by these forecasts, one for each row. */
export function judgedFigures(rows: OutcomeRows, forecasts: readonly Forecast[]): JudgedFigures {
  const figures = figuresOf(rows, forecasts);
  const found = figures();
  const n = rows.prompts.length;
  const intervals = routingIntervals(n, figures);
  const shown = Object.entries(found).flatMap(([name, value]): readonly Figure[] =>
    value === null ? [] : [share(name, value, { n, interval: intervals[name] })],
  );
  return { found, intervals, shown };
}

const HELD_OUT_NOTE =
  'the router was trained on these rows; the figures are those of the same recipe on parts that it was not trained on';

function countSeen({ prompts }: OutcomeRows, marks: ReadonlySet<number>): number {
  return prompts.filter(({ text }) => marks.has(textMark(text))).length;
}

/** No row was trained on. The simple rules have nothing else to learn from, so they judge each part by the others. */
function judgeAll({ rows, router, train, encoderHash, memory, progress }: RoutingJob): Judged {
  if (train !== undefined) {
    progress?.(`training on ${train.prompts.length} rows`);
    return {
      rows,
      forecasts: forecastsOf(routerOf({ name: 'trained', rows: train, encoderHash, memory }), rows.prompts),
      simple: { domain_only: byDomain(train, rows), word_features: byWords(train, rows) },
    };
  }
  if (router === undefined)
    throw new DataError('there is no router for these models; train one with --train FILE');
  return { rows, forecasts: forecastsOf(router, rows.prompts), simple: crossFitted(rows) };
}

function judgeParts(job: RoutingJob): Judged {
  const { rows, encoderHash, progress } = job;
  const memory = job.memory ?? (job.router === undefined ? undefined : memoryIn(job.router));
  const train = job.train ?? rows;
  const found = Array.from({ length: job.parts }, (_, part): Judged => {
    progress?.(`training without part ${part + 1} of ${PARTS}`);
    const outside = rowsWhere(train, (of) => of !== part);
    const held = rowsWhere(rows, (of) => of === part);
    return {
      rows: held,
      forecasts: forecastsOf(routerOf({ name: 'trained', rows: outside, encoderHash, memory }), held.prompts),
      simple: { domain_only: byDomain(outside, held), word_features: byWords(outside, held) },
    };
  });
  const order = found.flatMap((_, part) => placesWhere(rows, (of) => of === part));
  return {
    rows: pickRows(rows, order),
    forecasts: found.flatMap(({ forecasts }) => forecasts),
    simple: {
      domain_only: found.flatMap(({ simple }) => simple.domain_only),
      word_features: found.flatMap(({ simple }) => simple.word_features),
    },
  };
}

/** The rows may be one part of what was dealt by text, which leaves nothing to learn from by that dealing. */
function crossFitted(rows: OutcomeRows): Judged['simple'] {
  const by = (rule: Baseline): readonly Forecast[] =>
    inRowOrder(rows, withinPart, (part) =>
      rule(
        rowsWhere(rows, (of) => of !== part, withinPart),
        rowsWhere(rows, (of) => of === part, withinPart),
      ),
    );
  return { domain_only: by(SIMPLE.domain_only), word_features: by(SIMPLE.word_features) };
}

/** Two models called weak and strong are a pair; all else is a pool whose answers have a price. */
function isPair({ models }: OutcomeRows): boolean {
  return models.length === 2 && models[0]?.name === 'weak' && models[1]?.name === 'strong';
}

function figuresOf(rows: OutcomeRows, forecasts: readonly Forecast[]): FiguresOf {
  if (isPair(rows)) {
    const gaps = forecasts.map(({ quality }) => (quality[1] ?? 0) - (quality[0] ?? 0));
    return pairFiguresOf(gaps, pairOf(rows));
  }
  const prices = rows.models.map(({ parametersB }) => parametersB);
  return poolFiguresOf(poolForecast(rows, forecasts), poolOf(rows), prices);
}

function pairOf({ correct }: OutcomeRows): { readonly weak: Float32Array; readonly strong: Float32Array } {
  return {
    weak: correct.filter((_, at) => at % 2 === 0),
    strong: correct.filter((_, at) => at % 2 === 1),
  };
}

const TOKENS_PER_UNIT = 1000;

/** Billions of active parameters × thousands of tokens. A model whose tokens nobody counted writes as the others do. */
function poolOf({ models, correct, outputTokens }: OutcomeRows): PoolOutcomes {
  const known = outputTokens?.filter((count) => !Number.isNaN(count)) ?? Float32Array.of(TOKENS_PER_UNIT);
  const usual = known.reduce((sum, count) => sum + count, 0) / Math.max(1, known.length);
  const cost = correct.map((_, at) => {
    const tokens = outputTokens?.[at] ?? Number.NaN;
    return (
      ((models[at % models.length]?.parametersB ?? 0) * (Number.isNaN(tokens) ? usual : tokens)) /
      TOKENS_PER_UNIT
    );
  });
  return { models: models.length, correct, cost };
}

function poolForecast({ models }: OutcomeRows, forecasts: readonly Forecast[]): PoolForecast {
  const quality = new Float32Array(forecasts.length * models.length);
  const cost = new Float32Array(quality.length);
  for (const [row, forecast] of forecasts.entries()) {
    quality.set(forecast.quality, row * models.length);
    for (const [model, { parametersB }] of models.entries()) {
      const tokens = forecast.outputTokens?.[model] ?? TOKENS_PER_UNIT;
      cost[row * models.length + model] = (parametersB * tokens) / TOKENS_PER_UNIT;
    }
  }
  return { quality, cost };
}

function baselinesOf({ rows, simple }: Judged): Readonly<Record<string, RoutingFigures>> {
  const ruled = Object.fromEntries(
    Object.entries(simple).map(([name, forecasts]) => [name, figuresOf(rows, forecasts)()]),
  );
  if (isPair(rows)) {
    const pair = pairOf(rows);
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [weak, strong] = [mean(pair.weak), mean(pair.strong)];
    const oracle = pair.strong.map((value, at) => value - (pair.weak[at] ?? 0));
    return {
      random: randomPairFigures(pair),
      best_single: { accuracy: Math.max(weak, strong), cost: strong > weak ? 1 : 0 },
      cheapest_single: { accuracy: weak, cost: 0 },
      ...ruled,
      oracle: pairFiguresOf(oracle, pair)(),
    };
  }
  const pool = poolOf(rows);
  const prices = rows.models.map(({ parametersB }) => parametersB);
  const { best, cheapest } = singlesOf(rows);
  return {
    random: { points_over_line_at_half_cost: 0, min_points_over_line: 0 },
    best_single: best,
    cheapest_single: cheapest,
    ...ruled,
    oracle: poolFiguresOf({ quality: pool.correct, cost: pool.cost }, pool, prices)(),
  };
}

function singlesOf(rows: OutcomeRows): { readonly best: RoutingFigures; readonly cheapest: RoutingFigures } {
  const { correct, cost, models } = poolOf(rows);
  const means = rows.models.map((_, model) => {
    const known = [...correct.keys()].filter(
      (at) => at % models === model && !Number.isNaN(correct[at] ?? Number.NaN),
    );
    const mean = (values: Float32Array) =>
      known.reduce((sum, at) => sum + (values[at] ?? 0), 0) / Math.max(1, known.length);
    return { accuracy: mean(correct), cost: mean(cost) };
  });
  const [first = { accuracy: 0, cost: 0 }] = means;
  return {
    best: means.reduce((kept, each) => (each.accuracy > kept.accuracy ? each : kept), first),
    cheapest: means.reduce((kept, each) => (each.cost < kept.cost ? each : kept), first),
  };
}

/** Beside the router's own: what the same figure is by simpler means. */
function baselineFigures(
  baselines: Readonly<Record<string, RoutingFigures>>,
  found: RoutingFigures,
  n: number,
): readonly Figure[] {
  const wanted = found['apgr'] === null ? 'points_over_line_at_half_cost' : 'apgr';
  return Object.entries(baselines).flatMap(([name, figures]) => {
    const value = figures[wanted];
    if (value !== undefined && value !== null) return [share(`${wanted}, ${name}`, value, { n })];
    const accuracy = figures['accuracy'];
    return accuracy === undefined || accuracy === null ? [] : [share(`accuracy, ${name}`, accuracy, { n })];
  });
}

function roundedAll(figures: RoutingFigures): JsonObject {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, rounded(value)]));
}
