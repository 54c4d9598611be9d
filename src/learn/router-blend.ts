import { sigmoid } from '../lib/sigmoid.js';
import type { PartWeights } from './part-learner.js';
import type { RouterTargets } from './router-targets.js';

/** What several parts said of rows that they were not told, each in the order of `RouterTargets.values`. */
export type HeldOutAnswers = readonly Float32Array[];

/** How much each part is to count, by least squares; none counts against itself. */
export function blendWeights(answers: HeldOutAnswers, targets: RouterTargets): readonly PartWeights[] {
  const common = sharesOf(answers, targets, (column) => column === 0);
  const own = sharesOf(answers, targets, (column) => column > 0);
  return answers.map((_, part) => ({ common: common[part] ?? 0, own: own[part] ?? 0 }));
}

function sharesOf(
  answers: HeldOutAnswers,
  { values, models }: RouterTargets,
  wanted: (column: number) => boolean,
): readonly number[] {
  const count = answers.length;
  const products = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  const wishes = new Array<number>(count).fill(0);
  for (let at = 0; at < values.length; at++) {
    const target = values[at] ?? Number.NaN;
    if (!wanted(at % (1 + models)) || Number.isNaN(target)) continue;
    for (let one = 0; one < count; one++) {
      const said = answers[one]?.[at] ?? 0;
      wishes[one] = (wishes[one] ?? 0) + said * target;
      const row = products[one];
      if (row === undefined) continue;
      for (let other = 0; other < count; other++)
        row[other] = (row[other] ?? 0) + said * (answers[other]?.[at] ?? 0);
    }
  }
  return positiveShares(products, wishes);
}

const ROUNDS = 500;

/** Coordinate descent: each share in turn takes its best value, which is never below 0. */
function positiveShares(
  products: readonly (readonly number[])[],
  wishes: readonly number[],
): readonly number[] {
  const shares = wishes.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [one, wish] of wishes.entries()) {
      const row = products[one] ?? [];
      let rest = wish;
      for (const [other, share] of shares.entries()) if (other !== one) rest -= (row[other] ?? 0) * share;
      shares[one] = Math.max(0, rest / Math.max(Number.MIN_VALUE, row[one] ?? 0));
    }
  }
  return shares;
}

export interface Line {
  readonly slope: number;
  readonly bias: number;
}

/** Of a probability around a half, a change by one is four logits. */
const SLOPE_EXPECTED = 4.5;
const PRIOR_ROWS = 20;
const NEWTON_STEPS = 20;

/**
 * Logistic regression on one score: where a sum of parts becomes a probability that comes true so often.
 * @param outcomes NaN where nothing is known
 */
export function fitLine(scores: ArrayLike<number>, outcomes: ArrayLike<number>): Line {
  let [slope, bias] = [SLOPE_EXPECTED, 0];
  for (let step = 0; step < NEWTON_STEPS; step++) {
    // A pull of the slope towards the expected one, so that few rows bend nothing.
    let [gradient, gradientBias] = [PRIOR_STRENGTH * (slope - SLOPE_EXPECTED), 0];
    let [curve, cross, curveBias] = [PRIOR_STRENGTH, 0, 1e-6];
    for (let at = 0; at < scores.length; at++) {
      const outcome = outcomes[at] ?? Number.NaN;
      if (Number.isNaN(outcome)) continue;
      const score = scores[at] ?? 0;
      const said = sigmoid(slope * score + bias);
      const weight = said * (1 - said);
      gradient += (said - outcome) * score;
      gradientBias += said - outcome;
      curve += weight * score * score;
      cross += weight * score;
      curveBias += weight;
    }
    // All the same answers would pull the bias without end.
    gradientBias += PRIOR_STRENGTH * bias;
    curveBias += PRIOR_STRENGTH;
    const determinant = curve * curveBias - cross * cross;
    slope -= (curveBias * gradient - cross * gradientBias) / determinant;
    bias -= (curve * gradientBias - cross * gradient) / determinant;
  }
  return { slope: Math.max(0, slope), bias };
}

const PRIOR_STRENGTH = PRIOR_ROWS / 100;
