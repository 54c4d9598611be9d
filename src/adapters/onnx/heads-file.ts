import { readFile } from 'node:fs/promises';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.js';
import type { HeadName, HeadSpec } from '../../signals/contract.js';

/** How what a head says becomes a probability. */
export interface HeadCalibration extends HeadSpec {
  /** One per label. */
  readonly scale: readonly number[];
  /** One per label. */
  readonly bias: readonly number[];
  /** Where the head's share of the word scores begins, and what it counts; absent when the head has none. */
  readonly words?: { readonly from: number; readonly scale: number };
}

/** The shape of the matrix of word features. */
export interface WordShape {
  readonly buckets: number;
  readonly outputs: number;
  readonly scales: readonly number[];
}

/** What `heads.json` says. */
export interface HeadsFile {
  readonly words: WordShape;
  readonly heads: Readonly<Record<HeadName, HeadCalibration>>;
  readonly pii: { readonly tags: readonly string[]; readonly threshold: number };
}

export const HEAD_NAMES: readonly HeadName[] = ['domain', 'intent', 'difficulty', 'guard', 'document'];
/** The label of the guard heads that is no attack. */
export const BENIGN = 'benign';

/**
 * Reads and checks `heads.json`, and holds the size of the words file against it.
 *
 * @throws Error that names the file, the field and what it must be
 */
