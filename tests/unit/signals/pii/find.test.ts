import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Span } from '../../../../src/signals/contract.js';
import { findPersonalData } from '../../../../src/signals/pii/find.js';
import { TYPE_NAMES, TYPES } from '../../../../src/signals/pii/types.js';

/** What the token head might say of the first occurrence of some words. */
function said(text: string, type: string, words: string, score = 0.8): Span {
  const start = text.indexOf(words);
  return { type, start, end: start + words.length, score };
}

function found(text: string, spans: readonly Span[]): readonly string[] {
  return findPersonalData(text, spans).map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);
}

describe('what the head says', () => {
  const text = 'Ida Berg of Acme, 5 Main St, ida@acme.com, 59 12 34 or 668 5702.';

  test('joins what patterns find, in order and under canonical names', () => {
    const spans = [said(text, 'ORG', 'Acme'), said(text, 'PERSON', 'Ida Berg')];
    expect(found(text, spans)).toEqual([
      'PERSON Ida Berg',
      'ORGANIZATION Acme',
      'EMAIL_ADDRESS ida@acme.com',
    ]);
  });

  test('counts for nothing where patterns decide, or its type is unknown', () => {
    const spans = [said(text, 'CREDIT_CARD', '59 12 34'), said(text, 'SHOE_SIZE', '5')];
    expect(found(text, spans)).toEqual(['EMAIL_ADDRESS ida@acme.com']);
  });

  test('is put right at its ends where it is a phone number', () => {
    const spans = [said(text, 'PHONE_NUMBER', '59'), said(text, 'PHONE_NUMBER', '668')];
    expect(found(text, spans)).toEqual([
      'EMAIL_ADDRESS ida@acme.com',
      'PHONE_NUMBER 59 12 34',
      'PHONE_NUMBER 668 5702',
    ]);
  });

  test('is no phone number without digits', () => {
    expect(found(text, [said(text, 'PHONE_NUMBER', 'Acme')])).toEqual(['EMAIL_ADDRESS ida@acme.com']);
  });

  test('is without empty spans', () => {
    expect(findPersonalData('Ida', [{ type: 'PERSON', start: 2, end: 2, score: 1 }])).toEqual([]);
  });

  test('is the surer one of two that overlap', () => {
    const spans = [said(text, 'PERSON', 'Berg of', 0.6), said(text, 'ORGANIZATION', 'of Acme', 0.9)];
    expect(found(text, spans)).toEqual(['ORGANIZATION of Acme', 'EMAIL_ADDRESS ida@acme.com']);
  });
});

test('pieces of one name become one', () => {
  const text = "Anna-Lena O'Neil met Bo Ek";
  const spans = ['Anna', 'Lena', 'Bo', 'Ek', "O'Neil"].map((word) => said(text, 'PERSON', word));
  expect(found(text, spans)).toEqual(['PERSON Anna-Lena', "PERSON O'Neil", 'PERSON Bo', 'PERSON Ek']);
  const nested = [said(text, 'PERSON', 'Anna-Lena', 0.6), said(text, 'PERSON', 'Lena', 0.9)];
  expect(findPersonalData(text, nested)).toEqual([{ type: 'PERSON', start: 0, end: 9, score: 0.9 }]);
});

describe('the number of a house', () => {
  test.each([
    ['stands apart from its street', ['2224 Trenerys gate 232'], ['2224', 'Trenerys gate 232']],
    ['stays the only one', ['77', '69 Gordon Terrace'], ['77', '69 Gordon Terrace']],
    ['belongs to an address with a flat', ['12 Belgrád rkp. Apt. 4'], ['12 Belgrád rkp. Apt. 4']],
    ['belongs to an address with a place', ['12 Markt,\n Ulm'], ['12 Markt,\n Ulm']],
    ['is no street alone', ['12 13'], ['12 13']],
  ])('%s', (_name, words, wanted) => {
    const text = `at ${words.join(' ')}.`;
    const spans = words.map((each) => said(text, 'STREET_ADDRESS', each));
    expect(found(text, spans)).toEqual(wanted.map((each) => `STREET_ADDRESS ${each}`));
  });

  test('is one of a street only', () => {
    const text = 'since 1990 Acme, and 12 Markt at 5 Main St';
    const spans = [
      said(text, 'ORG', '1990 Acme'),
      said(text, 'GPE', '12 Markt'),
      said(text, 'ADDRESS', '5 Main St'),
    ];
    expect(found(text, spans)).toEqual([
      'ORGANIZATION 1990 Acme',
      'GPE 12 Markt',
      'STREET_ADDRESS 5',
      'STREET_ADDRESS Main St',
    ]);
  });
});

