import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KeywordAutomaton } from '../../../src/signals/automaton.js';
import { foldText } from '../../../src/signals/characters.js';
import { Prefilter } from '../../../src/signals/prefilter.js';

const long = (text: string): string => `${text} ${'and so on '.repeat(60)}`;

describe('Prefilter', () => {
  const words = new Prefilter(['python', 'stack trace', 'c++']);

  test('rules out a long text that holds no keyword', () => {
    expect(words.rulesOut(long('the quick brown fox'))).toBe(true);
  });

  test.each(['python', 'a stack\n  trace', 'c++17', 'monty pythons', 'a haystack'])(
    'not one with %s',
    (text) => {
      expect(words.rulesOut(long(text))).toBe(false);
    },
  );

  test('says nothing of short texts, texts beyond ASCII, and lists that it cannot help', () => {
    expect(words.rulesOut('the quick brown fox')).toBe(false);
    expect(words.rulesOut(long('py\u00adthon'))).toBe(false);
    const many = Array.from({ length: 33 }, (_, index) => `word${index}`);
    expect(new Prefilter(many).rulesOut(long('the quick brown fox'))).toBe(false);
    expect(new Prefilter(['größe']).rulesOut(long('the quick brown fox'))).toBe(false);
  });

  test('never rules out what the automaton would find', () => {
    const piece = fc.constantFrom('ab', 'a', 'b', ' ', '\n', '+', 'ab c', 'C', '\u00ad', 'é', '.');
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    const keyword = text.filter((word) => /[ab+.]/.test(word));
    fc.assert(
      fc.property(fc.array(keyword, { minLength: 1, maxLength: 4 }), text, (keywords, asked) => {
        const folded = keywords.map((word) => foldText(word, false));
        const read = foldText(`${' x'.repeat(300)} ${asked}`, false);
        const found = new KeywordAutomaton(folded).search(read, false);
        if (new Prefilter(folded).rulesOut(read)) expect(found.size).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
