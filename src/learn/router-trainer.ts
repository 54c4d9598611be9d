import { type Random, shuffledIndices } from '../lib/random.js';
import { ForestLearner, forestInputs } from './forest-learner.js';
import { LinearLearner } from './linear-learner.js';
import type { FoldedRows, PartLearner } from './part-learner.js';
import type { Blend, RouterPart, TokenForecaster } from './router.js';
import { blendWeights, fitLine, type HeldOutAnswers } from './router-blend.js';
import type { Memory } from './router-memory.js';
import type { OutcomeRows } from './router-rows.js';
import { correctTargets, type RouterTargets } from './router-targets.js';
import { learnTokens } from './token-learner.js';
import { WordsLearner } from './words-learner.js';

/** The learnt half of a router; name, hashes and sample come from whoever asked for it. */
export interface TrainedRouter {
  readonly parts: readonly RouterPart[];
  readonly blend: Blend;
  readonly tokens: TokenForecaster | undefined;
}

export interface RouterTrainingOptions {
  readonly random: Random;
  /** Prompts like these, whose outcomes with other models are known. */
  readonly memory?: Memory | undefined;
  /** See `RouterJob`. Default 1. */
  readonly ownShare?: number | undefined;
  /** Called before each of the `of` fits. */
  readonly progress?: ((fit: number, of: number) => void) | undefined;
}

const FOLDS = 3;

/**
 * Learns what to expect of each model: three ways to judge a prompt, joined by how well each did on rows that it was
 * not told. The same rows and the same `random` give the same router.
 *
 * @throws Error when the prompts' embeddings come from a model without heads
 */
export function trainRouter(
  rows: OutcomeRows,
  { random, memory, ownShare = 1, progress }: RouterTrainingOptions,
): TrainedRouter {
  const count = rows.prompts.length;
  const folded: FoldedRows = { foldOf: dealt(count, random), folds: FOLDS };
  const targets = correctTargets(rows, Uint32Array.from(rows.prompts.keys()));
  const inputs = forestInputs(rows.prompts, memory);
  const learners: readonly PartLearner[] = [
    new LinearLearner(rows.prompts, targets, folded),
    new WordsLearner(rows.prompts, targets, folded),
    new ForestLearner(inputs, { targets, folded }, { memory, random }),
  ];
  const fits = learners.length * (FOLDS + 1);
  let fit = 0;
  const tell = () => progress?.(++fit, fits);
  const answers = learners.map((learner) => heldOutAnswers(learner, { folded, targets, tell }));
  const weights = blendWeights(answers, targets).map(({ common, own }) => ({ common, own: ownShare * own }));
  const parts = learners.map((learner, place) => {
    tell();
    return learner.fit().part(weights[place] ?? { common: 0, own: 0 });
  });
  return {
    parts,
    blend: calibrated(rows, { targets, answers, weights }),
    tokens: learnTokens(rows, random),
  };
}

function dealt(count: number, random: Random): Uint8Array {
  const foldOf = new Uint8Array(count);
  for (const [at, row] of shuffledIndices(count, random).entries()) foldOf[row] = at % FOLDS;
  return foldOf;
}

function heldOutAnswers(
  learner: PartLearner,
  {
    folded,
    targets,
    tell,
  }: { readonly folded: FoldedRows; readonly targets: RouterTargets; readonly tell: () => void },
): Float32Array {
  const answers = new Float32Array(targets.values.length);
  for (let fold = 0; fold < folded.folds; fold++) {
    tell();
    const fitted = learner.fit(fold);
    for (const [row, of] of folded.foldOf.entries())
      if (of === fold) answers.set(fitted.say(row), row * (1 + targets.models));
  }
  return answers;
}

interface Blending {
  readonly targets: RouterTargets;
  readonly answers: HeldOutAnswers;
  readonly weights: ReturnType<typeof blendWeights>;
}

/** By rows held out: the parts themselves fit the rows that they were told better than any others. */
function calibrated({ models, correct }: OutcomeRows, { targets, answers, weights }: Blending): Blend {
  const stride = 1 + models.length;
  const lines = models.map((_, model) => {
    const scores = new Float32Array(correct.length / models.length);
    for (const [part, { common, own }] of weights.entries()) {
      for (let row = 0; row < scores.length; row++) {
        const said = answers[part]?.subarray(row * stride, (row + 1) * stride);
        scores[row] = (scores[row] ?? 0) + common * (said?.[0] ?? 0) + own * (said?.[1 + model] ?? 0);
      }
    }
    return fitLine(
      scores,
      correct.filter((_, at) => at % models.length === model),
    );
  });
  return {
    weights: Float32Array.from({ length: weights.length * targets.models }, (_, at) => {
      return lines[at % targets.models]?.slope ?? 0;
    }),
    biases: Float32Array.from(lines, ({ bias }) => bias),
  };
}
