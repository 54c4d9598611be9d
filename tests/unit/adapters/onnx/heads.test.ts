import { describe, expect, test } from '@jest/globals';
import { calibrate, scanForAttack, toShares, wordScoresOf } from '../../../../src/adapters/onnx/heads.js';
import { scoreWords } from '../../../../src/lib/words.js';
import { SMALL_HEADS, smallHeads } from './small-heads.js';

const heads = smallHeads();
const softmax = (...values: readonly number[]) => {
  const powers = values.map(Math.exp);
  return powers.map((power) => power / powers.reduce((sum, each) => sum + each, 0));
};
const close = (found: Float32Array, wanted: readonly number[]) => {
  expect(found).toHaveLength(wanted.length);
  for (const [k, value] of wanted.entries()) expect(found[k]).toBeCloseTo(value, 5);
};

describe('calibrate', () => {
  test('scales logits, adds the share of the words and the bias, and makes shares of them', () => {
    const logits = Float32Array.of(1, -1);
    calibrate(SMALL_HEADS.heads.domain, logits, Float32Array.of(3, 5, 9, 9, 9, 9, 9));
    close(logits, softmax(2 * 1 + 0.4 * 3, -1 + 0.4 * 5 + 0.5));
  });

  test('takes the outputs of the words that are the head’s own', () => {
    const logits = new Float32Array(2);
    calibrate(SMALL_HEADS.heads.document, logits, Float32Array.of(9, 9, 9, 9, 9, 1, 2));
    close(logits, softmax(0.5, 1));
  });

  test('a head without words goes by its logits', () => {
    const logits = Float32Array.of(0.5, 0.25);
    calibrate(SMALL_HEADS.heads.intent, logits, new Float32Array(7).fill(9));
    close(logits, softmax(0.5, 0.25));
  });

  test('answers for each label on its own where a head does', () => {
    const logits = Float32Array.of(0, 0, -2);
    calibrate(SMALL_HEADS.heads.difficulty, logits, new Float32Array(7));
    close(logits, [0.5, 1 / (1 + Math.exp(-1)), 0.5]);
  });

  test('logits of any size become finite shares', () => {
    const values = Float32Array.of(1e30, -1e30, 1e30);
    toShares(values);
    close(values, [0.5, 0, 0.5]);
  });
});

describe('scanForAttack', () => {
  const filler = 'all is quiet on the western front. '.repeat(200);

  test('goes by the words of the head that is asked', () => {
    expect(scanForAttack('jailbreak', 'guard', heads)).toBeGreaterThan(0.97);
    expect(scanForAttack('jailbreak', 'document', heads)).toBeCloseTo(0.5, 5);
    expect(scanForAttack('inject', 'document', heads)).toBeGreaterThan(0.97);
  });

  test('finds the worst window, wherever it is', () => {
    const quiet = scanForAttack(filler, 'guard', heads);
    for (const text of [`jailbreak ${filler}`, `${filler}jailbreak ${filler}`, `${filler}jailbreak`]) {
      expect(scanForAttack(text, 'guard', heads)).toBeGreaterThan(quiet + 0.2);
    }
  });

  test('is a probability for a text without words', () => {
    expect(scanForAttack('', 'guard', heads)).toBeCloseTo(2 / 3, 5);
    expect(scanForAttack(' \n', 'document', heads)).toBeCloseTo(1 / 2, 5);
  });
});

test('wordScoresOf gives every output', () => {
  const { words } = SMALL_HEADS;
  const matrix = { ...words, weights: heads.weights };
  expect(wordScoresOf('jailbreak it', heads)).toEqual(scoreWords('jailbreak it', matrix));
  expect(wordScoresOf('jailbreak it', heads)).toHaveLength(7);
});
