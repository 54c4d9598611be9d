import type { RouterPart } from './router.js';

/** One way to learn a part of a router. */
export interface PartLearner {
  /** Fits all rows but those of one fold; all of them where none is named. */
  fit(without?: number): FittedPart;
}

export interface FittedPart {
  /** What it says of a row, in the order of a row of `RouterTargets.values`. */
  say(row: number): Float32Array;
  /** The part that is stored: how well all do counts so much, and how each is beside the others so much. */
  part(weights: PartWeights): RouterPart;
}

export interface PartWeights {
  readonly common: number;
  readonly own: number;
}

/** Rows with the fold that each is in. */
export interface FoldedRows {
  readonly foldOf: Uint8Array;
  readonly folds: number;
}

export function indicesWithout({ foldOf }: FoldedRows, without: number | undefined): Uint32Array {
  return Uint32Array.from(foldOf.keys()).filter((row) => foldOf[row] !== without);
}

/** Of some ways to fit, the one whose error on the held-out folds is least. */
export function leastError<T>(ways: readonly T[], errorOf: (way: T) => number): T | undefined {
  let best: T | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const way of ways) {
    const error = errorOf(way);
    if (error >= least) continue;
    least = error;
    best = way;
  }
  return best;
}
