import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createOnnxEncoder, type OnnxEncoder } from '../../../../src/adapters/onnx/encoder.js';
import { readPairFile } from '../../../../src/adapters/onnx/pair-file.js';
import { createPairJudge } from '../../../../src/adapters/onnx/pair-judge.js';
import { openPairSession } from '../../../../src/adapters/onnx/pair-session.js';
import type { TextPair } from '../../../../src/adapters/onnx/protocol.js';
import { readWordPiece, type WordPiece } from '../../../../src/adapters/onnx/wordpiece.js';
import type { PairJudge } from '../../../../src/cache/pair-judge.js';
import type { JsonObject } from '../../../../src/lib/json.js';
import { noLogger } from '../../../../src/telemetry/contract.js';
import { ensureBuilt } from '../../../support/built.js';
import { smallPairModel } from '../../../support/small-pair-model.js';
import { MODELS } from './fixture.js';

const SETTINGS = { version: 1, features: 4, scale: 2, bias: -1, accept: 0.9, reject: 0.2 };
const READER = { names: ['length', 'half'], read: (one: string) => Float32Array.of(one.length, 0.5) };

/** Means and distances of what `READER` reads in both orders. */
function told(one: string, other: string): Float32Array {
  return Float32Array.of((one.length + other.length) / 2, 0.5, Math.abs(one.length - other.length), 0);
}

let folder: string;
let words: WordPiece;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sextant-pair-'));
  words = readWordPiece(JSON.parse(await readFile(join(MODELS, 'encoder/tokenizer.json'), 'utf8')));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('readPairFile', () => {
  const read = async (settings: JsonObject) => {
    const path = join(folder, 'pair.json');
    await writeFile(path, JSON.stringify(settings));
    return readPairFile(path);
  };

  test('reads what the trainer writes', async () => {
    const { version: _, ...settings } = SETTINGS;
    expect(await read(SETTINGS)).toEqual(settings);
  });

  test.each([
    [{ version: 2 }, '"version" must be 1'],
    [{ scale: '2' }, '"scale" must be a number'],
    [{ accept: 1.1 }, 'must be probabilities'],
    [{ reject: 0.95 }, '"reject" not above "accept"'],
    [{ features: 1.5 }, '"features" must be a whole number'],
  ])('says what is wrong with %j', async (wrong, message) => {
    await expect(read({ ...SETTINGS, ...wrong })).rejects.toThrow(message);
    await expect(read({ ...SETTINGS, ...wrong })).rejects.toThrow(join(folder, 'pair.json'));
  });

  test('an array is no settings', async () => {
    await writeFile(join(folder, 'list.json'), '[]');
    await expect(readPairFile(join(folder, 'list.json'))).rejects.toThrow('"version" must be 1');
  });
});

/** What the small model makes of a pair. */
function logitOf({ one, other, features }: TextPair): number {
  const tokens = [one, other].flatMap((text) => [words.startId, ...words.tokenize(text, 64), words.endId]);
  const ids = tokens.reduce((sum, id) => sum + id, 0);
  return features.reduce((sum, feature) => sum + feature, 0) + tokens.length + ids / 100_000;
}

describe('openPairSession', () => {
  const open = async (bytes: Uint8Array) => {
    const modelPath = join(folder, 'pair.onnx');
    await writeFile(modelPath, bytes);
    return openPairSession({ modelPath, features: 2 }, words, { logSeverityLevel: 4 });
  };

  test('reads each text in a row of its own, those of a pass padded to one length', async () => {
    const session = await open(smallPairModel());
    const pairs: TextPair[] = [
      {
        one: 'Is it?',
        other: 'What is the height of the tallest tower in the world?',
        features: Float32Array.of(1, 2),
      },
      { one: 'unlike', other: '', features: Float32Array.of(0, 0.25) },
      { one: 'word '.repeat(100), other: 'and '.repeat(100), features: Float32Array.of(0, 0) },
    ];
    const logits = await session.judge(pairs);
    for (const [index, pair] of pairs.entries()) expect(logits[index]).toBeCloseTo(logitOf(pair), 2);
    await session.close();
  });

  test('a file that is no such model is refused', async () => {
    await expect(open(Buffer.from('no model'))).rejects.toThrow();
    await expect(
      openPairSession({ modelPath: join(MODELS, 'encoder/model.int8.onnx'), features: 2 }, words, {}),
    ).rejects.toThrow();
  });
});

