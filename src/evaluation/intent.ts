import { type CustomHead, headInput, highest, scoreHead } from '../signals/custom-head.js';
import { readHeads } from '../signals/heads.js';
import { OUT_OF_SCOPE } from '../signals/labels.js';
import { readJsonLines, textField } from './data-file.js';
import { shippedLabeller } from './domain.js';
import { type Evaluation, type EvaluationTools, headsOf } from './evaluation.js';
import {
  evaluateLabels,
  type LabelledRow,
  type Labeller,
  OUT_OF_SCOPE_ROW,
  UNKNOWN_LABEL,
} from './labelled-evaluation.js';

/**
 * Reads rows with `text` and `intent`.
 * @throws DataError with file and line where a row is wrong
 */
export async function readIntentRows(path: string): Promise<readonly LabelledRow[]> {
  const file = await readJsonLines(path);
  return file.rows.map((row) => {
    return { text: textField(file, row, ['text']), label: textField(file, row, ['intent']) };
  });
}

/**
 * By a head of the user's own, or without one by the shipped families, which know no text that is out of scope.
 * @throws DataError when the model has no heads, and what `Encoder.encode` throws
 */
export function evaluateIntent(
  rows: readonly LabelledRow[],
  tools: EvaluationTools,
  head?: CustomHead,
): Promise<Evaluation> {
  headsOf(tools.encoder);
  return evaluateLabels(
    rows,
    head === undefined ? shippedLabeller('intent', tools) : ownLabeller(head),
    tools,
  );
}

function ownLabeller(head: CustomHead): Labeller {
  const places = new Map(head.labels.map((label, place) => [label, place]));
  const strays = new Set([head.outOfScope.label, OUT_OF_SCOPE]);
  return {
    labels: head.labels,
    placeOf: (label) => {
      const name = label.trim();
      return places.get(name) ?? (strays.has(name) ? OUT_OF_SCOPE_ROW : UNKNOWN_LABEL);
    },
    judge: (embedding) => {
      const input = readHeads(embedding).ok ? headInput(embedding) : undefined;
      if (input === undefined) return undefined;
      const { label, probabilities } = scoreHead(head, input);
      const likeliest = highest(probabilities);
      return { likeliest, probability: probabilities[likeliest] ?? 0, outOfScope: label === undefined };
    },
  };
}
