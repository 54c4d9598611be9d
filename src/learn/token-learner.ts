import type { Random } from '../lib/random.js';
import { addTrees, fitTrees } from './boosted-trees.js';
import { forestInputs, treeOptions } from './forest-learner.js';
import type { TokenForecaster } from './router.js';
import type { OutcomeRows } from './router-rows.js';
import { meansOf } from './router-targets.js';
import { rowAt } from './rows.js';

/** How long each model's answer will be, by trees over the logarithm; undefined where the outcomes do not tell. */
export function learnTokens(rows: OutcomeRows, random: Random): TokenForecaster | undefined {
  const { outputTokens, prompts } = rows;
  if (outputTokens === undefined) return undefined;
  const models = rows.models.length;
  const indices = Uint32Array.from(prompts.keys());
  const logs = outputTokens.map((count) => Math.log(Math.max(1, count)));
  const means = meansOf(logs, models, indices);
  const targets = logs.map((value, at) => value - (means[at % models] ?? 0));
  const inputs = forestInputs(prompts, undefined);
  const trees = fitTrees(inputs, { targets, outputs: models, indices }, treeOptions(indices.length, random));
  // The mean of a logarithm lies below the logarithm of the mean, which is what is paid.
  const paid = meansOf(outputTokens, models, indices);
  const said = new Float32Array(outputTokens.length);
  for (const row of indices) {
    const sums = means.slice();
    addTrees(trees, rowAt(inputs, row), sums);
    for (let model = 0; model < models; model++) {
      const known = !Number.isNaN(outputTokens[row * models + model] ?? Number.NaN);
      said[row * models + model] = known ? Math.exp(sums[model] ?? 0) : Number.NaN;
    }
  }
  const expected = meansOf(said, models, indices);
  const biases = means.map(
    (mean, model) => mean + Math.log(Math.max(1, paid[model] ?? 1) / Math.max(1, expected[model] ?? 1)),
  );
  return { part: { kind: 'forest', trees, biases, memory: undefined, inputWidth: inputs.width } };
}
