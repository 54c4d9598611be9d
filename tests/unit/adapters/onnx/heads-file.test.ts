import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readHeadsFile, readWordWeights } from '../../../../src/adapters/onnx/heads-file.js';
import type { Json, JsonObject } from '../../../../src/lib/json.js';
import { SMALL_HEADS, smallHeadsJson } from './small-heads.js';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sextant-heads-'));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

async function written(value: Json | string): Promise<string> {
  const path = join(dir, 'heads.json');
  await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

type Change = (file: Record<string, Json>) => void;

/** The file with the head of this name changed. */
const head =
  (name: string, change: JsonObject): Change =>
  (file) => {
    const heads = file['heads'] as readonly JsonObject[];
    file['heads'] = heads.map((each) => (each['name'] === name ? { ...each, ...change } : each));
  };

const part =
  (key: string, change: JsonObject): Change =>
  (file) => {
    file[key] = { ...(file[key] as JsonObject), ...change };
  };

describe('readHeadsFile', () => {
  test('reads what each head says and how', async () => {
    expect(await readHeadsFile(await written(smallHeadsJson()))).toEqual(SMALL_HEADS);
  });

  test('one number stands for all labels, and none for no calibration', async () => {
    const file = { ...smallHeadsJson() };
    head('guard', { scale: 1.5, bias: 0.25 })(file);
    const heads = file['heads'] as readonly JsonObject[];
    file['heads'] = heads.map(({ scale, bias, ...rest }) =>
      rest['name'] === 'intent' ? rest : { ...rest, scale: scale ?? 1, bias: bias ?? 0 },
    );
    const read = await readHeadsFile(await written(file));
    expect(read.heads.guard).toMatchObject({ scale: [1.5, 1.5, 1.5], bias: [0.25, 0.25, 0.25] });
    expect(read.heads.intent).toMatchObject({ scale: [1, 1], bias: [0, 0] });
  });

  test.each<[string, Change, string]>([
    ['another version', (file) => (file['version'] = 2), '"version" must be 1'],
    ['no words', (file) => delete file['words'], '"words" must be an object'],
    ['a text for a number', part('words', { buckets: '4096' }), '"buckets" must be a number'],
    ['buckets that are no power of two', part('words', { buckets: 1000 }), 'a power of two'],
    ['half an output', part('words', { outputs: 1.5 }), '"outputs" must be a whole number'],
    ['too few scales', part('words', { scales: [1] }), '"words": "scales" must be 7 numbers'],
    ['no list of heads', (file) => (file['heads'] = {}), '"heads" must be a list'],
    ['a head of another name', head('guard', { name: 'mood' }), 'must be one of domain, intent'],
    ['a head that is missing', head('guard', { name: 'document' }), '"heads" lacks guard'],
    ['equal labels', head('intent', { labels: ['code', 'code'] }), 'head "intent": "labels"'],
    ['a label that is no text', head('intent', { labels: ['code', 1] }), 'a list of different names'],
    ['another kind of answer', head('intent', { answers: 'two' }), '"answers" must be "one" or "each"'],
    ['a scale too few', head('guard', { scale: [1, 1] }), 'head "guard": "scale" must be 3 numbers'],
    ['a bias that is no number', head('guard', { bias: [0, null, 0] }), '"bias" must be 3 numbers'],
    [
      'words beyond the outputs',
      head('guard', { words: { from: 5, scale: 1 } }),
      '"from" must leave room for the labels',
    ],
    ['words without a scale', head('guard', { words: { from: 0 } }), '"words": "scale" must be a number'],
    ['a guard that knows nothing benign', head('guard', { labels: ['a', 'b', 'c'] }), 'hold "benign"'],
    ['a guard without words', head('document', { words: 0 }), 'head "document": "words" must be an object'],
    ['a threshold above 1', head('guard', { threshold: 1.5 }), '"threshold" must be from 0 to 1'],
    ['a tag of another kind', part('pii', { tags: ['O', 'X-PERSON'] }), 'begin with "B-" or "I-"'],
    ['no tag for nothing', part('pii', { tags: ['B-PERSON'] }), '"tags" must be "O" and'],
    ['no threshold of spans', part('pii', { threshold: null }), '"threshold" must be a number'],
  ])('refuses %s and names the file', async (_what, change, message) => {
    const file = { ...smallHeadsJson() };
    change(file);
    const path = await written(file);
    await expect(readHeadsFile(path)).rejects.toThrow(message);
    await expect(readHeadsFile(path)).rejects.toThrow(`${path}: `);
  });

  test('a guard head must have words, or long texts could not be judged', async () => {
    const file = { ...smallHeadsJson() };
    const heads = file['heads'] as readonly JsonObject[];
    file['heads'] = heads.map(({ words, ...rest }) =>
      words === undefined || rest['name'] === 'guard' ? rest : { ...rest, words },
    );
    await expect(readHeadsFile(await written(file))).rejects.toThrow('head "guard": "words" must be given');
  });

  test('says what is no JSON, and what is not there', async () => {
    await expect(readHeadsFile(await written('{'))).rejects.toThrow('heads.json cannot be read as JSON');
    await expect(readHeadsFile(join(dir, 'none.json'))).rejects.toThrow('none.json cannot be read');
  });
});

describe('readWordWeights', () => {
  const shape = { buckets: 4, outputs: 2, scales: [1, 1] };

  test('reads them into memory that threads share', async () => {
    const path = join(dir, 'words.bin');
    await writeFile(path, Uint8Array.of(1, 255, 128, 127, 0, 0, 0, 2));
    const weights = await readWordWeights(path, shape);
    expect([...weights]).toEqual([1, -1, -128, 127, 0, 0, 0, 2]);
    expect(weights.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test('refuses a file of another size', async () => {
    const path = join(dir, 'words.bin');
    await writeFile(path, new Uint8Array(7));
    await expect(readWordWeights(path, shape)).rejects.toThrow(/words\.bin has 7 bytes, .* promises 8/);
  });
});
