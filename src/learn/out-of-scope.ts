import type { Random } from '../lib/random.js';
import { EVIDENCE_COUNT, type OutOfScopeRule, outOfScopeScore } from '../signals/custom-head.js';
import type { Rows } from './rows.js';
import { rowAt } from './rows.js';
import { fitSoftmax } from './softmax-regression.js';

/** Evidence of rows that the head was not trained on; see `HeadReading.evidence`. */
export interface HeldOutEvidence extends Rows {
  /** -1 for a row that is out of scope. */
  readonly labels: Int32Array;
}

export interface OutOfScopeOptions {
  /** Share of rows in scope that must keep their label, 0 to 1. */
  readonly keep: number;
  readonly label: string;
  readonly random: Random;
}

/** Rows out of scope from which on what they say weighs more than the equal shares that are assumed without any. */
const PULL_ROWS = 10;
const FIT = { passes: 1, stepsMin: 1500 };

/**
 * How to tell that a text belongs to none of the labels. With rows out of scope, the kinds of evidence are weighed so
 * that they tell these from the rest; without any, each counts the same. The threshold keeps the wanted share of the
 * rows in scope.
 */
export function fitOutOfScope(rows: HeldOutEvidence, options: OutOfScopeOptions): OutOfScopeRule {
  const scale = standardScale(rows);
  const weights = weighEvidence(standardised(rows, scale), options.random);
  const coefficients = weights.coefficients.map((value, index) => value / (scale.deviations[index] ?? 1));
  let bias = weights.bias;
  for (const [index, coefficient] of coefficients.entries()) bias -= coefficient * (scale.means[index] ?? 0);
  const rule = { bias, coefficients };
  return { label: options.label, ...rule, threshold: thresholdOf(rows, rule, options.keep) };
}

interface Scale {
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

/** Mean and standard deviation of each kind of evidence among the rows in scope. */
function standardScale(rows: HeldOutEvidence): Scale {
  const means = new Array<number>(EVIDENCE_COUNT).fill(0);
  const squares = new Array<number>(EVIDENCE_COUNT).fill(0);
  let count = 0;
  for (let index = 0; index < rows.labels.length; index++) {
    if ((rows.labels[index] ?? -1) < 0) continue;
    count++;
    for (const [kind, value] of rowAt(rows, index).entries()) {
      means[kind] = (means[kind] ?? 0) + value;
      squares[kind] = (squares[kind] ?? 0) + value * value;
    }
  }
  const divisor = Math.max(1, count);
  return {
    means: means.map((sum) => sum / divisor),
    deviations: squares.map((sum, kind) =>
      Math.max(1e-6, Math.sqrt(Math.max(0, sum / divisor - ((means[kind] ?? 0) / divisor) ** 2))),
    ),
  };
}

function standardised(rows: HeldOutEvidence, { means, deviations }: Scale): HeldOutEvidence {
  const values = rows.values.map((value, at) => {
    const kind = at % rows.width;
    return (value - (means[kind] ?? 0)) / (deviations[kind] ?? 1);
  });
  return { ...rows, values };
}

interface Weighing {
  readonly coefficients: readonly number[];
  readonly bias: number;
}

/** As logistic regression over as many rows of either kind, drawn to equal shares the more, the fewer rows there are. */
function weighEvidence(rows: HeldOutEvidence, random: Random): Weighing {
  const inside = indicesOf(rows, (label) => label >= 0);
  const outside = indicesOf(rows, (label) => label < 0);
  const equal = new Array<number>(EVIDENCE_COUNT).fill(1);
  if (outside.length === 0 || inside.length === 0) return { coefficients: equal, bias: -EVIDENCE_COUNT };
  const towards = Float32Array.from([
    ...equal.map((value) => -value / 2),
    ...equal.map((value) => value / 2),
  ]);
  const repeated = Array.from({ length: inside.length }, (_, at) => outside[at % outside.length] ?? 0);
  const { weights, biases } = fitSoftmax(
    { ...rows, labels: rows.labels.map((label) => (label < 0 ? 1 : 0)), classes: 2 },
    {
      ...FIT,
      towards,
      l2: 0.1 / (1 + outside.length / PULL_ROWS),
      random,
      indices: Uint32Array.from([...inside, ...repeated]),
    },
  );
  const coefficients = equal.map((_, kind) => (weights[EVIDENCE_COUNT + kind] ?? 0) - (weights[kind] ?? 0));
  return { coefficients, bias: (biases[1] ?? 0) - (biases[0] ?? 0) };
}

function indicesOf({ labels }: HeldOutEvidence, wanted: (label: number) => boolean): readonly number[] {
  return [...labels.keys()].filter((index) => wanted(labels[index] ?? -1));
}

/** The lowest score that leaves the wanted share of the rows in scope below it. */
function thresholdOf(rows: HeldOutEvidence, rule: Weighing, keep: number): number {
  const scores = indicesOf(rows, (label) => label >= 0).map((index) =>
    outOfScopeScore(rule, [...rowAt(rows, index)]),
  );
  scores.sort((a, b) => a - b);
  const kept = Math.ceil(keep * scores.length);
  const last = scores[kept - 1] ?? 0.5;
  // Half-way to the next one: a score that rounds differently elsewhere then falls on the same side.
  return Math.min(1, (last + (scores[kept] ?? 1)) / 2);
}
