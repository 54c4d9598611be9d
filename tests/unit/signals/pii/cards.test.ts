import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findCards } from '../../../../src/signals/pii/cards.js';
import { passesLuhn } from '../../../../src/signals/pii/digits.js';
import { markedText, unmarked } from '../../../support/marked-text.js';

function shown(sample: string): string {
  const text = unmarked(sample);
  return markedText(text, findCards(text));
}

describe('card numbers are found', () => {
  test.each([
    ['Visa', 'Charge <<4111111111111111>>, please.'],
    ['Visa with 13 digits', 'old one: <<4222222222222>>'],
    ['Visa with 19 digits', '<<4030874397740603788>>'],
    ['in groups', 'pay with <<4111 1111 1111 1111>> exp 09/27'],
    ['with dashes', '<<5555-5555-5555-4444>>'],
    ['with blanks that do not break', '<<4111\u00a01111\u00a01111\u00a01111>>'],
    ['American Express', 'amex <<378282246310005>> and <<3782 822463 10005>>'],
    ['Diners', '<<30569309025904>> or <<38520000023237>>'],
    ['Discover', '<<6011111111111117>>'],
    ['JCB', '<<3530111333300000>>, <<213175197796454>>, <<180000826105910>>'],
    ['JCB whose prefix is not given out yet', '<<3502162941615515>>'],
    ['Mastercard of the new range', '<<2223003122003222>>'],
    ['UnionPay', '<<6200000000000005>>'],
    ['Maestro', '<<6759649826438453>> or <<503890547220>>'],
    ['12 digits after a word', 'cancel my card <<581234567898>>'],
    ['any prefix after a word', 'Kreditkarte <<9999999999999995>>'],
    ['two in a row', '<<4111111111111111>> <<5555555555554444>>'],
  ])('%s', (_name, sample) => {
    expect(shown(sample)).toBe(sample);
  });
});

describe('no card number is', () => {
  test.each([
    ['a number whose check digit is wrong', 'card 4111111111111112'],
    ['a number of no network', '9999999999999995'],
    ['12 digits that nothing calls a card', 'The parcel 581234567898 left.'],
    ['zeros', 'card 0000000000000000'],
    ['too long', 'card 41111111111111111111111'],
    ['part of a decimal', '0.4111111111111111 and 1,4111111111111111'],
    ['part of a name', 'id_4111111111111111, 4111111111111111b'],
    ['part of a UUID', '123e4567-e89b-12d3-a456-4111111111111111'],
    ['a number with uneven separators', '4111 1111-1111 1111'],
    ['groups that do not begin with four digits', '41 11 11 11 11 11 11 11'],
  ])('%s', (_name, text) => {
    expect(shown(text)).toBe(text);
  });
});

test('property: a number of Visa with its check digit is found, and with another last digit it is not', () => {
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 14, maxLength: 14 });
  fc.assert(
    fc.property(digits, fc.integer({ min: 1, max: 9 }), (middle, off) => {
      const body = `4${middle.join('')}`;
      const check = [...'0123456789'].find((digit) => passesLuhn(body + digit)) ?? '';
      expect(shown(`my ${body}${check}!`)).toBe(`my <<${body}${check}>>!`);
      expect(findCards(`my ${body}${(Number(check) + off) % 10}!`)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
