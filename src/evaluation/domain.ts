import { highest } from '../signals/custom-head.js';
import { readHeads } from '../signals/heads.js';
import { readJsonLines, textField } from './data-file.js';
import { type Evaluation, type EvaluationTools, headsOf } from './evaluation.js';
import { evaluateLabels, type LabelledRow, type Labeller, UNKNOWN_LABEL } from './labelled-evaluation.js';

/**
 * Reads rows with `question` and `category`; no other field is looked at.
 * @throws DataError with file and line where a row is wrong
 */
export async function readDomainRows(path: string): Promise<readonly LabelledRow[]> {
  const file = await readJsonLines(path);
  return file.rows.map((row) => {
    return { text: textField(file, row, ['question']), label: textField(file, row, ['category']) };
  });
}

/** @throws DataError when the model has no heads, and what `Encoder.encode` throws */
export async function evaluateDomain(
  rows: readonly LabelledRow[],
  tools: EvaluationTools,
): Promise<Evaluation> {
  const { json, ...rest } = await evaluateLabels(rows, shippedLabeller('domain', tools), tools);
  const { oos_recall: _none, ...fields } = json;
  return { ...rest, json: fields, figures: rest.figures.filter(({ name }) => name !== 'oos recall') };
}

/** A shipped head as its signal reads it. Labels are compared without regard to case and to what joins their words. */
export function shippedLabeller(head: 'domain' | 'intent', { encoder }: EvaluationTools): Labeller {
  const { labels } = headsOf(encoder)[head];
  const places = new Map(labels.map((label, place) => [plain(label), place]));
  return {
    labels,
    placeOf: (label) => places.get(plain(label)) ?? UNKNOWN_LABEL,
    judge: (embedding) => {
      const heads = readHeads(embedding);
      if (!heads.ok) return undefined;
      const probabilities = heads.value.probabilities[head];
      const likeliest = highest(probabilities);
      return { likeliest, probability: probabilities[likeliest] ?? 0, outOfScope: false };
    },
  };
}

function plain(label: string): string {
  return label.trim().toLowerCase().replaceAll(/[_-]/g, ' ');
}
