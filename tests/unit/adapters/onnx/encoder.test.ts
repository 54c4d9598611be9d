import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createOnnxEncoder, type OnnxEncoder } from '../../../../src/adapters/onnx/encoder.js';
import { prepareEncoderThread } from '../../../../src/adapters/onnx/encoder-thread.js';
import { noLogger } from '../../../../src/telemetry/contract.js';
import { ensureBuilt } from '../../../support/built.js';
import { cosine, FIXTURE, MODELS } from './fixture.js';

const options = { provider: 'cpu', fallback: 'none', workers: 1, queueMax: 8, logger: noLogger } as const;

let encoder: OnnxEncoder;
let copy: string;

beforeAll(async () => {
  ensureBuilt('adapters/onnx');
  encoder = await createOnnxEncoder({ ...options, dir: MODELS });
  copy = await mkdtemp(join(tmpdir(), 'sextant-models-'));
  await cp(join(MODELS, 'manifest.json'), join(copy, 'manifest.json'));
  await cp(join(MODELS, 'encoder'), join(copy, 'encoder'), { recursive: true });
}, 60_000);

afterAll(async () => {
  await encoder.close();
  await rm(copy, { recursive: true, force: true });
});

describe('createOnnxEncoder', () => {
  test('says what it is', async () => {
    const manifest = await readFile(join(MODELS, 'manifest.json'), 'utf8');
    expect(manifest).toContain(encoder.hash);
    expect(encoder).toMatchObject({ dimension: 384, provider: 'cpu' });
    expect([encoder.queueLength(), encoder.workersAlive()]).toEqual([0, 1]);
  });

  test('gives through its thread what Python gives', async () => {
    for (const row of FIXTURE.slice(0, 8)) {
      if (row.vector.length === 0) continue;
      const { vector, tokens } = await encoder.encode(row.text, 5_000);
      expect(cosine(vector, row.vector)).toBeGreaterThan(0.975);
      expect(tokens).toBe(row.ids.length);
    }
  });

  test('many at once: each gets its own', async () => {
    const texts = ['red', 'green', 'blue', 'red', 'a much longer text about the colour green'];
    const all = await Promise.all(texts.map((text) => encoder.encode(text, 5_000)));
    expect(all[3]).toBe(all[0]);
    expect(new Set(all.map(({ vector }) => vector.join())).size).toBe(4);
  });

  test('a burst above the queue is refused, the rest is answered', async () => {
    const burst = Array.from({ length: 20 }, (_, i) => encoder.encode(`text number ${i}`, 5_000));
    const settled = await Promise.allSettled(burst);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
  });

  test('takes the prepared thread as the first of its own', async () => {
    const prepared = prepareEncoderThread();
    const two = await createOnnxEncoder({ ...options, dir: MODELS, workers: 2, prepared });
    expect(two.workersAlive()).toBe(2);
    await two.close();
    expect(await prepared.ended).toContain('exit code');
  });

  test('an altered file that the model does not need is refused once the model has loaded', async () => {
    const config = join(copy, 'encoder/config.json');
    const text = await readFile(config);
    await appendFile(config, ' ');
    const prepared = prepareEncoderThread();
    const start = createOnnxEncoder({ ...options, dir: copy, prepared });
    await expect(start).rejects.toThrow(/^model file "encoder\/config\.json" was altered: [^\n]*$/);
    expect(await prepared.ended).toContain('exit code');
    await writeFile(config, text);
  });

  test('an altered file is not taken for a provider that fails', async () => {
    await appendFile(join(copy, 'encoder/config.json'), ' ');
    const start = createOnnxEncoder({ ...options, dir: copy, provider: 'cuda', fallback: 'cpu' });
    await expect(start).rejects.toThrow(/"encoder\/config\.json" was altered/);
    await cp(join(MODELS, 'encoder/config.json'), join(copy, 'encoder/config.json'));
  });

  test('refuses a missing and an altered file by name and hashes', async () => {
    await appendFile(join(copy, 'encoder/config.json'), ' ');
    await rm(join(copy, 'encoder/tokenizer.json'));
    const start = createOnnxEncoder({ ...options, dir: copy });
    await expect(start).rejects.toMatchObject({ name: 'SextantError', code: 'internal_error' });
    await expect(start).rejects.toThrow(/"encoder\/tokenizer\.json" cannot be read .* sha256 [0-9a-f]{64}/);
    await expect(start).rejects.toThrow(
      /"encoder\/config\.json" was altered: .*[0-9a-f]{64} .*, found [0-9a-f]{64}/,
    );
  });

  test.each([
    ['no encoder', { version: 1, models: [] }, 'no model named "encoder"'],
    [
      'no weights',
      {
        version: 1,
        models: [{ name: 'encoder', dimension: 1, maxTokens: 8, labels: [], licence: 'none', files: [] }],
      },
      'no file with role "model"',
    ],
  ])('refuses a manifest with %s', async (_what, manifest, message) => {
    await writeFile(join(copy, 'manifest.json'), JSON.stringify(manifest));
    await expect(createOnnxEncoder({ ...options, dir: copy })).rejects.toThrow(message);
  });

  test('without fallback a provider that does not load stops the start, and the message says what to do', async () => {
    const start = createOnnxEncoder({ ...options, dir: MODELS, provider: 'cuda', workers: 2 });
    await expect(start).rejects.toThrow(/provider "cuda": .*Cuda.*choose provider "cpu"/s);
  });

  test('with fallback it runs on the CPU and says so', async () => {
    const warnings: unknown[] = [];
    const logger = { ...noLogger, warn: (fields: unknown) => void warnings.push(fields) };
    const fallen = await createOnnxEncoder({
      ...options,
      dir: MODELS,
      provider: 'cuda',
      fallback: 'cpu',
      logger,
    });
    try {
      expect(fallen.provider).toBe('cpu');
      expect(warnings).toMatchObject([{ provider: 'cuda', fallback: 'cpu' }]);
      expect((await fallen.encode('hello', 5_000)).vector).toEqual(
        (await encoder.encode('hello', 5_000)).vector,
      );
    } finally {
      await fallen.close();
    }
  });

  test('close refuses what comes after', async () => {
    const closing = await createOnnxEncoder({ ...options, dir: MODELS });
    await closing.close();
    await expect(closing.encode('hello', 1_000)).rejects.toMatchObject({ code: 'overloaded' });
    expect(closing.workersAlive()).toBe(0);
  });
});
