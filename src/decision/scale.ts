import type { SignalValue } from '../signals/contract.js';

/** What a signal can say at all, as far as its configuration tells. */
export interface Scale {
  /** The least and the greatest score; `Infinity` where there is no end. */
  readonly min: number;
  readonly max: number;
  /** True where scores are counts, so that nothing lies between 1 and 2. */
  readonly whole?: boolean;
  /** The scores at which it matches; absent where the score alone does not tell. */
  readonly matches?: ScoreRange;
}

/** Every bound that is given must hold. */
export interface ScoreRange {
  readonly from?: number;
  readonly to?: number;
  readonly below?: number;
}

const ANYTHING: Scale = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };

/**
 * One value for each thing that a known signal can say as far as these bounds can tell: on each of them, between
 * neighbours, and beyond both ends. Where its scale is not known, it may match with any score.
 */
export function knownValues(bounds: readonly number[], scale: Scale = ANYTHING): readonly SignalValue[] {
  return scoresOf(bounds, scale).flatMap((score) => {
    const verdicts = scale.matches === undefined ? [true, false] : [isWithin(score, scale.matches)];
    return verdicts.map((matched) => ({ state: 'known' as const, matched, score, detail: '' }));
  });
}

function scoresOf(bounds: readonly number[], { min, max, whole, matches }: Scale): readonly number[] {
  const own = [matches?.from, matches?.to, matches?.below, min, max].filter((bound) => bound !== undefined);
  const cuts = [...new Set([...bounds, ...own])]
    .filter((cut) => cut >= min && cut <= max)
    .sort((a, b) => a - b);
  const scores = cuts.flatMap((cut, index) => {
    const next = cuts[index + 1];
    return next === undefined ? [cut] : [cut, between(cut, next)];
  });
  return whole === true ? wholeScores(cuts, { min, max }) : scores;
}

/** Either end may be endless. */
function between(low: number, high: number): number {
  if (low === Number.NEGATIVE_INFINITY) return high === Number.POSITIVE_INFINITY ? 0 : high - 1;
  return high === Number.POSITIVE_INFINITY ? low + 1 : (low + high) / 2;
}

/** The counts on and next to each cut: those between two cuts are all alike. */
function wholeScores(cuts: readonly number[], { min, max }: Pick<Scale, 'min' | 'max'>): readonly number[] {
  const near = cuts
    .filter(Number.isFinite)
    .flatMap((cut) => [Math.floor(cut) - 1, Math.floor(cut), Math.ceil(cut), Math.ceil(cut) + 1]);
  return [...new Set(near)].filter((score) => score >= min && score <= max);
}

function isWithin(score: number, { from, to, below }: ScoreRange): boolean {
  if (from !== undefined && score < from) return false;
  if (to !== undefined && score > to) return false;
  return below === undefined || score < below;
}
