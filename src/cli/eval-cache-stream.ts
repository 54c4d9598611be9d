import { evaluateCacheStream } from '../evaluation/cache-stream.js';
import { readQuestionPairs } from '../evaluation/question-stream.js';
import { systemClock } from '../lib/clock.js';
import { figureLines } from './figures-text.js';
import { OK, type Output } from './output.js';
import { withClassifier, worded } from './with-classifier.js';

export interface CacheStreamCommand {
  readonly pairs: string;
  readonly maxErrorRate: number;
  readonly verifySampleRate: number;
  readonly questions: number;
  readonly seed: number;
  readonly models?: string;
  readonly json?: boolean;
}

/** `sextant eval cache-stream`: whether the error bound keeps its word over a stream of questions. */
export async function evaluateStream(command: CacheStreamCommand, output: Output): Promise<number> {
  const rows = await worded(() => readQuestionPairs(command.pairs));
  const found = await withClassifier(command.models, (encoder, workers) => {
    const progress = (done: number, of: number) => output.err(`${done} of ${of} texts`);
    return evaluateCacheStream(rows, command, { encoder, workers, clock: systemClock, progress });
  });
  for (const note of found.notes) output.err(`note: ${note}`);
  output.out(command.json === true ? JSON.stringify(found.json) : figureLines(found.figures).join('\n'));
  return OK;
}
