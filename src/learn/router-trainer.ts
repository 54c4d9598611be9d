import { type Random, shuffledIndices } from '../lib/random.js';
import type { Blend, RouterPart, TokenForecaster } from './router.js';
import { linearInput } from './router-linear.js';
import type { OutcomeRows } from './router-rows.js';
import { rowAt } from './rows.js';
import { fitSoftmax } from './softmax-regression.js';

/** The learnt half of a router; name, hashes and sample come from whoever asked for it. */
export interface TrainedRouter {
  readonly parts: readonly RouterPart[];
  readonly blend: Blend;
  readonly tokens: TokenForecaster | undefined;
}

export interface RouterTrainingOptions {
  readonly random: Random;
  /** Called before each of the `of` fits. */
  readonly progress?: ((fit: number, of: number) => void) | undefined;
}

const FIT = { passes: 12, stepsMin: 600, l2: 0.01 };

/**
 * Learns what to expect of each model. The same rows and the same `random` give the same router.
 * @throws Error when the prompts' embeddings come from a model without heads
 */
export function trainRouter(rows: OutcomeRows, { random, progress }: RouterTrainingOptions): TrainedRouter {
  const inputs = inputsOf(rows);
  const count = rows.models.length;
  const weights = new Float32Array(count * inputs.width);
  const biases = new Float32Array(count);
  for (let model = 0; model < count; model++) {
    progress?.(model + 1, count);
    const labels = Int32Array.from(rows.prompts, (_, row) => rows.correct[row * count + model] ?? Number.NaN);
    const known = shuffledIndices(rows.prompts.length, random).filter(
      (row) => !Number.isNaN(rows.correct[row * count + model] ?? Number.NaN),
    );
    const fit = fitSoftmax({ ...inputs, labels, classes: 2 }, { ...FIT, random, indices: known });
    const [no, yes] = [
      rowAt({ ...inputs, values: fit.weights }, 0),
      rowAt({ ...inputs, values: fit.weights }, 1),
    ];
    weights.set(
      yes.map((value, at) => value - (no[at] ?? 0)),
      model * inputs.width,
    );
    biases[model] = (fit.biases[1] ?? 0) - (fit.biases[0] ?? 0);
  }
  return {
    parts: [{ kind: 'linear', weights, biases }],
    blend: { weights: new Float32Array(count).fill(1), biases: new Float32Array(count) },
    tokens: tokensOf(rows, inputs.width),
  };
}

function inputsOf({ prompts }: OutcomeRows): { readonly values: Float32Array; readonly width: number } {
  const first = prompts[0] === undefined ? undefined : linearInput(prompts[0].embedding);
  const width = first?.length ?? 0;
  if (width === 0) throw new Error('a router is trained on what the heads say, and the encoder has none');
  const values = new Float32Array(prompts.length * width);
  for (const [row, { embedding }] of prompts.entries()) values.set(linearInput(embedding) ?? [], row * width);
  return { values, width };
}

/** The mean of each model, whatever is asked. */
function tokensOf({ outputTokens, models }: OutcomeRows, width: number): TokenForecaster | undefined {
  if (outputTokens === undefined) return undefined;
  const biases = Float32Array.from(models, (_, model) => {
    const known = outputTokens.filter((n, at) => at % models.length === model && !Number.isNaN(n));
    return Math.log(Math.max(1, known.reduce((sum, n) => sum + n, 0) / Math.max(1, known.length)));
  });
  return { part: { kind: 'linear', weights: new Float32Array(models.length * width), biases } };
}
