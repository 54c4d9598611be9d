import type { Forecast } from '../learn/router.js';
import { type OutcomeRows, pickRows } from '../learn/router-rows.js';
import { fitWords } from '../learn/word-regression.js';
import { seededRandom } from '../lib/random.js';
import { highest } from '../signals/custom-head.js';

/** What a simple rule, learnt from some rows, expects of others. */
export type Baseline = (train: OutcomeRows, held: OutcomeRows) => readonly Forecast[];

/** Rows that a field of knowledge must have before its own shares count more than those of all rows. */
const PULL_ROWS = 10;

/** Each model's share of good answers in the field that the domain head names, and nothing else of the prompt. */
export const byDomain: Baseline = (train, held) => {
  const overall = sharesOf(train, undefined);
  const places = new Map<number, number[]>();
  for (const [row, { embedding }] of train.prompts.entries()) {
    const domain = domainOf(embedding);
    places.set(domain, [...(places.get(domain) ?? []), row]);
  }
  const shares = new Map(
    [...places].map(([domain, rows]) => [domain, sharesOf(pickRows(train, rows), overall)] as const),
  );
  return held.prompts.map(({ embedding }) => shares.get(domainOf(embedding)) ?? overall);
};

/** Logistic regression on the words of the prompt alone. */
export const byWords: Baseline = (train, held) => {
  const { outputTokens } = sharesOf(train, undefined);
  const texts = train.prompts.map(({ text }) => text);
  const rows = Uint32Array.from(texts.keys());
  const model = fitWords(
    { texts, outcomes: train.correct, outputs: train.models.length },
    rows,
    seededRandom(1),
  );
  return held.prompts.map(({ text }) => ({ quality: model(text), outputTokens }));
};

function domainOf({ heads }: OutcomeRows['prompts'][number]['embedding']): number {
  return heads === undefined ? -1 : highest(heads.probabilities.domain);
}

/** Mean of each model over the rows, drawn to what is known of all rows where they are few. */
function sharesOf(rows: OutcomeRows, overall: Forecast | undefined): Forecast {
  const count = rows.models.length;
  const mean = (values: Float32Array, prior: Float32Array | undefined) =>
    Float32Array.from({ length: count }, (_, model) => {
      let sum = prior === undefined ? 0 : PULL_ROWS * (prior[model] ?? 0);
      let known = prior === undefined ? 0 : PULL_ROWS;
      for (let at = model; at < values.length; at += count) {
        const value = values[at] ?? Number.NaN;
        if (Number.isNaN(value)) continue;
        sum += value;
        known++;
      }
      return sum / Math.max(1, known);
    });
  return {
    quality: mean(rows.correct, overall?.quality),
    outputTokens:
      rows.outputTokens === undefined ? undefined : mean(rows.outputTokens, overall?.outputTokens),
  };
}
