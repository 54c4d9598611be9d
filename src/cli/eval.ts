import { evaluateDifficulty, readOutcomeRows } from '../evaluation/difficulty.js';
import { evaluateDomain, readDomainRows } from '../evaluation/domain.js';
import type { Evaluation, EvaluationTools } from '../evaluation/evaluation.js';
import { evaluateGuard, readGuardRows } from '../evaluation/guard.js';
import { readHead } from '../evaluation/head-files.js';
import { evaluateIntent, readIntentRows } from '../evaluation/intent.js';
import { evaluatePersonalData, readPersonalDataRows } from '../evaluation/personal-data.js';
import { systemClock } from '../lib/clock.js';
import { figureLines } from './figures-text.js';
import { OK, type Output } from './output.js';
import { withClassifier } from './with-classifier.js';

export type Evaluated = 'domain' | 'intent' | 'guard' | 'pii' | 'difficulty';

export interface EvalOptions {
  readonly data: string;
  /** A head of the user's own, for `intent`. */
  readonly head?: string;
  readonly models?: string;
  readonly json?: boolean;
}

/** `sextant eval KIND`: how good the parts that serve are on rows with answers. */
export async function evaluate(kind: Evaluated, options: EvalOptions, output: Output): Promise<number> {
  const found = await withClassifier(options.models, (encoder, workers) => {
    const progress = (done: number, of: number) => output.err(`${done} of ${of} rows`);
    return evaluationOf(kind, options, { encoder, workers, clock: systemClock, progress });
  });
  for (const note of found.notes) output.err(`note: ${note}`);
  output.out(options.json === true ? JSON.stringify(found.json) : figureLines(found.figures).join('\n'));
  return OK;
}

async function evaluationOf(
  kind: Evaluated,
  { data, head }: EvalOptions,
  tools: EvaluationTools,
): Promise<Evaluation> {
  switch (kind) {
    case 'domain':
      return evaluateDomain(await readDomainRows(data), tools);
    case 'intent': {
      const own = head === undefined ? undefined : await readHead(head, tools.encoder.hash);
      return evaluateIntent(await readIntentRows(data), tools, own);
    }
    case 'guard':
      return evaluateGuard(await readGuardRows(data), tools);
    case 'pii':
      return evaluatePersonalData(await readPersonalDataRows(data), tools);
    case 'difficulty':
      return evaluateDifficulty(await readOutcomeRows(data), tools);
  }
}
