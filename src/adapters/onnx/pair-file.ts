import { readFile } from 'node:fs/promises';
import { isJsonObject, type Json } from '../../lib/json.js';

/** How the judge's logits become probabilities, and what follows from those. */
export interface PairFile {
  /** Numbers that go in beside the tokens: of each feature the mean and the distance of both orders. */
  readonly features: number;
  /** Probability = sigmoid(scale × logit + bias). */
  readonly scale: number;
  readonly bias: number;
  /** Probabilities, 0 to 1, `reject` not above `accept`. */
  readonly accept: number;
  readonly reject: number;
}

/**
 * Reads the settings of a judge of pairs.
 *
 * @throws Error that names the file and what is wrong with it
 */
export async function readPairFile(path: string): Promise<PairFile> {
  const value = JSON.parse(await readFile(path, 'utf8')) as Json;
  const root = isJsonObject(value) ? value : {};
  if (root['version'] !== 1) throw new Error(`${path}: "version" must be 1`);
  const numberAt = (key: string): number => {
    const found = root[key];
    if (typeof found === 'number' && Number.isFinite(found)) return found;
    throw new Error(`${path}: "${key}" must be a number`);
  };
  const [accept, reject, features] = [numberAt('accept'), numberAt('reject'), numberAt('features')];
  if (!(reject >= 0 && reject <= accept && accept <= 1))
    throw new Error(`${path}: "reject" and "accept" must be probabilities, "reject" not above "accept"`);
  if (!Number.isInteger(features) || features < 0)
    throw new Error(`${path}: "features" must be a whole number`);
  return { features, scale: numberAt('scale'), bias: numberAt('bias'), accept, reject };
}
