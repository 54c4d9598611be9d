import type { Random } from '../lib/random.js';
import type { Rows } from './rows.js';

export interface Axes {
  /** Of each column. */
  readonly mean: Float32Array;
  /** Unit vectors at right angles, `count` × width, the one along which rows differ most first. */
  readonly axes: Float32Array;
}

const ROUNDS = 20;

/** The directions in which rows differ most, by multiplying guesses with the covariance until they settle. */
export function principalAxes(
  rows: Rows,
  { count, random }: { readonly count: number; readonly random: Random },
): Axes {
  const { width } = rows;
  const mean = columnMeans(rows);
  const covariance = covarianceOf(rows, mean);
  let axes = Float64Array.from({ length: count * width }, () => random() - 0.5);
  for (let round = 0; round < ROUNDS; round++) {
    axes = product(axes, covariance, width);
    straighten(axes, width);
  }
  return { mean: Float32Array.from(mean), axes: Float32Array.from(axes) };
}

function columnMeans({ values, width }: Rows): Float64Array {
  const mean = new Float64Array(width);
  for (let at = 0; at < values.length; at++) mean[at % width] = (mean[at % width] ?? 0) + (values[at] ?? 0);
  return mean.map((sum) => sum / Math.max(1, values.length / width));
}

function covarianceOf({ values, width }: Rows, mean: Float64Array): Float64Array {
  const sums = new Float64Array(width * width);
  const row = new Float64Array(width);
  for (let from = 0; from < values.length; from += width) {
    for (let at = 0; at < width; at++) row[at] = (values[from + at] ?? 0) - (mean[at] ?? 0);
    for (let one = 0; one < width; one++) {
      const factor = row[one] ?? 0;
      const start = one * width;
      for (let other = one; other < width; other++)
        sums[start + other] = (sums[start + other] ?? 0) + factor * (row[other] ?? 0);
    }
  }
  for (let one = 0; one < width; one++)
    for (let other = 0; other < one; other++) sums[one * width + other] = sums[other * width + one] ?? 0;
  return sums;
}

function product(axes: Float64Array, matrix: Float64Array, width: number): Float64Array<ArrayBuffer> {
  const found = new Float64Array(axes.length);
  for (let from = 0; from < axes.length; from += width) {
    for (let row = 0; row < width; row++) {
      const factor = axes[from + row] ?? 0;
      const start = row * width;
      for (let at = 0; at < width; at++)
        found[from + at] = (found[from + at] ?? 0) + factor * (matrix[start + at] ?? 0);
    }
  }
  return found;
}

/** Makes each axis a unit vector at right angles to those before it; one for which nothing is left becomes zero. */
function straighten(axes: Float64Array, width: number): void {
  for (let from = 0; from < axes.length; from += width) {
    const axis = axes.subarray(from, from + width);
    const before = dot(axis, axis);
    for (let other = 0; other < from; other += width) {
      const known = axes.subarray(other, other + width);
      const along = dot(axis, known);
      for (let at = 0; at < width; at++) axis[at] = (axis[at] ?? 0) - along * (known[at] ?? 0);
    }
    const left = dot(axis, axis);
    const length = left > NOTHING_LEFT * before ? Math.sqrt(left) : Number.POSITIVE_INFINITY;
    for (let at = 0; at < width; at++) axis[at] = (axis[at] ?? 0) / length;
  }
}

/** Rounding leaves about that much of what should be nothing. */
const NOTHING_LEFT = 1e-12;

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}
