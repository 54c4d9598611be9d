import { HEAD_WIDTH } from '../signals/custom-head.js';
import { fitRidge, type LinearWeights, type Moments, momentsOf, withoutMoments } from './dense-ridge.js';
import {
  type FittedPart,
  type FoldedRows,
  leastError,
  type PartLearner,
  type PartWeights,
} from './part-learner.js';
import type { RoutedPrompt } from './routed-prompt.js';
import { type LinearPart, linearInput } from './router-linear.js';
import type { RouterTargets } from './router-targets.js';
import { type Rows, rowAt } from './rows.js';

/** The encoder's features are made for other labels and learnt on rows like these; they are left out. */
const FEATURES_FROM = HEAD_WIDTH / 2;
const PULLS = [30, 300, 3000, 10_000, 30_000];

/** A straight line through embedding and answers of the heads. */
export class LinearLearner implements PartLearner {
  readonly #rows: Rows;
  readonly #outputs: number;
  readonly #folds: readonly Moments[];
  readonly #all: Moments;
  readonly #pulls: PartWeights;

  /** @throws Error when the prompts' embeddings come from a model without heads */
  constructor(prompts: readonly RoutedPrompt[], targets: RouterTargets, folded: FoldedRows) {
    this.#rows = inputsOf(prompts);
    this.#outputs = 1 + targets.models;
    const wanted = { values: targets.values, outputs: this.#outputs };
    this.#folds = Array.from({ length: folded.folds }, (_, fold) =>
      momentsOf(
        this.#rows,
        wanted,
        Uint32Array.from(folded.foldOf.keys()).filter((row) => folded.foldOf[row] === fold),
      ),
    );
    this.#all = this.#folds.reduce(joined);
    this.#pulls = this.#bestPulls(targets, folded);
  }

  fit(without?: number): FittedPart {
    const moments = this.#without(without);
    const common = fitRidge(moments, this.#pulls.common);
    const own = fitRidge(moments, this.#pulls.own);
    const weights = own.slice();
    weights.set(common.subarray(0, moments.width));
    return {
      say: (row) => answers(weights, moments, rowAt(this.#rows, row)),
      part: (shares) => partOf(weights, moments, shares),
    };
  }

  #without(fold: number | undefined): Moments {
    const part = fold === undefined ? undefined : this.#folds[fold];
    return part === undefined ? this.#all : withoutMoments(this.#all, part);
  }

  #bestPulls({ values }: RouterTargets, { foldOf }: FoldedRows): PartWeights {
    const errors = PULLS.map((pull) => {
      const error = { common: 0, own: 0 };
      for (const fold of this.#folds.keys()) {
        const moments = this.#without(fold);
        const weights = fitRidge(moments, pull);
        for (const [row, of] of foldOf.entries()) {
          if (of !== fold) continue;
          for (const [at, said] of answers(weights, moments, rowAt(this.#rows, row)).entries()) {
            const target = values[row * this.#outputs + at] ?? Number.NaN;
            if (!Number.isNaN(target)) error[at === 0 ? 'common' : 'own'] += (said - target) ** 2;
          }
        }
      }
      return { pull, ...error };
    });
    const best = (which: keyof PartWeights) => leastError(errors, (each) => each[which])?.pull ?? 1;
    return { common: best('common'), own: best('own') };
  }
}

function inputsOf(prompts: readonly RoutedPrompt[]): Rows {
  const first = prompts[0] === undefined ? undefined : linearInput(prompts[0].embedding);
  if (first === undefined)
    throw new Error('a router is trained on what the heads say, and the encoder has none');
  const width = first.length - (HEAD_WIDTH - FEATURES_FROM);
  const values = new Float32Array(prompts.length * width);
  for (const [row, { embedding }] of prompts.entries()) {
    const input = linearInput(embedding) ?? first;
    values.set(input.subarray(0, FEATURES_FROM), row * width);
    values.set(input.subarray(HEAD_WIDTH), row * width + FEATURES_FROM);
  }
  return { values, width };
}

function joined(one: Moments, other: Moments): Moments {
  return {
    ...one,
    products: one.products.map((value, at) => value + (other.products[at] ?? 0)),
    answers: one.answers.map((value, at) => value + (other.answers[at] ?? 0)),
  };
}

function answers(weights: LinearWeights, { width, outputs }: Moments, row: Float32Array): Float32Array {
  const found = new Float32Array(outputs);
  for (let output = 0; output < outputs; output++) {
    const from = output * width;
    let sum = weights[from + width - 1] ?? 0;
    for (let at = 0; at < width - 1; at++) sum += (weights[from + at] ?? 0) * (row[at] ?? 0);
    found[output] = sum;
  }
  return found;
}

function partOf(
  weights: LinearWeights,
  { width, outputs }: Moments,
  { common, own }: PartWeights,
): LinearPart {
  const models = outputs - 1;
  const inputWidth = width - 1 + (HEAD_WIDTH - FEATURES_FROM);
  const part = { weights: new Float32Array(models * inputWidth), biases: new Float32Array(models) };
  for (let model = 0; model < models; model++) {
    const weightAt = (at: number) =>
      common * (weights[at] ?? 0) + own * (weights[(1 + model) * width + at] ?? 0);
    for (let at = 0; at < width - 1; at++) {
      const place = at < FEATURES_FROM ? at : at + (HEAD_WIDTH - FEATURES_FROM);
      part.weights[model * inputWidth + place] = weightAt(at);
    }
    part.biases[model] = weightAt(width - 1);
  }
  return { kind: 'linear', ...part };
}
