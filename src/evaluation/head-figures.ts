import { bootstrapInterval } from '../learn/bootstrap.js';
import { classificationFigures, type Interval, wilsonInterval } from '../learn/metrics.js';
import { seededRandom } from '../lib/random.js';

/** How well rows were told apart that have one label of many, or none. */
export interface HeadFigures {
  /** All rows, those out of scope included. */
  readonly n: number;
  /** Of the rows in scope; one that was judged out of scope counts as wrong. 0 to 1. */
  readonly accuracy: number;
  readonly accuracyInterval: Interval;
  /** Mean F1 of the labels that have rows. 0 to 1. */
  readonly macroF1: number;
  readonly macroF1Interval: Interval;
  /** Share of the rows out of scope that were found to be so; null where there are none. */
  readonly outOfScopeRecall: number | null;
  readonly outOfScopeInterval: Interval | null;
  /** Expected calibration error of the label's probability. 0 to 1. */
  readonly ece: number;
  /** `confusion[truth][predicted]` in rows; the last row and column are what is out of scope. */
  readonly confusion: readonly Uint32Array[];
  /** Names of the rows and columns of `confusion` but the last. */
  readonly labels: readonly string[];
}

export interface Verdicts {
  /** Index of the label; -1 for a row that is out of scope, -2 for one whose label the head does not know. */
  readonly truth: Int32Array;
  /** -1 for out of scope. */
  readonly predicted: Int32Array;
  readonly labels: readonly string[];
  readonly ece: number;
}

/** Resampling many rows for an interval takes long, and theirs is narrow anyway. */
const SAMPLES = 300;
const SAMPLED_WORK_MAX = 20_000_000;

export function headFigures({ truth, predicted, labels, ece }: Verdicts): HeadFigures {
  const inside = Uint32Array.from([...truth.keys()].filter((index) => truth[index] !== -1));
  const pick = (from: Int32Array, indices: Uint32Array) =>
    Int32Array.from(indices, (index) => from[index] ?? -1);
  const asked = pick(truth, inside);
  const said = pick(predicted, inside);
  const figures = classificationFigures(asked, said, labels.length);
  const hits = asked.filter((label, index) => label === said[index]).length;
  const outside = truth.length - inside.length;
  const found = predicted.filter((label, index) => label === -1 && truth[index] === -1).length;
  const samples = Math.max(20, Math.min(SAMPLES, Math.floor(SAMPLED_WORK_MAX / (1 + inside.length))));
  const macroF1Interval = bootstrapInterval(
    inside.length,
    (indices) => classificationFigures(pick(asked, indices), pick(said, indices), labels.length).macroF1,
    { random: seededRandom(1), samples },
  );
  return {
    n: truth.length,
    accuracy: figures.accuracy,
    accuracyInterval: wilsonInterval(hits, inside.length),
    macroF1: figures.macroF1,
    macroF1Interval,
    outOfScopeRecall: outside === 0 ? null : found / outside,
    outOfScopeInterval: outside === 0 ? null : wilsonInterval(found, outside),
    ece,
    confusion: withOutOfScope(truth, predicted, labels.length),
    labels,
  };
}

function withOutOfScope(truth: Int32Array, predicted: Int32Array, count: number): readonly Uint32Array[] {
  const place = (label: number) => (label < 0 ? count : label);
  return classificationFigures(truth.map(place), predicted.map(place), count + 1).confusion;
}
