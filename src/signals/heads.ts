import { err, ok, type Result } from '../lib/result.js';
import type { Embedding, HeadReadings } from './contract.js';
import { highest } from './custom-head.js';
import { UNKNOWN_SHARE_MAX } from './embedding.js';

/** Why a signal over the heads is unknown on a model that has none. */
export const NO_HEADS = 'the model has no heads';

/** What the heads said of the question, or why that cannot be relied on. */
export function readHeads(embedding: Embedding | undefined): Result<HeadReadings, string> {
  if (embedding === undefined) return err('there is no embedding');
  if (embedding.heads === undefined) return err(NO_HEADS);
  if (embedding.unknownShare > UNKNOWN_SHARE_MAX) {
    const percent = Math.round(embedding.unknownShare * 100);
    return err(`the encoder does not know ${percent} % of the tokens`);
  }
  return ok(embedding.heads);
}

/**
 * Where the wanted labels stand among those of a head.
 * @throws Error when the head has no such label
 */
export function indexesOf(
  signal: string,
  labels: readonly string[],
  wanted: readonly string[],
): readonly number[] {
  return wanted.map((label) => {
    const index = labels.indexOf(label);
    if (index >= 0) return index;
    const said = `signal ${JSON.stringify(signal)}: the head has no label ${JSON.stringify(label)}`;
    throw new Error(`${said}; it has ${labels.join(', ')}`);
  });
}

/** Probability that one of these labels is right; labels of one head exclude each other. */
export function sumAt(probabilities: Float32Array, indexes: readonly number[]): number {
  let sum = 0;
  for (const index of indexes) sum += probabilities[index] ?? 0;
  return Math.min(1, sum);
}

/** The label that a head holds for the most likely one. */
export function topLabel(labels: readonly string[], probabilities: Float32Array): string {
  return labels[highest(probabilities)] ?? '';
}

/** Said in details: two digits, as nobody can tell finer ones apart. */
export function percentOf(probability: number): string {
  return `${Math.round(probability * 100)} %`;
}

/** Told of a question of which the encoder read head and tail alone. */
export function lengthNote(embedding: Embedding | undefined): string {
  return embedding?.truncated === true ? ', by the head and the tail of a long prompt' : '';
}