describe('spans of the head have tidy ends', () => {
  test.each([
    ['signs', 'ORGANIZATION', ', Acme,', 'in Ulm, Acme, Bern', 'Acme'],
    ['the stop of an abbreviation', 'ORGANIZATION', 'Acme Inc.', 'at Acme Inc. now', 'Acme Inc.'],
    ['brackets of its own', 'GPE', 'Orange (CT)', 'in Orange (CT), now', 'Orange (CT)'],
    ['brackets of the sentence', 'GPE', '(Ulm)', 'there (Ulm) now', 'Ulm'],
    ['a genitive', 'PERSON', "Ida's", "see Ida's car", 'Ida'],
    ['the second half of a word', 'GPE', '-Koźle', 'to Kędzierzyn-Koźle now', 'Kędzierzyn-Koźle'],
    ['the first half of a word', 'PERSON', 'Mayo', 'the Mayo-Walters-Ek case', 'Mayo-Walters-Ek'],
    ['an age', 'AGE', '38', 'a 38-year-old', '38'],
  ])('%s', (_name, type, words, text, wanted) => {
    expect(found(text, [said(text, type, words)])).toEqual([`${type} ${wanted}`]);
  });

  test('and are none where only signs are left', () => {
    expect(found('a -- b', [said('a -- b', 'PERSON', '--')])).toEqual([]);
  });

  test('and never grow far, or into a pattern', () => {
    const line = 'a-'.repeat(200);
    expect(findPersonalData(line, [{ type: 'GPE', start: 200, end: 201, score: 1 }])).toEqual([
      { type: 'GPE', start: 160, end: 241, score: 1 },
    ]);
    const text = 'Ida-https://a.example';
    expect(found(text, [said(text, 'PERSON', 'Ida-https')])).toEqual(['PERSON Ida', 'URL https://a.example']);
  });
});

describe('a pattern and the head', () => {
  test('a phone number has the ends of the pattern', () => {
    const text = 'call +41 44 668 18 00 now';
    expect(found(text, [said(text, 'PHONE_NUMBER', '44 668 18', 0.99)])).toEqual([
      'PHONE_NUMBER +41 44 668 18 00',
    ]);
  });

  test('a checked pattern cuts the span around it', () => {
    const text = 'Ida Berg <ida@acme.com>, Ulm; card 4111111111111111';
    const whole = said(text, 'PERSON', 'Ida Berg <ida@acme.com>, Ulm', 0.99);
    expect(found(text, [whole, said(text, 'AGE', '4111')])).toEqual([
      'PERSON Ida Berg',
      'EMAIL_ADDRESS ida@acme.com',
      'PERSON Ulm',
      'CREDIT_CARD 4111111111111111',
    ]);
  });

  test('one that leans on words gives way to a longer span', () => {
    const text = 'Reach 7943 2027 Prospect St';
    expect(found(text, [])).toEqual(['PHONE_NUMBER 7943 2027']);
    expect(found(text, [said(text, 'STREET_ADDRESS', '7943 2027 Prospect St', 0.6)])).toEqual([
      'STREET_ADDRESS 7943',
      'STREET_ADDRESS 2027 Prospect St',
    ]);
  });

  test('one that leans on words gives way to a surer span of the same ends, and to no other', () => {
    const text = 'Reach booking.com';
    expect(found(text, [said(text, 'ORGANIZATION', 'booking.com', 0.95)])).toEqual([
      'ORGANIZATION booking.com',
    ]);
    expect(found(text, [said(text, 'ORGANIZATION', 'booking.com', 0.5)])).toEqual(['URL booking.com']);
    expect(found(text, [said(text, 'ORGANIZATION', 'booking', 0.95)])).toEqual(['URL booking.com']);
  });
});

test('property: whatever the head says, spans are sorted, do not overlap, and have canonical types', () => {
  const types = new Set(TYPES.map(({ type }) => type));
  const pieces = [
    'Ida',
    ' ',
    '@',
    'acme.com',
    '4111111111111111',
    'call ',
    '668 5702',
    '-',
    "'",
    '\n',
    'é',
    '🙂',
  ];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((parts) => parts.join(''));
  const span = fc.record({
    type: fc.constantFrom(...TYPE_NAMES, 'OTHER'),
    start: fc.nat(120),
    length: fc.nat(30),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(text, fc.array(span, { maxLength: 12 }), (whole, raw) => {
      const spans = raw
        .map(({ type, start, length, score }) => ({
          type,
          start,
          end: Math.min(whole.length, start + length),
          score,
        }))
        .filter(({ start, end }) => start <= end);
      let end = 0;
      for (const each of findPersonalData(whole, spans)) {
        expect(each.start).toBeGreaterThanOrEqual(end);
        expect(each.end).toBeGreaterThan(each.start);
        expect(each.end).toBeLessThanOrEqual(whole.length);
        expect(types.has(each.type)).toBe(true);
        end = each.end;
      }
    }),
    { numRuns: 500 },
  );
});
