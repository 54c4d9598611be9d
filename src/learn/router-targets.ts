import type { OutcomeRows } from './router-rows.js';

/**
 * What is to be learnt of each row, parted in two: how well all models do on it, and how each does beside the others.
 * The first is plain to see and drowns the second, which is what a choice between models hangs on; fitted apart, each
 * is held back as much as it needs.
 */
export interface RouterTargets {
  readonly models: number;
  /** How well each model does on the whole. */
  readonly means: Float32Array;
  /** 1 + models for each row: the mean over the models asked, then what each is above it. NaN: was not asked. */
  readonly values: Float32Array;
}

export function correctTargets({ correct, models }: OutcomeRows, indices: Uint32Array): RouterTargets {
  return targetsOf(correct, models.length, indices);
}

/** @param outcomes rows × models, NaN where a model was not asked */
function targetsOf(outcomes: Float32Array, models: number, indices: Uint32Array): RouterTargets {
  const rows = outcomes.length / models;
  const means = meansOf(outcomes, models, indices);
  const values = new Float32Array(rows * (1 + models)).fill(Number.NaN);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    let asked = 0;
    for (let model = 0; model < models; model++) {
      const outcome = outcomes[row * models + model] ?? Number.NaN;
      if (Number.isNaN(outcome)) continue;
      sum += outcome - (means[model] ?? 0);
      asked++;
    }
    if (asked === 0) continue;
    const common = sum / asked;
    values[row * (1 + models)] = common;
    for (let model = 0; model < models; model++)
      values[row * (1 + models) + 1 + model] =
        (outcomes[row * models + model] ?? Number.NaN) - (means[model] ?? 0) - common;
  }
  return { models, means, values };
}

/** Of each column of a table of that many, over the rows where it is known; 0 where it never is. */
export function meansOf(outcomes: Float32Array, models: number, indices: Uint32Array): Float32Array {
  return Float32Array.from({ length: models }, (_, model) => {
    let sum = 0;
    let asked = 0;
    for (const row of indices) {
      const outcome = outcomes[row * models + model] ?? Number.NaN;
      if (Number.isNaN(outcome)) continue;
      sum += outcome;
      asked++;
    }
    return sum / Math.max(1, asked);
  });
}
