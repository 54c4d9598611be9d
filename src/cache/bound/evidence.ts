/** What speaks for a candidate before anybody asked a model. */
export interface Evidence {
  /** Inner product of the two unit vectors. -1 to 1. */
  readonly similarity: number;
  /** What a pair judge that read both questions said, 0 to 1; absent without one. */
  readonly score?: number | undefined;
  /** Similarity of the nearest stored question that is known, or has to be assumed, to want another answer. */
  readonly rival?: number | undefined;
}

/**
 * Evidence as numbers of like size, for a logistic model: a constant, the similarity on a scale that spreads out the
 * crowded upper end, the judge's log odds, and the lead over the rival. What is absent says nothing: 0.
 */
export function featuresOf({ similarity, score, rival }: Evidence): readonly number[] {
  const near = clamp(similarity, 0, 1);
  // Around a popular subject everything is similar; what counts there is by how much the best one leads.
  const lead = rival === undefined ? LEAD_MAX : clamp(near - rival, 0, LEAD_MAX);
  return [
    1,
    -Math.log(1 - near + CLOSEST) - NEAR_AT_0_9,
    score === undefined ? 0 : logit(score) / 4,
    LEAD_SCALE * lead - 1,
  ];
}

/**
 * What the shared model believes before it saw anything: half right at a similarity of 0.9, and a judge that is worth
 * most of what it says. Weak on purpose: a few dozen observations outvote it.
 */
export const FIRST_WEIGHTS: readonly number[] = [0, 1, 3, 0.5];

const CLOSEST = 0.01;
const NEAR_AT_0_9 = -Math.log(1 - 0.9 + CLOSEST);
const LEAD_MAX = 0.25;
const LEAD_SCALE = 8;

/** Log odds of a probability, kept finite. */
export function logit(probability: number): number {
  const p = clamp(probability, 1e-4, 1 - 1e-4);
  return Math.log(p / (1 - p));
}

/** Written so that what is not a number becomes the lowest value: nothing may be served because of it. */
function clamp(value: number, low: number, high: number): number {
  return value > low ? Math.min(value, high) : low;
}
