import type { Random } from '../lib/random.js';

/** What outcomes told of one model of a decision. All sums fade: an outcome counts half after a half-life. */
export interface Arm {
  /** Ever counted; never fades. */
  readonly outcomes: number;
  readonly weight: number;
  readonly squaredWeight: number;
  /** Weighted scores. */
  readonly score: number;
  /** Weighted expectations. */
  readonly expected: number;
  /** Weighted differences of score and expectation, and their squares. */
  readonly difference: number;
  readonly squaredDifference: number;
  /** False where nobody expected anything, so that there is nothing to drift from. */
  readonly known: boolean;
}

/** What is known of the models of one decision. Never changed: a version that is kept stays what it was. */
export interface BanditState {
  readonly outcomes: number;
  readonly arms: ReadonlyMap<string, Arm>;
}

export interface Outcome {
  readonly model: string;
  /** 0 to 1; a sign on the scale of quality may lie outside. */
  readonly score: number;
  /** Quality that was expected of this model for this prompt, 0 to 1; undefined where nobody expected any. */
  readonly expected: number | undefined;
  /** 1 for a plain judgement, less for a mere sign of one. */
  readonly weight: number;
}

/** How far the live quality of a model is from what was expected of it. */
export interface Drift {
  /** Mean of score − expectation. */
  readonly mean: number;
  /** Where that mean lies with a probability of 95 %. */
  readonly low: number;
  readonly high: number;
  /** True when 0 is not in the interval. */
  readonly outside: boolean;
}

export const NOTHING_LEARNT: BanditState = { outcomes: 0, arms: new Map() };

/** What a model is held against of which nothing is expected. */
export const EXPECTED_OF_STRANGERS = 0.5;
/** How far an expectation is off before any outcome: one standard deviation. */
const PRIOR_DEVIATION = 0.1;
/** Scores are 0 or 1 mostly: at a quality of 0.8 one of them tells no more than this. */
const SCORE_VARIANCE = 0.16;
/** As many outcomes weigh as much as the expectation does. */
const PRIOR_WEIGHT = SCORE_VARIANCE / PRIOR_DEVIATION ** 2;
/**
 * Of what outcomes say, so many standard deviations are taken for chance. Without that, a few points of mere luck move
 * the dial between cheap models and dear ones: where nothing changes, spending swings by a third.
 */
const DOUBT_DEVIATIONS = 1;
/** Of a normal distribution, 95 % lie within so many standard deviations. */
const DEVIATIONS_95 = 1.96;

/**
 * Adds an outcome. Those of all models fade by it, not of its own alone: a model that lost its traffic is slowly
 * forgiven, and tried again. One of less weight lets the others fade less.
 */
export function withOutcome(state: BanditState, outcome: Outcome, halfLifeOutcomes: number): BanditState {
  const fade = 0.5 ** (outcome.weight / halfLifeOutcomes);
  const arms = new Map<string, Arm>();
  for (const [model, arm] of state.arms) arms.set(model, faded(arm, fade));
  arms.set(outcome.model, counted(arms.get(outcome.model), outcome));
  return { outcomes: state.outcomes + 1, arms };
}

/**
 * What is to be added to the expected quality of a model: the mean difference, drawn towards 0 while little is known, and
 * by as much as chance makes of nothing. 0 for a model with fewer outcomes than `minOutcomes`.
 */
export function correctionOf(state: BanditState, model: string, minOutcomes: number): number {
  const arm = state.arms.get(model);
  if (arm === undefined || arm.outcomes < minOutcomes) return 0;
  const { mean, deviation } = believed(arm);
  const sure = Math.abs(mean) - DOUBT_DEVIATIONS * deviation;
  return sure > 0 ? Math.sign(mean) * sure : 0;
}

/** A correction as it might be (Thompson sampling): the less is known of a model, the farther from what is believed. */
export function drawnCorrection(state: BanditState, model: string, random: Random): number {
  const { mean, deviation } = believed(state.arms.get(model));
  return mean + deviation * normal(random);
}

/** Undefined where nothing was expected, and for a model with fewer outcomes than `minOutcomes`. */
export function driftOf(arm: Arm, minOutcomes: number): Drift | undefined {
  if (!arm.known || arm.outcomes < minOutcomes) return undefined;
  const mean = arm.difference / arm.weight;
  // Fading outcomes tell as much as so many that count in full.
  const effective = arm.weight ** 2 / arm.squaredWeight;
  const spread = Math.max(0, arm.squaredDifference / arm.weight - mean ** 2);
  // A few equal scores would give an interval of no width.
  const variance = (spread * effective + SCORE_VARIANCE) / (effective + 1);
  const margin = DEVIATIONS_95 * Math.sqrt(variance / effective);
  const [low, high] = [mean - margin, mean + margin];
  return { mean, low, high, outside: low > 0 || high < 0 };
}

function faded(arm: Arm, fade: number): Arm {
  return {
    ...arm,
    weight: arm.weight * fade,
    squaredWeight: arm.squaredWeight * fade ** 2,
    score: arm.score * fade,
    expected: arm.expected * fade,
    difference: arm.difference * fade,
    squaredDifference: arm.squaredDifference * fade,
  };
}

function counted(arm: Arm | undefined, { score, expected, weight }: Outcome): Arm {
  const against = expected ?? EXPECTED_OF_STRANGERS;
  const difference = score - against;
  return {
    outcomes: (arm?.outcomes ?? 0) + 1,
    weight: (arm?.weight ?? 0) + weight,
    squaredWeight: (arm?.squaredWeight ?? 0) + weight ** 2,
    score: (arm?.score ?? 0) + weight * score,
    expected: (arm?.expected ?? 0) + weight * against,
    difference: (arm?.difference ?? 0) + weight * difference,
    squaredDifference: (arm?.squaredDifference ?? 0) + weight * difference ** 2,
    known: expected !== undefined,
  };
}

/** A normal prior around the expectation, and normal noise. */
function believed(arm: Arm | undefined): { readonly mean: number; readonly deviation: number } {
  const weight = (arm?.weight ?? 0) + PRIOR_WEIGHT;
  return { mean: (arm?.difference ?? 0) / weight, deviation: Math.sqrt(SCORE_VARIANCE / weight) };
}

/** Box and Muller's: two even numbers make a normal one. The logarithm of 0 is avoided. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
