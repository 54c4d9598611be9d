import { DEFAULTS } from '../config/defaults.js';
import { readPairs } from '../evaluation/cache-rows.js';
import { evaluateCacheStream } from '../evaluation/cache-stream.js';
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
  const rows = await worded(() => readPairs(command.pairs));
  const found = await withClassifier(command.models, (encoder, workers) => {
    const progress = (done: number, of: number) => output.err(`${done} of ${of} texts`);
    const { boundSimilarityThreshold, candidateThreshold } = DEFAULTS.semanticCache;
    const thresholds = { similarity: boundSimilarityThreshold, candidate: candidateThreshold };
    const options = { ...command, judge: encoder.pairJudge, thresholds };
    return evaluateCacheStream(rows, options, { encoder, workers, clock: systemClock, progress });
  });
  for (const note of found.notes) output.err(`note: ${note}`);
  output.out(command.json === true ? JSON.stringify(found.json) : figureLines(found.figures).join('\n'));
  return OK;
}
