import { wilson } from '../lib/wilson.js';
/** Lower and upper end. */
export type Interval = readonly [number, number];

export interface ClassFigures {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows that are of this class. */
  readonly rows: number;
}

export interface ClassificationFigures {
  /** Share of rows that were judged right; 0 without rows. */
  readonly accuracy: number;
  /** Mean F1 of the classes that have rows; 0 without rows. */
  readonly macroF1: number;
  readonly perClass: readonly ClassFigures[];
  /** `confusion[truth][predicted]`: rows. */
  readonly confusion: readonly Uint32Array[];
}

/** Classes are counted from 0; a prediction of -1 is none of them and never right. Nor is a truth of -1 ever met. */
export function classificationFigures(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): ClassificationFigures {
  const confusion = Array.from({ length: classes }, () => new Uint32Array(classes));
  const rows = new Uint32Array(classes);
  const claimed = new Uint32Array(classes);
  let right = 0;
  for (let index = 0; index < truth.length; index++) {
    const is = truth[index] ?? -1;
    const said = predicted[index] ?? -1;
    if (is >= 0) rows[is] = (rows[is] ?? 0) + 1;
    if (said >= 0) claimed[said] = (claimed[said] ?? 0) + 1;
    if (is >= 0 && is === said) right++;
    const line = confusion[is];
    if (line !== undefined && said >= 0) line[said] = (line[said] ?? 0) + 1;
  }
  const perClass = confusion.map((line, index) =>
    figuresOf({ hits: line[index] ?? 0, claimed: claimed[index] ?? 0, rows: rows[index] ?? 0 }),
  );
  const present = perClass.filter((each) => each.rows > 0);
  return {
    accuracy: truth.length === 0 ? 0 : right / truth.length,
    macroF1: present.length === 0 ? 0 : mean(present.map(({ f1 }) => f1)),
    perClass,
    confusion,
  };
}

/** Precision, recall and F1 from counts; each is 0 where nothing was claimed or nothing is there. */
export function figuresOf(counts: {
  readonly hits: number;
  readonly claimed: number;
  readonly rows: number;
}): ClassFigures {
  const { hits, claimed, rows } = counts;
  const precision = claimed === 0 ? 0 : hits / claimed;
  const recall = rows === 0 ? 0 : hits / rows;
  const f1 = claimed + rows === 0 ? 0 : (2 * hits) / (claimed + rows);
  return { precision, recall, f1, rows };
}

/**
 * Probability that an attack scores higher than a harmless row, equal scores counting half. Null where one of the two
 * kinds is missing.
 */
export function rocAuc(scores: ArrayLike<number>, positive: ArrayLike<number | boolean>): number | null {
  const order = [...Array.from(scores).keys()].sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    let tied = 0;
    const score = scores[order[start] ?? 0];
    while (end < order.length && scores[order[end] ?? 0] === score) {
      if (positive[order[end] ?? 0]) tied++;
      end++;
    }
    positives += tied;
    // Rows of one score share the mean of their ranks, which count from 1.
    rankSum += tied * ((start + 1 + end) / 2);
    start = end;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

const NORMAL_95 = 1.959964;

/** Wilson's interval of a share, 95 %: it stays within 0 and 1 and is right for few rows too. 0 to 1 without rows. */
export function wilsonInterval(hits: number, count: number): Interval {
  const { low, high } = wilson(hits, count, NORMAL_95);
  return [low, high];
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
