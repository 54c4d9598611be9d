import type { Rows } from './rows.js';

/** Sums over some rows, from which straight lines are fitted; those of parts of the rows add up. */
export interface Moments {
  /** Columns, one more for the constant 1 included. */
  readonly width: number;
  readonly outputs: number;
  /** Sum of the products of each two columns. Width × width. */
  readonly products: Float64Array;
  /** Sum of each column's product with each target. Outputs × width. */
  readonly answers: Float64Array;
}

/** @param targets rows × outputs; NaN counts as 0, so targets must lie around 0 */
export function momentsOf(
  rows: Rows,
  targets: { readonly values: Float32Array; readonly outputs: number },
  indices: Uint32Array,
): Moments {
  const width = rows.width + 1;
  const { outputs } = targets;
  const products = new Float64Array(width * width);
  const answers = new Float64Array(outputs * width);
  const row = new Float64Array(width).fill(1);
  for (const index of indices) {
    for (let at = 0; at < rows.width; at++) row[at] = rows.values[index * rows.width + at] ?? 0;
    for (let one = 0; one < width; one++) {
      const factor = row[one] ?? 0;
      if (factor === 0) continue;
      const start = one * width;
      for (let other = one; other < width; other++)
        products[start + other] = (products[start + other] ?? 0) + factor * (row[other] ?? 0);
    }
    for (let output = 0; output < outputs; output++) {
      const target = targets.values[index * outputs + output] ?? Number.NaN;
      if (Number.isNaN(target)) continue;
      for (let at = 0; at < width; at++)
        answers[output * width + at] = (answers[output * width + at] ?? 0) + target * (row[at] ?? 0);
    }
  }
  for (let one = 0; one < width; one++)
    for (let other = 0; other < one; other++)
      products[one * width + other] = products[other * width + one] ?? 0;
  return { width, outputs, products, answers };
}

export function withoutMoments(all: Moments, part: Moments): Moments {
  return {
    ...all,
    products: all.products.map((value, at) => value - (part.products[at] ?? 0)),
    answers: all.answers.map((value, at) => value - (part.answers[at] ?? 0)),
  };
}

/** Outputs × width; the last weight of each output belongs to the constant. */
export type LinearWeights = Float64Array;

/**
 * Ridge regression on columns of equal spread: `pull` is how many rows' worth of doubt each weight is held to 0 by.
 * The constant is free.
 */
export function fitRidge(moments: Moments, pull: number): LinearWeights {
  const { width, products, answers, outputs } = moments;
  const constant = width - 1;
  const count = Math.max(1, products[constant * width + constant] ?? 1);
  const spreads = Float64Array.from({ length: width }, (_, at) => {
    const mean = (products[constant * width + at] ?? 0) / count;
    return Math.sqrt(Math.max(0, (products[at * width + at] ?? 0) / count - mean * mean));
  });
  const system = Float64Array.from(products);
  for (let at = 0; at < constant; at++) {
    // A column that never changes would be as free as the constant.
    const held = Math.max(LEAST_PULL * count, pull * (spreads[at] ?? 0) ** 2);
    system[at * width + at] = (system[at * width + at] ?? 0) + held;
  }
  factorise(system, width);
  const weights = Float64Array.from(answers);
  for (let output = 0; output < outputs; output++)
    solve(system, weights.subarray(output * width, (output + 1) * width));
  return weights;
}

const LEAST_PULL = 1e-6;

/** Cholesky's lower triangle, in place. */
function factorise(system: Float64Array, width: number): void {
  for (let row = 0; row < width; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = system[row * width + column] ?? 0;
      for (let at = 0; at < column; at++)
        sum -= (system[row * width + at] ?? 0) * (system[column * width + at] ?? 0);
      if (row === column) system[row * width + row] = Math.sqrt(Math.max(sum, Number.MIN_VALUE));
      else system[row * width + column] = sum / (system[column * width + column] ?? 1);
    }
  }
}

function solve(triangle: Float64Array, values: Float64Array): void {
  const width = values.length;
  for (let row = 0; row < width; row++) {
    let sum = values[row] ?? 0;
    for (let at = 0; at < row; at++) sum -= (triangle[row * width + at] ?? 0) * (values[at] ?? 0);
    values[row] = sum / (triangle[row * width + row] ?? 1);
  }
  for (let row = width - 1; row >= 0; row--) {
    let sum = values[row] ?? 0;
    for (let at = row + 1; at < width; at++) sum -= (triangle[at * width + row] ?? 0) * (values[at] ?? 0);
    values[row] = sum / (triangle[row * width + row] ?? 1);
  }
}
