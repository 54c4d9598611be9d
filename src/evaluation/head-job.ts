import type { LabelledRows } from '../learn/rows.js';
import { trainHead } from '../learn/train-head.js';
import { seededRandom } from '../lib/random.js';
import { type CustomHead, HEAD_WIDTH, headInput } from '../signals/custom-head.js';
import { DataError } from './data-error.js';
import { type EncodeAllOptions, encodeAll } from './encode-all.js';
import { type HeadFigures, headFigures } from './head-figures.js';
import { type HeadOrigin, LABELS_MAX } from './head-files.js';
import type { LabelledText } from './labelled-texts.js';

export interface HeadJob extends EncodeAllOptions {
  /** What messages call the examples: their file. */
  readonly path: string;
  readonly examples: readonly LabelledText[];
  readonly name: string;
  readonly outOfScopeLabel: string;
  /** Share of rows in scope that must keep their label, 0 to 1. */
  readonly keep: number;
  /** Rows to choose temperature and threshold by; see `HeadTrainingOptions.chooseBy`. */
  readonly chooseBy?: readonly LabelledText[];
  readonly onFit?: (fit: number, of: number) => void;
}

export interface FinishedHead {
  readonly head: CustomHead;
  readonly origin: HeadOrigin;
  readonly figures: HeadFigures;
  readonly warnings: readonly string[];
}

const LABELS_MIN = 2;
const ROWS_PER_LABEL_WANTED = 5;
const SEED = 20_261_121;
const SHOWN = 8;

/** @throws DataError when the labels are too few or too many, or the model has no heads */
export async function runHeadJob(job: HeadJob): Promise<FinishedHead> {
  const { examples, duplicates } = withoutDuplicates(job.examples);
  const labels = labelsOf(job, examples);
  const rows = await rowsOf(job, examples, labels);
  const chooseBy =
    job.chooseBy === undefined
      ? undefined
      : await rowsOf({ ...job, progress: undefined }, job.chooseBy, labels);
  const trained = trainHead(rows.rows, {
    random: seededRandom(SEED),
    outOfScopeLabel: job.outOfScopeLabel,
    keep: job.keep,
    ...(chooseBy === undefined ? {} : { chooseBy: chooseBy.rows }),
    ...(job.onFit === undefined ? {} : { progress: job.onFit }),
  });
  const truth = (chooseBy ?? rows).rows.labels;
  const figures = headFigures({ truth, predicted: trained.predicted, labels, ece: trained.calibrationError });
  const { weights, biases, centers, temperature, outOfScope } = trained;
  const encoderHash = job.encoder.hash;
  const counts = countsOf(examples);
  return {
    head: { name: job.name, labels, encoderHash, weights, biases, centers, temperature, outOfScope },
    origin: { rows: examples.length, labelCounts: Object.fromEntries(counts), metrics: metricsOf(figures) },
    figures,
    warnings: warningsOf({ job, examples, counts, duplicates, truncated: rows.truncated }),
  };
}

/** The same text with the same label twice would be learnt and then asked. */
function withoutDuplicates(all: readonly LabelledText[]): {
  readonly examples: readonly LabelledText[];
  readonly duplicates: number;
} {
  const seen = new Set<string>();
  const examples = all.filter(({ text, label }) => {
    const key = `${label}\n${text.trim()}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return { examples, duplicates: all.length - examples.length };
}

function labelsOf({ path, outOfScopeLabel }: HeadJob, examples: readonly LabelledText[]): readonly string[] {
  const labels = [...new Set(examples.map(({ label }) => label))].filter(
    (label) => label !== outOfScopeLabel,
  );
  if (labels.length < LABELS_MIN)
    throw new DataError(
      `${path}: has ${labels.length} labels beside ${outOfScopeLabel}; a head needs two or more`,
    );
  if (labels.length > LABELS_MAX)
    throw new DataError(
      `${path}: has ${labels.length} labels, more than ${LABELS_MAX}; is --label the right column?`,
    );
  return labels.sort();
}

async function rowsOf(
  job: Omit<HeadJob, 'progress'> & Pick<EncodeAllOptions, 'progress'>,
  examples: readonly LabelledText[],
  labels: readonly string[],
): Promise<{ readonly rows: LabelledRows; readonly truncated: number }> {
  const indexOf = new Map(labels.map((label, index) => [label, index]));
  const values = new Float32Array(examples.length * HEAD_WIDTH);
  let truncated = 0;
  const texts = examples.map(({ text }) => text);
  await encodeAll(texts, job, (embedding, index) => {
    const input = headInput(embedding);
    if (input === undefined)
      throw new DataError('the models folder has no heads; name another with --models');
    if (embedding.truncated) truncated++;
    values.set(input, index * HEAD_WIDTH);
  });
  const known = Int32Array.from(examples, ({ label }) => indexOf.get(label) ?? -1);
  return { rows: { values, width: HEAD_WIDTH, labels: known, classes: labels.length }, truncated };
}

function countsOf(examples: readonly LabelledText[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { label } of examples) counts.set(label, (counts.get(label) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function metricsOf(figures: HeadFigures): Readonly<Record<string, number>> {
  const { accuracy, macroF1, ece, outOfScopeRecall } = figures;
  const rounded = {
    accuracy,
    macro_f1: macroF1,
    ece,
    ...(outOfScopeRecall && { oos_recall: outOfScopeRecall }),
  };
  return Object.fromEntries(Object.entries(rounded).map(([name, value]) => [name, Number(value.toFixed(4))]));
}

function warningsOf(found: {
  readonly job: HeadJob;
  readonly examples: readonly LabelledText[];
  readonly counts: ReadonlyMap<string, number>;
  readonly duplicates: number;
  readonly truncated: number;
}): readonly string[] {
  const { job, examples, counts, duplicates, truncated } = found;
  const warnings: string[] = [];
  const few = [...counts].filter(
    ([label, rows]) => rows < ROWS_PER_LABEL_WANTED && label !== job.outOfScopeLabel,
  );
  if (few.length > 0) {
    const shown = shorten(few.map(([label, rows]) => `${label} (${rows})`));
    warnings.push(`${few.length} labels have fewer than ${ROWS_PER_LABEL_WANTED} rows: ${shown}`);
  }
  const torn = conflicts(examples);
  if (torn.length > 0)
    warnings.push(
      `${torn.length} texts have two labels, at ${shorten(torn.map((at) => `${job.path}:${at}`))}`,
    );
  if (duplicates > 0) warnings.push(`${duplicates} rows stand there twice and count once`);
  if (truncated > 0)
    warnings.push(`${truncated} texts are longer than the encoder reads: head and tail stand for them`);
  return warnings;
}

/** Lines whose text an earlier line gives another label. */
function conflicts(examples: readonly LabelledText[]): readonly number[] {
  const labelOf = new Map<string, string>();
  const lines: number[] = [];
  for (const { text, label, line } of examples) {
    const before = labelOf.get(text.trim());
    if (before !== undefined && before !== label) lines.push(line);
    labelOf.set(text.trim(), label);
  }
  return lines;
}

function shorten(items: readonly string[]): string {
  const shown = items.slice(0, SHOWN).join(', ');
  return items.length > SHOWN ? `${shown} and ${items.length - SHOWN} more` : shown;
}
