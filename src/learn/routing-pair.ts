/** What two models made of the same prompts: 1 a good answer, 0 a bad one. */
export interface PairOutcomes {
  readonly weak: ArrayLike<number>;
  readonly strong: ArrayLike<number>;
}

/** Rows by falling score; rows of one score form a block, within which no order is better than another. */
export interface Ranking {
  readonly order: Uint32Array;
  /** Where each block ends in `order`, the last of them at its end. */
  readonly ends: Uint32Array;
}

/** Names and formulas are those of docs/routing.md. Null where the strong model is not better than the weak one. */
export interface PairFigures {
  readonly apgr: number | null;
  /** Smallest share of strong calls that recovers so much of the gap between the models. */
  readonly cpt50: number | null;
  readonly cpt80: number | null;
  /** Smallest share of strong calls that reaches 95 % of the strong model's accuracy. */
  readonly strongCallsAt95: number | null;
  /** Smallest share of strong calls that reaches all of it. */
  readonly costAtEqualAccuracy: number | null;
  /** The most that is reached with any share of strong calls. */
  readonly accuracyAtEqualCost: number;
  /** Accuracy with half of the calls strong, above the mean of both models. Percentage points. */
  readonly pointsOverLineAtHalfCost: number;
  /** The lowest that the curve comes to lie above the line between both models, its ends included. Percentage points. */
  readonly minPointsOverLine: number;
  readonly weakAccuracy: number;
  readonly strongAccuracy: number;
}

/** The higher the score, the sooner a row goes to the strong model. */
export function rankingOf(scores: ArrayLike<number>): Ranking {
  const order = Uint32Array.from({ length: scores.length }, (_, row) => row);
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  const ends: number[] = [];
  for (let at = 1; at <= order.length; at++) {
    const same = at < order.length && scores[order[at] ?? 0] === scores[order[at - 1] ?? 0];
    if (!same) ends.push(at);
  }
  return { order, ends: Uint32Array.from(ends) };
}

/** @param counts how often each row is drawn, for intervals by resampling; left out, every row once */
export function pairFigures(ranking: Ranking, outcomes: PairOutcomes, counts?: Uint32Array): PairFigures {
  const curve = curveOf(ranking, outcomes, counts);
  const { weak, strong } = curve;
  const gap = strong - weak;
  const better = gap > 0;
  const share = (accuracy: number) => (better ? shareReaching(curve, accuracy) : null);
  let area = 0;
  let lowest = 0;
  for (let at = 1; at < curve.shares.length; at++) {
    const [x0, x1] = [curve.shares[at - 1] ?? 0, curve.shares[at] ?? 0];
    const [y0, y1] = [curve.accuracies[at - 1] ?? 0, curve.accuracies[at] ?? 0];
    area += ((y0 + y1) / 2 - weak) * (x1 - x0);
    lowest = Math.min(lowest, y1 - (weak + gap * x1));
  }
  return {
    apgr: better ? area / gap : null,
    cpt50: share(weak + 0.5 * gap),
    cpt80: share(weak + 0.8 * gap),
    strongCallsAt95: share(0.95 * strong),
    costAtEqualAccuracy: share(strong),
    accuracyAtEqualCost: curve.accuracies.reduce((most, value) => Math.max(most, value), 0),
    pointsOverLineAtHalfCost: 100 * (accuracyAt(curve, 0.5) - (weak + strong) / 2),
    minPointsOverLine: 100 * lowest,
    weakAccuracy: weak,
    strongAccuracy: strong,
  };
}

/** Accuracy against the share of strong calls: straight from one point to the next, from 0 to 1. */
interface Curve {
  readonly shares: Float64Array;
  readonly accuracies: Float64Array;
  readonly weak: number;
  readonly strong: number;
}

function curveOf({ order, ends }: Ranking, outcomes: PairOutcomes, counts: Uint32Array | undefined): Curve {
  const countOf = (row: number) => (counts === undefined ? 1 : (counts[row] ?? 0));
  let drawn = 0;
  let weakRight = 0;
  for (const row of order) {
    drawn += countOf(row);
    weakRight += countOf(row) * (outcomes.weak[row] ?? 0);
  }
  const shares = new Float64Array(ends.length + 1);
  const accuracies = new Float64Array(ends.length + 1);
  const total = Math.max(1, drawn);
  accuracies[0] = weakRight / total;
  let asked = 0;
  let right = weakRight;
  let from = 0;
  for (const [block, end] of ends.entries()) {
    for (let at = from; at < end; at++) {
      const row = order[at] ?? 0;
      asked += countOf(row);
      right += countOf(row) * ((outcomes.strong[row] ?? 0) - (outcomes.weak[row] ?? 0));
    }
    shares[block + 1] = asked / total;
    accuracies[block + 1] = right / total;
    from = end;
  }
  return { shares, accuracies, weak: weakRight / total, strong: right / total };
}

/** The smallest share at which the curve is that high; at its end it is, but for what rounding does. */
function shareReaching({ shares, accuracies }: Curve, wanted: number): number {
  let at = 0;
  while (at < shares.length - 1 && (accuracies[at] ?? 0) < wanted) at++;
  if (at === 0) return 0;
  const [x0, x1] = [shares[at - 1] ?? 0, shares[at] ?? 0];
  const [y0, y1] = [accuracies[at - 1] ?? 0, accuracies[at] ?? 0];
  return x0 + Math.min(1, (wanted - y0) / (y1 - y0)) * (x1 - x0);
}

function accuracyAt({ shares, accuracies }: Curve, share: number): number {
  for (let at = 1; at < shares.length; at++) {
    const [x0, x1] = [shares[at - 1] ?? 0, shares[at] ?? 0];
    if (x1 < share) continue;
    const [y0, y1] = [accuracies[at - 1] ?? 0, accuracies[at] ?? 0];
    return x1 === x0 ? y1 : y0 + ((share - x0) / (x1 - x0)) * (y1 - y0);
  }
  return accuracies.at(-1) ?? 0;
}
