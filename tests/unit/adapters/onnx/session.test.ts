import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SessionOptions } from '../../../../src/adapters/onnx/protocol.js';
import { type EncoderSession, openSession } from '../../../../src/adapters/onnx/session.js';
import { windowOf } from '../../../../src/adapters/onnx/text-window.js';
import type { Embedding } from '../../../../src/signals/contract.js';
import { cosine, FIXTURE, MODELS } from './fixture.js';

const options: SessionOptions = {
  modelPath: join(MODELS, 'encoder/model.int8.onnx'),
  tokenizerPath: join(MODELS, 'encoder/tokenizer.json'),
  provider: 'cpu',
  dimension: 384,
  tokensMax: 512,
};

let session: EncoderSession;

beforeAll(async () => {
  session = await openSession(options);
});

afterAll(() => session.close());

async function embeddingsOf(...texts: readonly string[]): Promise<readonly Embedding[]> {
  const results = await session.encode(texts.map(windowOf));
  return results.flatMap((result) => (result.ok ? [result.value] : []));
}

async function embeddingOf(text: string): Promise<Embedding> {
  const [embedding] = await embeddingsOf(text);
  if (embedding === undefined) throw new Error('no embedding came of the text');
  return embedding;
}

const vectorOf = async (text: string) => (await embeddingOf(text)).vector;

describe('openSession', () => {
  test('vectors are close to those of the fp32 model', async () => {
    const cosines: number[] = [];
    for (const row of FIXTURE) {
      if (row.vector.length > 0) cosines.push(cosine(await vectorOf(row.text), row.vector));
    }
    cosines.sort((a, b) => a - b);
    expect(cosines.length).toBeGreaterThan(30);
    expect(cosines[0]).toBeGreaterThan(0.975);
    expect(cosines[cosines.length >> 1]).toBeGreaterThan(0.99);
  });

  test('a vector has length one, and the same text gives the same one', async () => {
    const first = await vectorOf('What are the main renewable energy sources?');
    const again = await vectorOf('What are the main renewable energy sources?');
    expect(again).toEqual(first);
    expect(Math.hypot(...first)).toBeCloseTo(1, 5);
    expect(first).toHaveLength(384);
  });

  test('similarity alone cannot tell a rewording from the opposite question', async () => {
    const asked = await vectorOf('What are the main renewable energy sources?');
    const opposite = cosine(asked, await vectorOf('What are the main non-renewable energy sources?'));
    const reworded = cosine(asked, await vectorOf('What are the primary sources of renewable energy?'));
    const unlike = cosine(asked, await vectorOf('How do I bake sourdough bread?'));
    expect(opposite).toBeCloseTo(0.932, 2);
    expect(reworded).toBeCloseTo(0.943, 2);
    expect(unlike).toBeLessThan(0.3);
  });

  // One scale of the int8 numbers is for all texts of a pass, so results differ about as much as from fp32.
  test('texts that share a pass come out much as they do alone, each in its place', async () => {
    const texts = FIXTURE.map(({ text }) => text).filter((text) => text.trim() !== '');
    const together = await embeddingsOf(...texts);
    expect(together).toHaveLength(texts.length);
    for (const [index, text] of texts.entries()) {
      const alone = await embeddingOf(text);
      expect(cosine(together[index]?.vector ?? [], alone.vector)).toBeGreaterThan(0.98);
      expect(together[index]?.tokens).toBe(alone.tokens);
    }
  });

  test('without heads it gives none, and scans nothing', async () => {
    expect((await embeddingOf('hello')).heads).toBeUndefined();
    expect(() => session.scan([{ text: 'hello', head: 'guard' }])).toThrow('no heads');
  });

  test('says how much was read', async () => {
    const { tokens, truncated, unknownShare } = await embeddingOf('word '.repeat(2000));
    expect({ tokens, truncated, unknownShare }).toEqual({ tokens: 512, truncated: true, unknownShare: 0 });
    expect((await embeddingOf('可再生能源')).unknownShare).toBeGreaterThan(0.1);
    expect((await embeddingOf('')).tokens).toBe(2);
  });

  test('refuses a model of another dimension', async () => {
    await expect(openSession({ ...options, dimension: 768 })).rejects.toThrow('vectors of 384');
  });

  test('refuses a provider that does not load', async () => {
    await expect(openSession({ ...options, provider: 'cuda' })).rejects.toThrow('Cuda');
  });
});
