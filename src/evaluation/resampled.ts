import { bootstrapInterval } from '../learn/bootstrap.js';
import type { Interval } from '../learn/metrics.js';
import { seededRandom } from '../lib/random.js';

const SAMPLES = 300;

/** 95 % interval of a figure over rows, by drawing rows with replacement; the same rows give the same interval. */
export function resampledInterval<T>(rows: readonly T[], figure: (part: readonly T[]) => number): Interval {
  const drawn = (indices: Uint32Array) => [...indices].flatMap((index) => rows[index] ?? []);
  return bootstrapInterval(rows.length, (indices) => figure(drawn(indices)), {
    random: seededRandom(1),
    samples: SAMPLES,
  });
}
