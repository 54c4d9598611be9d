import { calibrationError, type Forecast } from '../learn/calibration.js';
import type { Embedding } from '../signals/contract.js';
import { encodeAll } from './encode-all.js';
import {
  type Evaluation,
  type EvaluationTools,
  intervalsOf,
  milliseconds,
  rounded,
  share,
} from './evaluation.js';
import { headFigures } from './head-figures.js';

/** A text with the label that it should get. */
export interface LabelledRow {
  readonly text: string;
  readonly label: string;
}

/** Something that gives texts a label of several. */
export interface Labeller {
  readonly labels: readonly string[];
  /** Index of a label; `OUT_OF_SCOPE_ROW` for a row that should get none, `UNKNOWN_LABEL` for one it has never heard of. */
  placeOf(label: string): number;
  /** Undefined where a signal would be unknown. */
  judge(embedding: Embedding): Judgement | undefined;
}

export interface Judgement {
  /** Index of the likeliest label. */
  readonly likeliest: number;
  /** Of that label, 0 to 1. */
  readonly probability: number;
  readonly outOfScope: boolean;
}

export const OUT_OF_SCOPE_ROW = -1;
export const UNKNOWN_LABEL = -2;
const NAMED_MAX = 5;

/** Judges each text as a signal would: a text that a signal could say nothing of counts as judged wrong. */
export async function evaluateLabels(
  rows: readonly LabelledRow[],
  labeller: Labeller,
  tools: EvaluationTools,
): Promise<Evaluation> {
  const startMs = tools.clock.monotonicMs();
  const texts = rows.map(({ text }) => text);
  const said = await encodeAll(texts, tools, (embedding) => labeller.judge(embedding));
  const msPerRow = (tools.clock.monotonicMs() - startMs) / rows.length;
  const truth = Int32Array.from(rows, ({ label }) => labeller.placeOf(label));
  const predicted = Int32Array.from(said, (judgement) => {
    if (judgement === undefined) return UNKNOWN_LABEL;
    return judgement.outOfScope ? OUT_OF_SCOPE_ROW : judgement.likeliest;
  });
  const ece = calibrationError(forecastsOf(said, truth));
  const found = headFigures({ truth, predicted, labels: labeller.labels, ece });
  const inScope = truth.filter((label) => label !== OUT_OF_SCOPE_ROW).length;
  const outside = truth.length - inScope;
  const figures = [
    share('accuracy', found.accuracy, { n: inScope, interval: found.accuracyInterval }),
    share('macro F1', found.macroF1, { n: inScope, interval: found.macroF1Interval }),
    share('oos recall', found.outOfScopeRecall, { n: outside, interval: found.outOfScopeInterval }),
    share('ECE', ece, { n: inScope }),
    milliseconds('ms per row', msPerRow, rows.length),
  ];
  return {
    json: {
      n: rows.length,
      accuracy: rounded(found.accuracy),
      macro_f1: rounded(found.macroF1),
      oos_recall: rounded(found.outOfScopeRecall),
      ece: rounded(ece),
      ms_per_row: rounded(msPerRow),
      ci: intervalsOf(figures),
    },
    figures,
    notes: notesOf(rows, truth, said),
  };
}

/** The probability of a label says nothing of a text that has none, so these are left out. */
function forecastsOf(said: readonly (Judgement | undefined)[], truth: Int32Array): readonly Forecast[] {
  return said.flatMap((judgement, index) => {
    if (judgement === undefined || truth[index] === OUT_OF_SCOPE_ROW) return [];
    return [{ probability: judgement.probability, outcome: judgement.likeliest === truth[index] ? 1 : 0 }];
  });
}

function notesOf(
  rows: readonly LabelledRow[],
  truth: Int32Array,
  said: readonly (Judgement | undefined)[],
): readonly string[] {
  const notes: string[] = [];
  const strangers = rows.filter((_, index) => truth[index] === UNKNOWN_LABEL).map(({ label }) => label);
  if (strangers.length > 0) {
    const names = [...new Set(strangers)]
      .slice(0, NAMED_MAX)
      .map((name) => JSON.stringify(name.slice(0, 40)));
    notes.push(
      `${strangers.length} rows have labels that the head does not know, and count as wrong: ${names.join(', ')}`,
    );
  }
  const silent = said.filter((judgement) => judgement === undefined).length;
  if (silent > 0)
    notes.push(`${silent} rows hold mostly words that the encoder does not know, and count as wrong`);
  return notes;
}
