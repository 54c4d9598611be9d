/** What signs of one kind usually say, over all models of a decision. All sums fade. */
export interface SignScale {
  /** Ever heard; never fades. */
  readonly signs: number;
  readonly weight: number;
  /** Weighted scores. */
  readonly score: number;
  /** Weighted expectations of the models that the signs were about. */
  readonly expected: number;
}

export const NO_SCALE: SignScale = { signs: 0, weight: 0, score: 0, expected: 0 };

/** So many signs set the scale before any of them teaches. */
export const SIGNS_FIRST = 20;
/** What is usual changes more slowly than what is believed of a model: one that gets worse must not become the measure. */
const SLOWNESS = 5;

/** @param halfLifeSigns after so many signs, times five, one counts half */
export function withSign(
  scale: SignScale,
  { score, expected }: { readonly score: number; readonly expected: number },
  halfLifeSigns: number,
): SignScale {
  const fade = 0.5 ** (1 / (SLOWNESS * halfLifeSigns));
  return {
    signs: scale.signs + 1,
    weight: scale.weight * fade + 1,
    score: scale.score * fade + score,
    expected: scale.expected * fade + expected,
  };
}

/**
 * A sign in terms of quality: as far from what was expected of all models as it is from what signs of its kind usually
 * say. People who are content say nothing, so a share of complaints is no share of bad answers; but the model that gets
 * more of them than the others is worse than they are. Undefined until the scale is known.
 */
export function qualityOfSign(
  { signs, weight, score, expected }: SignScale,
  said: number,
): number | undefined {
  return signs < SIGNS_FIRST ? undefined : said + (expected - score) / weight;
}
