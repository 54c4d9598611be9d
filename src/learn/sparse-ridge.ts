import type { SparseRow } from './prompt-words.js';

export interface SparseFit {
  readonly rows: readonly SparseRow[];
  /** How many places there are. */
  readonly places: number;
  readonly indices: Uint32Array;
}

const ROUNDS_MAX = 40;
/** Part of the first error, squared, at which no more is gained. */
const DONE = 1e-5;

/**
 * Ridge regression of one target on sparse rows, by conjugate gradients over the rows: there are fewer of them than
 * places.
 *
 * @param target by row, around 0; NaN where nothing is known, which pulls nowhere
 * @param pull what each weight is held to 0 by, in rows that have it in full
 * @returns one weight for each place
 */
export function fitSparseRidge(
  { rows, places, indices }: SparseFit,
  target: (row: number) => number,
  pull: number,
): Float64Array {
  const wanted = Float64Array.from(indices, (row) => {
    const value = target(row);
    return Number.isNaN(value) ? 0 : value;
  });
  const dual = new Float64Array(wanted.length);
  const error = Float64Array.from(wanted);
  const step = Float64Array.from(wanted);
  const start = dot(wanted, wanted);
  let before = start;
  for (let round = 0; round < ROUNDS_MAX && before > DONE * start; round++) {
    const weights = spread(rows, indices, step, places);
    const moved = Float64Array.from(
      indices,
      (row, at) => scoreOf(rows[row], weights) + pull * (step[at] ?? 0),
    );
    const length = before / Math.max(Number.MIN_VALUE, dot(step, moved));
    for (let at = 0; at < dual.length; at++) {
      dual[at] = (dual[at] ?? 0) + length * (step[at] ?? 0);
      error[at] = (error[at] ?? 0) - length * (moved[at] ?? 0);
    }
    const after = dot(error, error);
    for (let at = 0; at < step.length; at++) step[at] = (error[at] ?? 0) + (after / before) * (step[at] ?? 0);
    before = after;
  }
  return spread(rows, indices, dual, places);
}

/** The sum of a row's numbers, each times the weight of its place. */
export function scoreOf(row: SparseRow | undefined, weights: Float64Array): number {
  if (row === undefined) return 0;
  const { places, values } = row;
  let sum = 0;
  for (let at = 0; at < places.length; at++) sum += (values[at] ?? 0) * (weights[places[at] ?? 0] ?? 0);
  return sum;
}

function spread(
  rows: readonly SparseRow[],
  indices: Uint32Array,
  factors: Float64Array,
  places: number,
): Float64Array {
  const sums = new Float64Array(places);
  for (let at = 0; at < indices.length; at++) {
    const row = rows[indices[at] ?? 0];
    const factor = factors[at] ?? 0;
    if (row === undefined || factor === 0) continue;
    for (let entry = 0; entry < row.places.length; entry++) {
      const place = row.places[entry] ?? 0;
      sums[place] = (sums[place] ?? 0) + factor * (row.values[entry] ?? 0);
    }
  }
  return sums;
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}
