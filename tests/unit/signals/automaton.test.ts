import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KeywordAutomaton } from '../../../src/signals/automaton.js';

/** The same by brute force: every keyword at every place of the text, spaces made one and invisible signs dropped. */
function findNaively(keywords: readonly string[], text: string): Set<string> {
  const seen = [...plain(text)];
  const found = new Set<string>();
  for (const keyword of keywords) {
    const wanted = [...plain(keyword.trim())];
    for (let start = 0; start + wanted.length <= seen.length; start++) {
      const end = start + wanted.length;
      if (!wanted.every((sign, offset) => seen[start + offset] === sign)) continue;
      if (isWord(wanted[0]) && isWord(seen[start - 1])) continue;
      if (isWord(wanted.at(-1)) && isWord(seen[end])) continue;
      found.add(plain(keyword.trim()));
    }
  }
  return found;
}

function plain(text: string): string {
  return text.replace(/\u200b/g, '').replace(/\s+/g, ' ');
}

function isWord(sign: string | undefined): boolean {
  return sign !== undefined && /[a-zäé0-9_]/.test(sign);
}

function found(keywords: readonly string[], text: string): Set<string> {
  const automaton = new KeywordAutomaton(keywords);
  const slots = automaton.search(text, false);
  return new Set(
    keywords
      .filter((_, index) => slots.has(automaton.slots[index] ?? -1))
      .map((keyword) => plain(keyword.trim())),
  );
}

const signs = fc.constantFrom(
  'a',
  'b',
  'ä',
  'é',
  '1',
  '_',
  ' ',
  ' ',
  '\n',
  '+',
  '.',
  '#',
  '你',
  '好',
  'の',
  '\u200b',
  '(',
);
const keyword = fc
  .string({ unit: signs, minLength: 1, maxLength: 6 })
  .filter((text) => plain(text).trim() !== '');
const anyText = fc.string({ unit: signs, maxLength: 60 });

describe('KeywordAutomaton', () => {
  test('finds what brute force finds', () => {
    fc.assert(
      fc.property(fc.array(keyword, { maxLength: 12 }), anyText, (keywords, text) => {
        expect(found(keywords, text)).toEqual(findNaively(keywords, text));
      }),
      { numRuns: 3000 },
    );
  });

  test('finds what brute force finds where texts are made of keywords', () => {
    const cases = fc.array(keyword, { minLength: 1, maxLength: 12 }).chain((keywords) =>
      fc.tuple(
        fc.constant(keywords),
        fc
          .array(fc.oneof(fc.constantFrom(...keywords), signs), { maxLength: 12 })
          .map((parts) => parts.join('')),
      ),
    );
    fc.assert(
      fc.property(cases, ([keywords, text]) => {
        expect(found(keywords, text)).toEqual(findNaively(keywords, text));
      }),
      { numRuns: 3000 },
    );
  });

  test('finds what brute force finds in states with many children', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    const keywords = letters.flatMap((a) =>
      letters.filter((_, index) => index % 2 === 0).map((b) => `q${a}${b}`),
    );
    const text = fc
      .array(fc.constantFrom('q', ...letters, ' '), { maxLength: 80 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (value) => {
        expect(found(keywords, value)).toEqual(findNaively(keywords, value));
      }),
    );
  });

  test('stops at the first keyword that ends, when that is all that is wanted', () => {
    const automaton = new KeywordAutomaton(['one', 'two', 'one two']);
    expect([...automaton.search('say one two', true)]).toEqual([0]);
    expect([...automaton.search('say one two', false)]).toEqual([0, 2, 1]);
    expect([...automaton.search('only two', true)]).toEqual([1]);
  });

  test('keywords that read the same share a slot', () => {
    const automaton = new KeywordAutomaton(['credit card', ' credit\n card ', 'card']);
    expect(automaton.slots).toEqual([0, 0, 2]);
  });

  test('does not walk all keywords that end at a character', () => {
    const text = '+'.repeat(3_000_000);
    const nested = new KeywordAutomaton(Array.from({ length: 3_000 }, (_, index) => '+'.repeat(index + 1)));
    // A search that did would take 3,000 steps for each character, and longer than a test may.
    expect(nested.search(text, false).size).toBe(3_000);
  });

  test('refuses a keyword without a visible character', () => {
    expect(() => new KeywordAutomaton(['a', ' \u200b'])).toThrow('keyword 2 has no visible character');
  });
});
