import type { RoutedPrompt, RouterModel } from './routed-prompt.js';

/** Prompts with what models made of them. */
export interface OutcomeRows {
  readonly prompts: readonly RoutedPrompt[];
  readonly models: readonly RouterModel[];
  /** 1 a good answer, 0 a bad one, NaN where the model was not asked. Rows × models. */
  readonly correct: Float32Array;
  /** Tokens of the answer, NaN where nobody knows. Rows × models; undefined where the outcomes tell none at all. */
  readonly outputTokens: Float32Array | undefined;
}

/** Some of the rows, in the order of the indices. */
export function pickRows(rows: OutcomeRows, indices: ArrayLike<number>): OutcomeRows {
  const count = rows.models.length;
  const pick = (values: Float32Array) => {
    const picked = new Float32Array(indices.length * count);
    for (let at = 0; at < indices.length; at++) {
      const from = (indices[at] ?? 0) * count;
      picked.set(values.subarray(from, from + count), at * count);
    }
    return picked;
  };
  const prompts = Array.from(indices, (index) => rows.prompts[index]).filter(
    (prompt) => prompt !== undefined,
  );
  return {
    prompts,
    models: rows.models,
    correct: pick(rows.correct),
    outputTokens: rows.outputTokens === undefined ? undefined : pick(rows.outputTokens),
  };
}
