import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldText } from '../../../src/signals/characters.js';
import { FuzzyWords } from '../../../src/signals/fuzzy.js';
import { keywordSignal } from '../../../src/signals/keyword.js';
import { promptView } from '../../support/prompt-view.js';

const found = (keywords: readonly string[], text: string) =>
  [...new FuzzyWords(keywords).search(foldText(text, false))].map((index) => keywords[index]);

test.each([
  ['invoice', 'my invioce is late', true],
  ['invoice', 'my invoces are late', false],
  ['invoice', 'two invoices', true],
  ['invoice', 'the invoic', true],
  ['invoice', 'INVOYCE', true],
  ['invoice', 'invo\u00adise', true],
  ['invoice', 'voice', false],
  ['card', 'cards', false],
  ['money back', 'money bock', false],
  ['c++17', 'c++18', false],
  ['straße', 'strase', true],
  ['退款', '退钱', false],
])('%j in %j: %s', (keyword, text, expected) => {
  expect(found([keyword], text)).toEqual(expected ? [keyword] : []);
});

test('finds just the words that one edit makes of a keyword', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 4, maxLength: 7 });
  fc.assert(
    fc.property(fc.array(letters, { minLength: 1, maxLength: 6 }), letters, (keywords, word) => {
      const expected = keywords.filter((keyword) => keyword.length >= 5 && distance(word, keyword) <= 1);
      expect(found(keywords, word).sort()).toEqual(expected.sort());
    }),
    { numRuns: 1500 },
  );
});

/** Optimal string alignment, by its definition. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const swapped = a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0];
  return Math.min(
    distance(a.slice(1), b) + 1,
    distance(a, b.slice(1)) + 1,
    distance(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
    swapped ? distance(a.slice(2), b.slice(2)) + 1 : Number.POSITIVE_INFINITY,
  );
}

describe('a keyword signal that is fuzzy', () => {
  const OPTIONS = {
    name: 'w',
    caseSensitive: false,
    fuzzy: true,
    regexes: [],
    anyOf: [],
    allOf: [],
    noneOf: [],
  };
  const matched = (change: object, ask: string) => {
    const value = keywordSignal({ ...OPTIONS, ...change }).evaluate(promptView(ask), undefined);
    return value.state === 'known' && value.matched;
  };

  test('finds words of all three lists', () => {
    expect(matched({ anyOf: ['refund'] }, 'I want a refnud')).toBe(true);
    expect(matched({ anyOf: ['refund'], fuzzy: false }, 'I want a refnud')).toBe(false);
    expect(matched({ anyOf: ['money back'] }, 'I want my money back')).toBe(true);
    expect(matched({ allOf: ['refund', 'order'] }, 'refunds for my orders')).toBe(true);
    expect(matched({ anyOf: ['refund'], noneOf: ['policy'] }, 'the refund polcy')).toBe(false);
  });

  test('respects case where it counts', () => {
    expect(matched({ anyOf: ['Python'], caseSensitive: true }, 'pythons')).toBe(false);
    expect(matched({ anyOf: ['Python'], caseSensitive: true }, 'Pyhton')).toBe(true);
  });
});
