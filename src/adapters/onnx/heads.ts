import { sigmoid } from '../../lib/sigmoid.js';
import { eachWordWindow, type OutputRange, scoreWords, type WordMatrix } from '../../lib/words.js';
import type { HeadName } from '../../signals/contract.js';
import { BENIGN, type HeadCalibration, type HeadsFile } from './heads-file.js';

/** The heads that tell attacks. */
export type GuardHeadName = Extract<HeadName, 'guard' | 'document'>;

/** Calibration of every head, and the word features that take part in it. Goes to each thread; the weights are shared. */
export interface Heads {
  readonly file: HeadsFile;
  readonly weights: Int8Array;
}

/** Scores of a text by its words, one per output. */
export function wordScoresOf(text: string, heads: Heads): Float32Array {
  return scoreWords(text, matrixOf(heads));
}

/** Writes calibrated probabilities of a head over its logits. */
export function calibrate(head: HeadCalibration, logits: Float32Array, wordScores: Float32Array): void {
  const { words } = head;
  for (let k = 0; k < logits.length; k += 1) {
    const byWords = words === undefined ? 0 : words.scale * (wordScores[words.from + k] ?? 0);
    logits[k] = (head.scale[k] ?? 1) * (logits[k] ?? 0) + byWords + (head.bias[k] ?? 0);
  }
  if (head.answers === 'one') toShares(logits);
  else for (let k = 0; k < logits.length; k += 1) logits[k] = sigmoid(logits[k] ?? 0);
}

/** Probability of an attack, 0 to 1, in the worst window of a text, by words alone. Reads all of it in linear time. */
export function scanForAttack(text: string, name: GuardHeadName, heads: Heads): number {
  const { labels, words } = heads.file.heads[name];
  const range: OutputRange = { from: words?.from ?? 0, count: labels.length };
  const benign = labels.indexOf(BENIGN);
  const shares = new Float32Array(labels.length);
  let worst = 0;
  eachWordWindow({ text, matrix: matrixOf(heads), range }, (scores) => {
    shares.set(scores);
    toShares(shares);
    worst = Math.max(worst, 1 - (shares[benign] ?? 0));
  });
  return worst;
}

function matrixOf({ file, weights }: Heads): WordMatrix {
  return { weights, ...file.words };
}

/** Softmax in place. */
export function toShares(values: Float32Array): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (const value of values) highest = Math.max(highest, value);
  let sum = 0;
  for (let k = 0; k < values.length; k += 1) sum += values[k] = Math.exp((values[k] ?? 0) - highest);
  for (let k = 0; k < values.length; k += 1) values[k] = (values[k] ?? 0) / sum;
}
