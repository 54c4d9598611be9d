import { describe, expect, test } from '@jest/globals';
import { encodeTexts } from '../../../../src/adapters/onnx/encode-texts.js';
import { EMBEDDING } from './fake-threads.js';

const textOf = (...ids: readonly number[]) => ({
  window: { head: ids.join(' '), tail: '' },
  tokens: { ids, truncated: false, unknownShare: 0 },
});
const long = Array.from({ length: 300 }, () => 5);

/** Passes fail that hold the token 666. */
function steps() {
  const passes: number[] = [];
  return {
    passes,
    run: async (texts: readonly (readonly number[])[]) => {
      passes.push(texts.length);
      if (texts.flat().includes(666)) throw new Error(' no such token \n');
      return new Map();
    },
    read: (_pass: unknown, { tokens }: { readonly tokens: { readonly ids: readonly number[] } }) => {
      return { ...EMBEDDING, tokens: tokens.ids.length };
    },
  };
}

describe('encodeTexts', () => {
  test('gives results in the order of the texts, whatever shares a pass', async () => {
    const each = steps();
    const results = await encodeTexts([textOf(1), textOf(...long), textOf(1, 2)], each);
    expect(results.map((result) => result.ok && result.value.tokens)).toEqual([1, 300, 2]);
    expect(each.passes).toEqual([2, 1]);
  });

  test('a text that fails leaves the others of its pass alone', async () => {
    const each = steps();
    const results = await encodeTexts([textOf(1), textOf(666), textOf(3)], each);
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(results[1]).toEqual({ ok: false, error: 'no such token' });
    expect(each.passes).toEqual([3, 1, 1, 1]);
  });
});
