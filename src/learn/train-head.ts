import type { Random } from '../lib/random.js';
import {
  EVIDENCE_COUNT,
  type HeadWeights,
  highest,
  type OutOfScopeRule,
  outOfScopeScore,
  probabilitiesOf,
  readHead,
} from '../signals/custom-head.js';
import { calibrationError, type Forecast, fitTemperature, type HeldOutLogits } from './calibration.js';
import { fitOutOfScope } from './out-of-scope.js';
import { classifiedIndices, type LabelledRows, rowAt } from './rows.js';
import { fitSoftmax } from './softmax-regression.js';
import { stratifiedFolds } from './split.js';

export interface HeadTrainingOptions {
  readonly random: Random;
  /** What rows out of scope are called. */
  readonly outOfScopeLabel: string;
  /** Share of rows in scope that must keep their label, 0 to 1. */
  readonly keep: number;
  /**
   * Rows to choose temperature and threshold by, in place of the folds. Needed where the encoder itself learnt from
   * the training rows, because to such an encoder they look clearer than any others will.
   */
  readonly chooseBy?: LabelledRows;
  /** Called before each of the `of` fits. */
  readonly progress?: (fit: number, of: number) => void;
}

export interface TrainedHead extends HeadWeights {
  readonly temperature: number;
  readonly outOfScope: OutOfScopeRule;
  /** What heads that were trained without a row said of it, or of those of `chooseBy`; -1: out of scope. */
  readonly predicted: Int32Array;
  /** Of the label's probability among the labels, on the same rows. 0 to 1. */
  readonly calibrationError: number;
}

const FOLDS = 5;
/** More folds cost more and tell little more of many rows. */
const FOLDS_OF_MANY = 3;
const MANY_ROWS = 5000;
/** How much the pull towards the centers weighs beside one row; chosen on CLINC150 with 5, 10 and 100 rows a label. */
const PULL = 1 / 30;
/** Length of the centers as first weights: how far a head with few rows trusts them. */
const CENTER_SCALE = 6;
const FIT = { passes: 12, stepsMin: 600 };
/** Rows by which the temperature is chosen, at most: their logits are all held at once. */
const TEMPERATURE_ROWS_MAX = 5000;

/**
 * Trains a head, and judges every row by a head that did not see it: that gives temperature, the rule for what is out
 * of scope, and honest figures. Rows with label -1 are out of scope; they shape that rule and no label.
 */
export function trainHead(rows: LabelledRows, options: HeadTrainingOptions): TrainedHead {
  const { chooseBy, random, progress } = options;
  const folds = rows.labels.length > MANY_ROWS ? FOLDS_OF_MANY : FOLDS;
  const fits = chooseBy === undefined ? folds + 1 : 1;
  progress?.(1, fits);
  const weights = fitHead(rows, classifiedIndices(rows), random);
  const judged = chooseBy ?? rows;
  const readings = startReadings(judged);
  if (chooseBy === undefined) {
    const foldOf = stratifiedFolds(rows.labels, { folds, random });
    for (let fold = 0; fold < folds; fold++) {
      progress?.(fold + 2, fits);
      const others = classifiedIndices(rows).filter((index) => foldOf[index] !== fold);
      addReadings(readings, fitHead(rows, others, random), (index) => foldOf[index] === fold);
    }
  } else {
    addReadings(readings, weights, () => true);
  }
  const logits = heldOutLogits(readings);
  const temperature = fitTemperature(logits);
  const outOfScope = fitOutOfScope(
    { values: readings.evidence, width: EVIDENCE_COUNT, labels: judged.labels },
    { keep: options.keep, label: options.outOfScopeLabel, random },
  );
  const predicted = verdictsOf(readings, outOfScope);
  return {
    ...weights,
    temperature,
    outOfScope,
    predicted,
    calibrationError: errorOfCalibration(logits, temperature),
  };
}

/** Softmax regression that starts from the centers of the labels, and stays near them where rows are few. */
function fitHead(rows: LabelledRows, indices: Uint32Array, random: Random): HeadWeights {
  const centers = centersOf(rows, indices);
  const l2 = PULL / Math.max(1, indices.length);
  const towards = contrasts(centers, rows.classes);
  return { ...fitSoftmax(rows, { ...FIT, towards, l2, random, indices }), centers };
}

