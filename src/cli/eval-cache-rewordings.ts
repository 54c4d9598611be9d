import { openEvaluationStore } from '../app.js';
import { evaluateRewordings, readRewordings } from '../evaluation/cache-rewordings.js';
import { readEntries } from '../evaluation/cache-rows.js';
import { systemClock } from '../lib/clock.js';
import { entriesPath, shippedThresholds } from './eval-cache.js';
import { figureLines } from './figures-text.js';
import { OK, type Output } from './output.js';
import { withClassifier, worded } from './with-classifier.js';

export interface EvalRewordingsOptions {
  readonly data: string;
  readonly entries?: string;
  readonly models?: string;
  readonly json?: boolean;
}

/** `sextant eval cache-rewordings`: how often everyday questions are known again in other words, as shipped. */
export async function evaluateReworded(options: EvalRewordingsOptions, output: Output): Promise<number> {
  const rows = await worded(() => readRewordings(options.data));
  const entriesFile = entriesPath(options.entries);
  const found = await withClassifier(options.models, async (encoder, workers) =>
    evaluateRewordings(rows, await readEntries(entriesFile), {
      encoder,
      workers,
      clock: systemClock,
      progress: (done, of) => output.err(`${done} of ${of} questions`),
      store: await openEvaluationStore(encoder.dimension),
      judge: encoder.pairJudge,
      thresholds: shippedThresholds(),
    }),
  );
  for (const note of found.notes) output.err(`note: ${note}`);
  output.out(options.json === true ? JSON.stringify(found.json) : figureLines(found.figures).join('\n'));
  return OK;
}
