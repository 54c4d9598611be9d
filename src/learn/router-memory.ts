import type { Random } from '../lib/random.js';
import { principalAxes } from './principal-axes.js';
import type { OutcomeRows } from './router-rows.js';
import { rowAt } from './rows.js';

/** Prompts whose outcomes are known, perhaps with other models: how hard they were, and for whom. Holds no text. */
export interface Memory {
  /** What is taken off an embedding before it is turned. */
  readonly mean: Float32Array;
  /** `width` axes of the embedding's dimension. */
  readonly axes: Float32Array;
  /** Numbers that a remembered prompt is kept as. */
  readonly width: number;
  /** Remembered prompts as unit vectors over the axes, each number times `VECTOR_SCALE`. Prompts × width. */
  readonly vectors: Int8Array;
  /** How many numbers tell of the outcomes of a prompt. */
  readonly outcomeWidth: number;
  /** In `OUTCOME_SCALE`-ths of the usual distance from the mean. Prompts × `outcomeWidth`. */
  readonly outcomes: Int8Array;
}

const VECTOR_SCALE = 127;
const OUTCOME_SCALE = 32;
const AXES = 64;
const OUTCOME_AXES = 6;
/** How much more a nearer prompt weighs, by cosine: as a vote of many, and of the few that are nearly the same. */
const SHARPNESS = [15, 60];
/** Votes for the mean, so that a few strangers far away say little. */
const PRIOR_VOTES = 2;

/** Numbers that `recall` gives. */
export function recallWidth({ outcomeWidth }: Memory): number {
  return 1 + SHARPNESS.length * outcomeWidth;
}

export function memoryOf(rows: OutcomeRows, random: Random): Memory {
  const dimension = rows.prompts[0]?.embedding.vector.length ?? 0;
  const vectors = new Float32Array(rows.prompts.length * dimension);
  for (const [row, { embedding }] of rows.prompts.entries()) vectors.set(embedding.vector, row * dimension);
  const width = Math.min(AXES, dimension);
  const { mean, axes } = principalAxes({ values: vectors, width: dimension }, { count: width, random });
  const turned = new Int8Array(rows.prompts.length * width);
  for (const [row, { embedding }] of rows.prompts.entries())
    turned.set(
      turn({ mean, axes, width }, embedding.vector).map((value) => Math.round(value * VECTOR_SCALE)),
      row * width,
    );
  return { mean, axes, width, vectors: turned, ...outcomesOf(rows, random) };
}

/** What models made of it comes down to how hard it was and a few tastes. */
function outcomesOf(rows: OutcomeRows, random: Random): Pick<Memory, 'outcomes' | 'outcomeWidth'> {
  const models = rows.models.length;
  const values = filled(rows);
  const outcomeWidth = Math.min(OUTCOME_AXES, models);
  const { mean, axes } = principalAxes({ values, width: models }, { count: outcomeWidth, random });
  const turned = new Float32Array(rows.prompts.length * outcomeWidth);
  for (let row = 0; row < rows.prompts.length; row++) {
    const outcome = rowAt({ values, width: models }, row);
    for (let axis = 0; axis < outcomeWidth; axis++) {
      let sum = 0;
      for (let model = 0; model < models; model++)
        sum += ((outcome[model] ?? 0) - (mean[model] ?? 0)) * (axes[axis * models + model] ?? 0);
      turned[row * outcomeWidth + axis] = sum;
    }
  }
  const spreads = Array.from({ length: outcomeWidth }, (_, axis) => spreadOf(turned, axis, outcomeWidth));
  const outcomes = Int8Array.from(turned, (value, at) =>
    Math.max(-127, Math.min(127, Math.round((OUTCOME_SCALE * value) / (spreads[at % outcomeWidth] ?? 1)))),
  );
  return { outcomes, outcomeWidth };
}

/** Who was not asked does as that model does on the whole. */
function filled({ correct, models }: OutcomeRows): Float32Array {
  const means = models.map((_, model) => {
    const known = correct.filter((value, at) => at % models.length === model && !Number.isNaN(value));
    return known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
  });
  return correct.map((value, at) => (Number.isNaN(value) ? (means[at % models.length] ?? 0) : value));
}

function spreadOf(values: Float32Array, column: number, width: number): number {
  let sum = 0;
  for (let at = column; at < values.length; at += width) sum += (values[at] ?? 0) ** 2;
  return Math.max(1e-6, Math.sqrt(sum / Math.max(1, values.length / width)));
}

/** As a unit vector over the axes. */
function turn(
  { mean, axes, width }: Pick<Memory, 'mean' | 'axes' | 'width'>,
  vector: Float32Array,
): Float32Array {
  const turned = new Float32Array(width);
  let squares = 0;
  for (let axis = 0; axis < width; axis++) {
    let sum = 0;
    const from = axis * mean.length;
    for (let at = 0; at < mean.length; at++)
      sum += ((vector[at] ?? 0) - (mean[at] ?? 0)) * (axes[from + at] ?? 0);
    turned[axis] = sum;
    squares += sum * sum;
  }
  const length = Math.sqrt(squares);
  return length > 0 ? turned.map((value) => value / length) : turned;
}

/** The cosine of the nearest remembered prompt, then the outcomes of those around, for each sharpness. */
export function recall(memory: Memory, vector: Float32Array): Float32Array {
  const { vectors, width, outcomes, outcomeWidth } = memory;
  const found = new Float32Array(recallWidth(memory));
  const count = vectors.length / Math.max(1, width);
  if (count === 0) return found;
  const { cosines, nearest } = cosinesTo(memory, vector);
  found[0] = nearest;
  for (const [place, sharpness] of SHARPNESS.entries()) {
    const sums = found.subarray(1 + place * outcomeWidth, 1 + (place + 1) * outcomeWidth);
    const least = nearest + Math.log(NEGLIGIBLE) / sharpness;
    let votes = PRIOR_VOTES;
    for (let row = 0; row < count; row++) {
      const cosine = cosines[row] ?? 0;
      if (cosine < least) continue;
      const vote = Math.exp(sharpness * (cosine - nearest));
      votes += vote;
      for (let at = 0; at < outcomeWidth; at++)
        sums[at] = (sums[at] ?? 0) + vote * (outcomes[row * outcomeWidth + at] ?? 0);
    }
    for (let at = 0; at < outcomeWidth; at++) sums[at] = (sums[at] ?? 0) / (votes * OUTCOME_SCALE);
  }
  return found;
}

/** A vote of less than that of the nearest one's is not counted. */
const NEGLIGIBLE = 0.005;

function cosinesTo(
  memory: Memory,
  vector: Float32Array,
): { readonly cosines: Float32Array; readonly nearest: number } {
  const { vectors, width } = memory;
  const asked = Float64Array.from(turn(memory, vector));
  const cosines = new Float32Array(vectors.length / width);
  let nearest = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < cosines.length; row++) {
    const from = row * width;
    let sum = 0;
    for (let at = 0; at < width; at++) sum += (asked[at] ?? 0) * (vectors[from + at] ?? 0);
    const cosine = sum / VECTOR_SCALE;
    cosines[row] = cosine;
    if (cosine > nearest) nearest = cosine;
  }
  return { cosines, nearest };
}