/** Mean of the rows of each label, as a unit vector; zero for a label without rows. */
export function centersOf(
  { values, width, labels, classes }: LabelledRows,
  indices: Uint32Array,
): Float32Array {
  const centers = new Float32Array(classes * width);
  for (const index of indices) {
    const to = (labels[index] ?? 0) * width;
    const from = index * width;
    for (let at = 0; at < width; at++) centers[to + at] = (centers[to + at] ?? 0) + (values[from + at] ?? 0);
  }
  for (let label = 0; label < classes; label++)
    scaleTo(centers.subarray(label * width, (label + 1) * width), 1);
  return centers;
}

/** What sets each center apart from the mean of all, since what they share tells no label from another. */
function contrasts(centers: Float32Array, classes: number): Float32Array {
  const width = centers.length / classes;
  const mean = new Float64Array(width);
  for (const [at, value] of centers.entries()) mean[at % width] = (mean[at % width] ?? 0) + value / classes;
  const apart = centers.map((value, at) => value - (mean[at % width] ?? 0));
  for (let label = 0; label < classes; label++) {
    scaleTo(apart.subarray(label * width, (label + 1) * width), CENTER_SCALE);
  }
  return apart;
}

function scaleTo(vector: Float32Array, wanted: number): void {
  let sum = 0;
  for (const value of vector) sum += value * value;
  if (sum === 0) return;
  const factor = wanted / Math.sqrt(sum);
  for (let at = 0; at < vector.length; at++) vector[at] = (vector[at] ?? 0) * factor;
}

interface Readings {
  readonly rows: LabelledRows;
  readonly evidence: Float32Array;
  /** Label by logits alone. */
  readonly likeliest: Int32Array;
  /** Rows in scope whose logits are kept, ascending; all of them, where they are not too many. */
  readonly kept: Uint32Array;
  /** In the order of `kept`. */
  readonly logits: Float32Array;
}

function startReadings(rows: LabelledRows): Readings {
  const inside = classifiedIndices(rows);
  const every = Math.max(1, Math.ceil(inside.length / TEMPERATURE_ROWS_MAX));
  const kept = inside.filter((_, at) => at % every === 0);
  return {
    rows,
    evidence: new Float32Array(rows.labels.length * EVIDENCE_COUNT),
    likeliest: new Int32Array(rows.labels.length),
    kept,
    logits: new Float32Array(kept.length * rows.classes),
  };
}

function addReadings(readings: Readings, head: HeadWeights, wanted: (index: number) => boolean): void {
  const { rows, evidence, likeliest, kept, logits } = readings;
  let place = 0;
  for (let index = 0; index < rows.labels.length; index++) {
    while ((kept[place] ?? Number.POSITIVE_INFINITY) < index) place++;
    if (!wanted(index)) continue;
    const reading = readHead(head, rowAt(rows, index));
    evidence.set(reading.evidence, index * EVIDENCE_COUNT);
    likeliest[index] = highest(reading.logits);
    if (kept[place] === index) logits.set(reading.logits, place * rows.classes);
  }
}

function heldOutLogits({ rows, kept, logits }: Readings): HeldOutLogits {
  const labels = Int32Array.from(kept, (index) => rows.labels[index] ?? 0);
  return { values: logits, width: rows.classes, labels };
}

function verdictsOf(readings: Readings, rule: OutOfScopeRule): Int32Array {
  const { evidence, likeliest } = readings;
  const rows = { values: evidence, width: EVIDENCE_COUNT };
  return likeliest.map((label, index) =>
    outOfScopeScore(rule, [...rowAt(rows, index)]) >= rule.threshold ? -1 : label,
  );
}

function errorOfCalibration(logits: HeldOutLogits, temperature: number): number {
  const forecasts: Forecast[] = [];
  for (let index = 0; index < logits.labels.length; index++) {
    const probabilities = probabilitiesOf(rowAt(logits, index), temperature);
    const label = highest(probabilities);
    const outcome = label === logits.labels[index] ? 1 : 0;
    forecasts.push({ probability: probabilities[label] ?? 0, outcome });
  }
  return calibrationError(forecasts);
}
