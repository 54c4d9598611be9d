import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { READ_CHARS_MAX, tokensOf } from '../../../src/learn/prompt-tokens.js';
import { promptWords } from '../../../src/learn/prompt-words.js';

test('a prompt is its words in lower case and its symbols, whatever script it is in', () => {
  expect(tokensOf('What is 3x+4, Père?\n今日は')).toEqual([
    'what',
    'is',
    '3x',
    '+',
    '4',
    ',',
    'père',
    '?',
    '今日は',
  ]);
  expect(tokensOf(' \t\n')).toEqual([]);
});

test('no more is read than the limit', () => {
  expect(tokensOf(`${'a '.repeat(READ_CHARS_MAX)}end`)).toHaveLength(READ_CHARS_MAX / 2);
});

test('the same words in another order share single words, and no pairs', () => {
  const places = (text: string) => new Set(promptWords(text, 1 << 20).places);
  const [one, other] = [places('alpha beta gamma'), places('gamma beta alpha')];
  expect(one.size).toBe(6);
  expect([...one].filter((place) => other.has(place))).toHaveLength(3);
});

test('a row has length 1, and every place is among the buckets', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const { places, values } = promptWords(text, 256);
      expect(places.every((place) => place < 256)).toBe(true);
      const squares = values.reduce((sum, value) => sum + value * value, 0);
      if (places.length > 0) expect(squares).toBeCloseTo(1, 4);
    }),
  );
});
