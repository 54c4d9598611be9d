import { seededRandom } from '../lib/random.js';
import { DEADLINE_MS } from './encode-all.js';
import { type EvaluationTools, type Figure, milliseconds } from './evaluation.js';

/** Each is one token of the vocabulary. */
const WORDS =
  'the of and to in is it for on as with was at by from this have an or had not but what all were when we there can more'.split(
    ' ',
  );
/** Two of them mark a text's beginning and end. */
const MARKS = 2;
const WARM_UPS = 5;
const PASSES = 40;

/** Median milliseconds of one text of so many tokens, all heads included, one text after the other. */
export async function latencyOf(tokens: number, { encoder, clock }: EvaluationTools): Promise<Figure> {
  const random = seededRandom(tokens);
  const timesMs: number[] = [];
  for (let pass = 0; pass < WARM_UPS + PASSES; pass++) {
    // A new text each time: the encoder remembers those it has seen lately.
    const text = Array.from(
      { length: tokens - MARKS },
      () => WORDS[Math.floor(random() * WORDS.length)],
    ).join(' ');
    const startMs = clock.monotonicMs();
    await encoder.encode(text, DEADLINE_MS);
    if (pass >= WARM_UPS) timesMs.push(clock.monotonicMs() - startMs);
  }
  timesMs.sort((a, b) => a - b);
  return milliseconds(`${tokens} tokens, median`, timesMs[PASSES / 2] ?? 0, PASSES);
}
