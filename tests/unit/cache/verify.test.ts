import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { verifierOf, verifyAsk } from '../../../src/cache/verify.js';

describe('verifyAsk', () => {
  test('equal texts are the same in any language and of any length', () => {
    expect(verifyAsk('如何申请退款?', ' 如何申请退款?\n')).toEqual({
      agrees: true,
      final: false,
      reason: 'same',
    });
    const long = 'word '.repeat(5000);
    expect(verifyAsk(long, long)).toEqual({ agrees: true, final: false, reason: 'same' });
  });

  test('long texts are left to the exact tier', () => {
    const long = 'word '.repeat(500);
    expect(verifyAsk(long, 'word')).toEqual({ agrees: false, final: true, reason: 'too-long' });
    expect(verifyAsk('word', long)).toEqual({ agrees: false, final: true, reason: 'too-long' });
  });

  test('symbols without words are only equal to themselves', () => {
    expect(verifyAsk('?', '…')).toEqual({ agrees: false, final: true, reason: 'symbol' });
    expect(verifyAsk('🙂', '🙃')).toEqual({ agrees: false, final: true, reason: 'symbol' });
  });

  test('a word that only begins like a denied one denies nothing', () => {
    for (const [one, other] of [
      [
        'Why is sleep important for the interest of children?',
        'For the interest of children, why is sleep important?',
      ],
      ['What does the union do under pressure?', 'Under pressure, what does the union do?'],
    ] as const) {
      expect(verifyAsk(one, other)).toEqual({ agrees: true, final: false, reason: 'agrees' });
    }
  });

  test('text is data where it is long: one other word makes another question', () => {
    const text = (animal: string) =>
      `Summarize: ${'the rain fell on the roof and the garden. '.repeat(8)} A ${animal} ran.`;
    const more = text('large grey wolf').replace('Summarize', 'Please summarize and shorten');
    expect(verifyAsk(text('small red hen'), more).agrees).toBe(false);
  });

  test('reads one asked question for several stored ones', () => {
    const verify = verifierOf('How do I reset my password?');
    expect(verify('How can I reset my password?').agrees).toBe(true);
    expect(verify('How can I reset my router?').agrees).toBe(false);
    expect(verify('How can I reset my password?').agrees).toBe(true);
  });

  test('any text agrees with itself, and two texts agree either way round', () => {
    const word = fc.constantFrom(
      'what',
      'is',
      'not',
      'the',
      'cat',
      '5',
      'km',
      'C++',
      'on',
      'off',
      'turn',
      '"x"',
      'I',
      '?',
      'Paris',
      'π',
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 9 }).map((words) => words.join(' ')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(verifyAsk(one, one).agrees).toBe(true);
        expect(verifyAsk(one, other).agrees).toBe(verifyAsk(other, one).agrees);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    "'",
    '` ',
    'a.',
    '1,',
    '-a',
    "a'a",
    '()+-*',
    'AB ',
    '2 ',
    'two ',
    ' ',
    'ß',
    'aB',
    '/a',
    " 'a",
    'turn ',
    'from to ',
  ])('comes to an end on a text of nothing but %j, however often', (unit) => {
    const text = unit.repeat(2000 / unit.length);
    // Work that grows with the cube of the length would not end within a test's time.
    for (let at = 0; at < 10; at++) expect(verifyAsk(`${text}x${at}`, `${text}y`).reason).not.toBe('same');
  });
});
