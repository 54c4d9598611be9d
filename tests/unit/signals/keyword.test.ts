import { describe, expect, test } from '@jest/globals';
import { type KeywordOptions, keywordSignal } from '../../../src/signals/keyword.js';
import { promptView } from '../../support/prompt-view.js';

const NOTHING: KeywordOptions = {
  name: 'words',
  anyOf: [],
  allOf: [],
  noneOf: [],
  caseSensitive: false,
  regexes: [],
};

function evaluate(options: Partial<KeywordOptions>, ask: string) {
  return keywordSignal({ ...NOTHING, ...options }).evaluate(promptView(ask), undefined);
}

function matches(options: Partial<KeywordOptions>, ask: string): boolean | string {
  const value = evaluate(options, ask);
  return value.state === 'known' ? value.matched : value.state;
}

describe('what a keyword matches', () => {
  test.each([
    ['refund', 'I want a refund.', true],
    ['refund', 'I want a REFUND!', true],
    ['refund', 'Two refunds, please', false],
    ['refund', 'prerefund', false],
    ['renewable', 'non-renewable energy', true],
    ['credit card', 'my credit\n  card is lost', true],
    ['credit card', 'credit cards', false],
    ['  credit   card ', 'credit card', true],
    ['C++', 'C++ or C?', true],
    ['C++', 'learn c++17', true],
    ['C', 'C++ or Rust', true],
    ['C++', 'C', false],
    ['.NET', 'ASP.NET Core', true],
    ['.NET', 'planet', false],
    ['.NET', 'the .network', false],
    ['()', 'call foo() now', true],
    ['()', 'use [] here', false],
    ['cat', 'my_cat', false],
    ['退款', '如何申请退款呢', true],
    ['환불', '환불을 받고 싶어요', true],
    ['コード', 'このコードを直して', true],
    ['python', '用Python写一个程序', true],
    ['straße', 'Die STRASSE', false],
    ['Straße', 'die straße', true],
    ['ΟΔΟΣ', 'οδος', true],
    ['οδοσ', 'ΟΔΟΣ', true],
    ['café', 'un cafe\u0301 noir', true],
    ['don’t', "I don't know", true],
    ["don't", 'I don’t know', true],
    ['refund', 're\u00adfund re\u200bfund', true],
    ['refund', '', false],
  ])('%j in %j: %j', (keyword, ask, expected) => {
    expect(matches({ anyOf: [keyword] }, ask)).toBe(expected);
  });

  test('case counts when asked to', () => {
    expect(matches({ anyOf: ['SQL'], caseSensitive: true }, 'some sql')).toBe(false);
    expect(matches({ anyOf: ['SQL'], caseSensitive: true }, 'some SQL')).toBe(true);
    expect(matches({ regexes: ['SQL'], caseSensitive: true }, 'some sql')).toBe(false);
  });
});

describe('how the lists combine', () => {
  test('any of them is enough, and the first one found is named', () => {
    expect(evaluate({ anyOf: ['one', 'Two'] }, 'two, then one')).toEqual({
      state: 'known',
      matched: true,
      score: 1,
      detail: 'matched "Two"',
    });
    expect(evaluate({ anyOf: ['one', 'two'] }, 'three')).toEqual({
      state: 'known',
      matched: false,
      score: 0,
      detail: 'no keyword occurs',
    });
  });

  test('all of them must occur', () => {
    expect(evaluate({ allOf: ['one', 'two'] }, 'two one')).toMatchObject({
      matched: true,
      detail: 'all keywords occur',
    });
    expect(evaluate({ allOf: ['one', 'two'] }, 'one')).toMatchObject({
      matched: false,
      detail: 'without "two"',
    });
    expect(matches({ allOf: ['one', 'One'] }, 'one')).toBe(true);
  });

  test('none of them may occur', () => {
    expect(evaluate({ noneOf: ['one'] }, 'two')).toMatchObject({
      matched: true,
      detail: 'no excluded keyword occurs',
    });
    expect(evaluate({ anyOf: ['two'], noneOf: ['one'] }, 'two one')).toMatchObject({
      matched: false,
      detail: 'excluded by "one"',
    });
  });

  test('a word may stand in several lists', () => {
    expect(matches({ anyOf: ['a'], allOf: ['a', 'b'] }, 'a b')).toBe(true);
    expect(matches({ anyOf: ['a'], noneOf: ['A'] }, 'a')).toBe(false);
  });

  test('a regex counts like a keyword of anyOf', () => {
    const options = { anyOf: ['one'], regexes: ['t[wo]+\\b', '\\d{3}'] };
    expect(evaluate(options, 'TWO of 123')).toMatchObject({
      matched: true,
      detail: 'matched regex "t[wo]+\\\\b"',
    });
    expect(matches(options, 'one')).toBe(true);
    expect(matches(options, 'three')).toBe(false);
    expect(matches({ ...options, noneOf: ['no'] }, 'no two')).toBe(false);
  });

  test('regexes read other scripts too', () => {
    expect(matches({ regexes: ['订单\\d+'] }, '请查订单42的状态')).toBe(true);
    expect(matches({ regexes: ['\\bn\\d\\b'] }, '如何 n7 呢')).toBe(true);
  });
});

describe('bounds', () => {
  const middle = `${'a '.repeat(60_000)}needle${' b'.repeat(60_000)}`;

  test('a regex that backtracks elsewhere is linear here', () => {
    // Backtracking would still be at it when the universe ends, and a test has seconds.
    expect(matches({ regexes: ['^(a+)+$'] }, `${'a'.repeat(100_000)}!`)).toBe(false);
  });

  test('regexes read both ends of a long prompt', () => {
    expect(matches({ regexes: ['first'] }, `first${middle}last`)).toBe(true);
    expect(matches({ regexes: ['last'] }, `first${middle}last`)).toBe(true);
  });

  test('where only a regex could tell and the middle is unread, the value is unknown', () => {
    expect(evaluate({ regexes: ['needle'] }, middle)).toEqual({
      state: 'unknown',
      reason: 'regexes read only the first and the last 65536 characters of a longer prompt',
    });
    expect(matches({ regexes: ['needle'], noneOf: ['b'] }, middle)).toBe(false);
    expect(matches({ regexes: ['x'], anyOf: ['needle'] }, middle)).toBe(true);
  });

  test('keywords read all of it', () => {
    expect(matches({ anyOf: ['needle'] }, middle)).toBe(true);
  });

  test('a long keyword is named by its beginning', () => {
    const value = evaluate({ anyOf: ['x'.repeat(500)] }, 'x'.repeat(500));
    expect(value).toMatchObject({ matched: true, detail: `matched "${'x'.repeat(60)}…"` });
  });
});

describe('mistakes in the policy', () => {
  test.each<[Partial<KeywordOptions>, string]>([
    [{}, 'signal "words" has no keyword and no regex: give it at least one'],
    [{ anyOf: ['a', ''] }, 'signal "words": keyword 2 has no visible character'],
    [{ regexes: ['a('] }, 'signal "words": regex "a(" is not valid RE2 syntax: '],
    [{ regexes: ['(?=a)'] }, 'signal "words": regex "(?=a)" is not valid RE2 syntax: '],
  ])('%j', (options, message) => {
    expect(() => keywordSignal({ ...NOTHING, ...options })).toThrow(message);
  });
});