export async function readHeadsFile(path: string): Promise<HeadsFile> {
  let value: Json;
  try {
    value = JSON.parse(await readFile(path, 'utf8')) as Json;
  } catch (error) {
    throw new Error(`${path} cannot be read as JSON: ${error instanceof Error ? error.message : error}`);
  }
  try {
    return headsFileOf(value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${path}: ${reason}; restore the models folder from the release or the repository`);
  }
}

/**
 * Reads `words.bin` into memory that threads share, so that it is there once however many they are.
 *
 * @throws Error that names the file and both sizes when it is not the one that `heads.json` speaks of
 */
export async function readWordWeights(path: string, shape: WordShape): Promise<Int8Array> {
  const bytes = await readFile(path);
  const wanted = shape.buckets * shape.outputs;
  if (bytes.length !== wanted) {
    throw new Error(
      `${path} has ${bytes.length} bytes, but heads.json promises ${wanted}: both must be of one release`,
    );
  }
  const weights = new Int8Array(new SharedArrayBuffer(wanted));
  weights.set(new Int8Array(bytes.buffer, bytes.byteOffset, wanted));
  return weights;
}

function headsFileOf(value: Json): HeadsFile {
  const root = objectAt(value, 'the file');
  if (root['version'] !== 1) throw new Error('"version" must be 1');
  const words = wordShapeOf(objectAt(root['words'], '"words"'));
  const listed = new Map(listAt(root, 'heads', 'the file').map((head) => nameAndHead(head, words)));
  const missing = HEAD_NAMES.filter((name) => !listed.has(name));
  if (missing.length > 0) throw new Error(`"heads" lacks ${missing.join(', ')}`);
  return {
    words,
    heads: Object.fromEntries(listed) as Record<HeadName, HeadCalibration>,
    pii: piiOf(objectAt(root['pii'], '"pii"')),
  };
}

function wordShapeOf(words: JsonObject): WordShape {
  const buckets = numberAt(words, 'buckets', '"words"');
  const outputs = numberAt(words, 'outputs', '"words"');
  if (!Number.isInteger(Math.log2(buckets)) || buckets > 2 ** 24)
    throw new Error('"words": "buckets" must be a power of two of at most 2^24');
  if (!Number.isInteger(outputs) || outputs < 1 || outputs > 1024)
    throw new Error('"words": "outputs" must be a whole number from 1 to 1024');
  return { buckets, outputs, scales: numbersAt(words, 'scales', { count: outputs, where: '"words"' }) };
}

function nameAndHead(value: Json, shape: WordShape): readonly [HeadName, HeadCalibration] {
  const head = objectAt(value, 'an item of "heads"');
  const name = HEAD_NAMES.find((known) => known === head['name']);
  if (name === undefined)
    throw new Error(`the "name" of an item of "heads" must be one of ${HEAD_NAMES.join(', ')}`);
  const where = `head "${name}"`;
  const labels = labelsAt(head, 'labels', where);
  const answers = head['answers'];
  if (answers !== 'one' && answers !== 'each') throw new Error(`${where}: "answers" must be "one" or "each"`);
  const words = head['words'] === undefined ? undefined : objectAt(head['words'], `${where}: "words"`);
  if (name === 'guard' || name === 'document') refuseUnfitGuard({ labels, words, where });
  return [
    name,
    {
      labels,
      answers,
      scale: numbersAt(head, 'scale', { count: labels.length, where, missing: 1 }),
      bias: numbersAt(head, 'bias', { count: labels.length, where, missing: 0 }),
      ...(words === undefined ? {} : { words: headWordsOf(words, { where, labels: labels.length, shape }) }),
      ...shareAt(head, 'threshold', where),
      ...shareAt(head, 'scanThreshold', where),
    },
  ];
}

/** What is too long to be read by the encoder is judged by words alone, and always against the benign label. */
function refuseUnfitGuard(head: {
  readonly labels: readonly string[];
  readonly words: JsonObject | undefined;
  readonly where: string;
}): void {
  if (!head.labels.includes(BENIGN)) throw new Error(`${head.where}: "labels" must hold "${BENIGN}"`);
  if (head.words === undefined) throw new Error(`${head.where}: "words" must be given`);
}

function headWordsOf(
  words: JsonObject,
  head: { readonly where: string; readonly labels: number; readonly shape: WordShape },
): { readonly from: number; readonly scale: number } {
  const where = `${head.where}: "words"`;
  const from = numberAt(words, 'from', where);
  if (!Number.isInteger(from) || from < 0 || from + head.labels > head.shape.outputs)
    throw new Error(`${where}: "from" must leave room for the labels among the outputs`);
  return { from, scale: numberAt(words, 'scale', where) };
}

function piiOf(pii: JsonObject): HeadsFile['pii'] {
  const tags = labelsAt(pii, 'tags', '"pii"');
  const odd = tags.find((tag) => tag !== 'O' && !/^[BI]-./.test(tag));
  if (odd !== undefined || !tags.includes('O'))
    throw new Error('"pii": "tags" must be "O" and names that begin with "B-" or "I-"');
  const { threshold } = shareAt(pii, 'threshold', '"pii"');
  if (threshold === undefined) throw new Error('"pii": "threshold" must be given');
  return { tags, threshold };
}

function objectAt(value: Json | undefined, what: string): JsonObject {
  if (!isJsonObject(value)) throw new Error(`${what} must be an object`);
  return value;
}

function listAt(object: JsonObject, key: string, where: string): readonly Json[] {
  const value = object[key];
  if (!Array.isArray(value)) throw new Error(`${where}: "${key}" must be a list`);
  return value;
}

function labelsAt(object: JsonObject, key: string, where: string): readonly string[] {
  const list = listAt(object, key, where);
  const labels = list.filter((label): label is string => typeof label === 'string' && label !== '');
  if (labels.length === 0 || labels.length < list.length || new Set(labels).size < labels.length)
    throw new Error(`${where}: "${key}" must be a list of different names`);
  return labels;
}

function numberAt(object: JsonObject, key: string, where: string): number {
  const value = object[key];
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new Error(`${where}: "${key}" must be a number`);
  return value;
}

/** A number stands for as many as are needed. */
function numbersAt(
  object: JsonObject,
  key: string,
  wanted: { readonly count: number; readonly where: string; readonly missing?: number },
): readonly number[] {
  const value = object[key] ?? wanted.missing;
  const list = typeof value === 'number' ? Array<Json>(wanted.count).fill(value) : value;
  const numbers = Array.isArray(list) ? list.filter((each) => Number.isFinite(each)) : [];
  if (numbers.length !== wanted.count || !Array.isArray(list) || list.length !== wanted.count)
    throw new Error(`${wanted.where}: "${key}" must be ${wanted.count} numbers, or one for all`);
  return numbers;
}

function shareAt<K extends string>(
  object: JsonObject,
  key: K,
  where: string,
): { readonly [P in K]?: number } {
  if (object[key] === undefined) return {};
  const value = numberAt(object, key, where);
  if (value < 0 || value > 1) throw new Error(`${where}: "${key}" must be from 0 to 1`);
  return { [key]: value } as { readonly [P in K]: number };
}
