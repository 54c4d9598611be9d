import { figuresOf } from './metrics.js';

/** A row with what was measured of it and what it is. */
export interface Scored {
  readonly score: number;
  readonly isOne: boolean;
}

/** `from`: at or above the threshold a row counts as one; `below`: under it. */
export type Side = 'from' | 'below';

export interface ThresholdFigures {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** `confusion[truth][said]`, 0 for no and 1 for yes. */
  readonly confusion: readonly [Uint32Array, Uint32Array];
}

/** What a threshold makes of the rows. */
export function figuresAt(rows: readonly Scored[], threshold: number, side: Side): ThresholdFigures {
  const confusion: [Uint32Array, Uint32Array] = [new Uint32Array(2), new Uint32Array(2)];
  for (const { score, isOne } of rows) {
    const said = side === 'from' ? score >= threshold : score < threshold;
    const line = confusion[isOne ? 1 : 0];
    line[Number(said)] = (line[Number(said)] ?? 0) + 1;
  }
  const [no, yes] = confusion;
  const hits = yes[1] ?? 0;
  const { precision, recall, f1 } = figuresOf({
    hits,
    claimed: hits + (no[1] ?? 0),
    rows: hits + (yes[0] ?? 0),
  });
  return { threshold, precision, recall, f1, confusion };
}

/**
 * The threshold with the highest F1, or with the highest recall at no less than a precision; it lies half way between the
 * scores of two rows, and of equally good ones the least is taken for `from`, the greatest for `below`. Undefined where no
 * threshold reaches the precision, or no row is one. Takes n log n steps.
 */
export function bestThreshold(
  rows: readonly Scored[],
  { side, precisionMin }: { readonly side: Side; readonly precisionMin?: number | undefined },
): number | undefined {
  // From the side on which rows count: each step lets one more score in.
  const sign = side === 'from' ? -1 : 1;
  const sorted = rows.toSorted((a, b) => sign * (a.score - b.score));
  const ones = rows.filter(({ isOne }) => isOne).length;
  let best: { goodness: number; at: number } | undefined;
  let hits = 0;
  for (const [index, { score, isOne }] of sorted.entries()) {
    hits += Number(isOne);
    if (sorted[index + 1]?.score === score) continue;
    const { precision, recall, f1 } = figuresOf({ hits, claimed: index + 1, rows: ones });
    if (hits === 0 || precision < (precisionMin ?? 0)) continue;
    const goodness = precisionMin === undefined ? f1 : recall;
    if (best === undefined || goodness >= best.goodness) best = { goodness, at: index };
  }
  if (best === undefined) return undefined;
  const inside = sorted[best.at]?.score ?? 0;
  const outside = sorted[best.at + 1]?.score;
  if (outside !== undefined) return rounded((inside + outside) / 2, { inside, outside });
  return side === 'from' ? inside : inside + Math.max(1e-6, Math.abs(inside) * 1e-6);
}

/** To three digits where that still tells the two scores apart. */
function rounded(
  middle: number,
  { inside, outside }: { readonly inside: number; readonly outside: number },
): number {
  const short = Number(middle.toFixed(3));
  const [low, high] = inside < outside ? [inside, outside] : [outside, inside];
  return short > low && short < high ? short : middle;
}