describe('createPairJudge', () => {
  const { version: _, ...file } = SETTINGS;
  const setUp = (logits: (pairs: readonly TextPair[]) => readonly number[]) => {
    const asked: (readonly TextPair[])[] = [];
    const queue = {
      judge: async (pairs: readonly TextPair[]) => {
        asked.push(pairs);
        return logits(pairs);
      },
    };
    const judge = createPairJudge({ file, hash: 'h', reader: READER, queue });
    return { judge, asked };
  };
  const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

  test('makes probabilities of logits, and tells the features of both orders', async () => {
    const { judge, asked } = setUp(() => [1, 3]);
    const [one, two] = await judge.judge('asked', ['first one', 'second'], 100);
    expect(one).toBeCloseTo(sigmoid(1), 6);
    expect(two).toBeCloseTo(sigmoid(5), 6);
    expect(asked[0]).toEqual([
      { one: 'asked', other: 'first one', features: Float32Array.of(7, 0.5, 4, 0) },
      { one: 'asked', other: 'second', features: Float32Array.of(5.5, 0.5, 1, 0) },
    ]);
    expect(judge).toMatchObject({ hash: 'h', accept: 0.9, reject: 0.2 });
  });

  test('remembers a pair, whichever of the two was asked, and asks for the rest', async () => {
    const { judge, asked } = setUp((pairs) => pairs.map((_, index) => index));
    const known = await judge.judge('asked', ['first'], 100);
    expect(await judge.judge('asked', ['second', 'first'], 100)).toEqual([known[0], known[0]]);
    await judge.judge('first', ['asked'], 100);
    expect(asked.map((pairs) => pairs.map(({ one, other }) => [one, other]))).toEqual([
      [['asked', 'first']],
      [['asked', 'second']],
    ]);
    await judge.judge('asked', ['first', 'second'], 100);
    expect(asked).toHaveLength(2);
  });

  test('a logit that is no number is no probability', async () => {
    expect(await setUp(() => [Number.NaN]).judge.judge('asked', ['first'], 100)).toEqual([0]);
    expect(await setUp(() => []).judge.judge('asked', ['first'], 100)).toEqual([0]);
  });
});

describe('the judge of pairs beside the encoder', () => {
  const options = { provider: 'cpu', fallback: 'none', workers: 1, queueMax: 8, logger: noLogger } as const;
  let dir: string;
  const opened: OnnxEncoder[] = [];

  beforeAll(async () => {
    ensureBuilt();
    dir = join(folder, 'models');
    await cp(join(MODELS, 'encoder'), join(dir, 'encoder'), { recursive: true });
    await writeFile(join(dir, 'encoder/pair.onnx'), smallPairModel());
    await list(SETTINGS);
  }, 120_000);

  afterAll(async () => {
    for (const encoder of opened) await encoder.close();
  });

  /** Writes the settings, and a manifest that lists the encoder and the judge. */
  async function list(settings: JsonObject): Promise<void> {
    await writeFile(join(dir, 'encoder/pair.json'), JSON.stringify(settings));
    const manifest = JSON.parse(await readFile(join(MODELS, 'manifest.json'), 'utf8')) as {
      models: { name: string }[];
    };
    const files = await Promise.all(
      [
        ['model', 'encoder/pair.onnx'],
        ['settings', 'encoder/pair.json'],
      ].map(async ([role, path = '']) => {
        const bytes = await readFile(join(dir, path));
        return { role, path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
      }),
    );
    const pair = { name: 'pair', dimension: 0, maxTokens: 131, labels: [], licence: 'Apache-2.0', files };
    const models = [...manifest.models.filter(({ name }) => name === 'encoder'), pair];
    await writeFile(join(dir, 'manifest.json'), JSON.stringify({ version: 1, models }));
  }

  async function judgeOf(reader?: typeof READER): Promise<PairJudge | undefined> {
    const encoder = await createOnnxEncoder({
      ...options,
      dir,
      ...(reader === undefined ? {} : { pairReader: reader }),
    });
    opened.push(encoder);
    return encoder.pairJudge;
  }

  test('judges through a thread of the encoder', async () => {
    const judge = await judgeOf(READER);
    const [asked, stored] = ['Is it?', 'It is'] as const;
    const logit = logitOf({ one: asked, other: stored, features: told(asked, stored) });
    const probabilities = await judge?.judge(asked, [stored], 10_000);
    expect(probabilities?.[0]).toBeCloseTo(1 / (1 + Math.exp(-(2 * logit - 1))), 4);
    expect(judge?.hash).toMatch(/^[0-9a-f]{64}$/);
    await expect(judge?.judge(asked, ['in no time'], 0)).rejects.toMatchObject({ code: 'deadline_exceeded' });
  });

  test('is not opened for whoever reads no pairs', async () => {
    expect(await judgeOf()).toBeUndefined();
  });

  test('is refused when it was made for other features, or its settings are wrong', async () => {
    const other = { ...READER, names: ['one'] };
    await expect(judgeOf(other)).rejects.toThrow('made for 4 features of a pair, and this version reads 2');
    await list({ ...SETTINGS, accept: 2 });
    await expect(judgeOf(READER)).rejects.toThrow('must be probabilities');
  });
});
