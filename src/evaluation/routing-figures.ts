import type { Interval } from '../learn/metrics.js';
import { type PairOutcomes, pairFigures, rankingOf } from '../learn/routing-pair.js';
import {
  onlyModels,
  type PoolForecast,
  type PoolOutcomes,
  poolFigures,
  sweepOf,
} from '../learn/routing-pool.js';
import { seededRandom } from '../lib/random.js';

/** By their public names; null where the rows say nothing of a figure. */
export type RoutingFigures = Readonly<Record<string, number | null>>;

/** What is calculated again for each sample of the rows. */
export type FiguresOf = (counts?: Uint32Array) => RoutingFigures;

/** Rows that cost more than that are no longer run by small models, in billions of active parameters. */
export const SMALL_MAX_B = 14;
const SAMPLES = 300;

export function pairFiguresOf(scores: ArrayLike<number>, outcomes: PairOutcomes): FiguresOf {
  const ranking = rankingOf(scores);
  return (counts) => {
    const found = pairFigures(ranking, outcomes, counts);
    return {
      apgr: found.apgr,
      cpt50: found.cpt50,
      cpt80: found.cpt80,
      strong_calls_at_95: found.strongCallsAt95,
      cost_at_equal_accuracy: found.costAtEqualAccuracy,
      accuracy_at_equal_cost: found.accuracyAtEqualCost,
      points_over_line_at_half_cost: found.pointsOverLineAtHalfCost,
      min_points_over_line: found.minPointsOverLine,
      small_only_gain: null,
    };
  };
}

/** What calling the strong model at random gives: the straight line, whatever is asked. */
export function randomPairFigures(outcomes: PairOutcomes): RoutingFigures {
  const everyRowAlike = new Float64Array(outcomes.weak.length);
  return pairFiguresOf(everyRowAlike, outcomes)();
}

export function poolFiguresOf(
  forecast: PoolForecast,
  outcomes: PoolOutcomes,
  parametersB: readonly number[],
): FiguresOf {
  const sweep = sweepOf(forecast, outcomes);
  const small = [...parametersB.keys()].filter((model) => (parametersB[model] ?? 0) <= SMALL_MAX_B);
  const cut = { models: outcomes.models, kept: small };
  const smallOutcomes = onlyModels({ ...outcomes }, cut);
  const smallSweep = small.length < 2 ? undefined : sweepOf(onlyModels({ ...forecast }, cut), smallOutcomes);
  return (counts) => {
    const found = poolFigures(sweep, outcomes, counts);
    const gain =
      smallSweep === undefined ? null : poolFigures(smallSweep, smallOutcomes, counts).gainOverBest;
    return {
      apgr: null,
      cpt50: null,
      cpt80: null,
      strong_calls_at_95: null,
      cost_at_equal_accuracy: found.costAtEqualAccuracy,
      accuracy_at_equal_cost: found.accuracyAtEqualCost,
      points_over_line_at_half_cost: found.pointsOverLineAtHalfCost,
      min_points_over_line: found.minPointsOverLine,
      small_only_gain: gain,
    };
  };
}

/** 95 % intervals of all figures at once, by drawing rows with replacement; the same rows give the same intervals. */
export function routingIntervals(rows: number, figures: FiguresOf): Readonly<Record<string, Interval>> {
  const random = seededRandom(1);
  const drawn = new Map<string, number[]>();
  for (let sample = 0; sample < SAMPLES; sample++) {
    const counts = new Uint32Array(rows);
    for (let draw = 0; draw < rows; draw++) {
      const row = Math.floor(random() * rows);
      counts[row] = (counts[row] ?? 0) + 1;
    }
    for (const [name, value] of Object.entries(figures(counts))) {
      if (value === null) continue;
      const values = drawn.get(name) ?? [];
      values.push(value);
      drawn.set(name, values);
    }
  }
  return Object.fromEntries([...drawn].map(([name, values]) => [name, middleOf(values)]));
}

function middleOf(values: readonly number[]): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return [at(0.025), at(0.975)];
}
