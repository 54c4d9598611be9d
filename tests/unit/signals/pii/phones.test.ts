import { describe, expect, test } from '@jest/globals';
import { findPhones, phoneAround } from '../../../../src/signals/pii/phones.js';
import { markedText, unmarked } from '../../../support/marked-text.js';

function shown(sample: string): string {
  const text = unmarked(sample);
  return markedText(text, findPhones(text));
}

describe('phone numbers are found by their shape', () => {
  test.each([
    ['international', 'It is <<+41 44 668 18 00>>, ask for Ida.'],
    ['international without groups', '<<+447700677662>>'],
    ['with a bracketed zero', '<<+41 (0)96 471 07 95>>'],
    ['with the code of the country in brackets', '<<(+57)3203645477>> or <<(+358) 320286315>>'],
    ['with the plus before brackets', '<<+(41) 44 668 18 00>>'],
    ['in brackets of the sentence', 'Ida (<<+41 44 668 18 00>>) knows'],
    ['with 00', '<<0041 44 668 18 00>>'],
    ['of a length that no country gives out', 'Please note <<+54 9 3384 8132>>.'],
    ['North American', '<<463-612-6138>>, <<930.167.3943>>, <<(602) 272-9781>>, <<(579)888-3058>>'],
    ['North American with 1', '<<+1-984-182-0190>> and <<1-800-555-0199>>'],
    ['with an extension', '<<463-612-6138x036>>, <<(498) 442-4776 x912>>, <<202-555-0134 ext. 12>>'],
    ['with an area code in brackets', 'Sydney <<(08) 8747 6301>>'],
  ])('%s', (_name, sample) => {
    expect(shown(sample)).toBe(sample);
  });
});

describe('local numbers are found by words around', () => {
  test.each([
    ['call', 'Call me on <<668 5702>>, please'],
    ['a label', 'Phone:\n<<60-56-85-91>>\nCity: Ulm'],
    ['without groups', 'Fax: <<9498777106>>'],
    ['a label right before', 'Desk: <<51 516 33 75>>'],
    ['a word right behind', '<<655 437 108>> office'],
    ['a word right behind, with a dash', '<<085 175 7641>>-Office'],
    ['an owner before', 'I changed my number to <<0297652237>> last week'],
    ['an owner behind', '<<0961 7596216>> is my new cell'],
    ['get me at', 'You can get me at <<752 1259>> after six'],
    ['a weak word and a long shape', 'the emergency number <<0341 8387176>>'],
    ['no. right before', 'no. <<03.93.92.16.85>>'],
    ['an area code before a slash', 'Tel. <<0341/8387176>>, tel. <<06-84/679 6785>>, tel. <<(08)/021-5166>>'],
    ['in an address of the web', '<a href="tel:<<0341-8387176>>">'],
    ['after an equals sign', 'phone=<<0341-8387176>>'],
    ['with 00 and no groups', 'phone <<0041446681800>>'],
    ['a number before that is no part', 'call <<668 5702>> 2 times'],
    ['with a plus and no groups', 'call <<+99999999>> now'],
    ['what is sent there', 'Send the code to <<(498) 442-4776>>.'],
  ])('%s', (_name, sample) => {
    expect(shown(sample)).toBe(sample);
  });
});

describe('no phone number is', () => {
  test.each([
    ['a date', 'call on 2024-01-31 10 or 31.12.2024 or 10/14/1961 10:30'],
    ['a span of years', 'call it 1990-2000, 2023/2024, or 2019 2020 2021'],
    ['a local number without a word', 'The machine 668 5702 works.'],
    ['an order', 'order 463-612-6138 has not come'],
    ['an amount', 'call for $1234567 or 1234567%'],
    ['thousands', 'We reach 12 000 000 people'],
    ['a bare number without a word', 'set x = 1234567890'],
    ['too short', 'call 12345'],
    ['too long', 'call 1234567890123456'],
    ['too many groups', 'call 1 2 3 4 5 6 7 8 9'],
    ['part of a name', 'call x1234567 or 1234567x or 1234567_8'],
    ['part of a decimal', 'call 3.14159265358979'],
    ['an argument in code', 'call foo(1234567)'],
    ['a sum', 'x +99999999'],
    ['decimals in a list', 'numbers 249 0.2075 B'],
    ['a count after a weak word', 'number 12345678'],
  ])('%s', (_name, text) => {
    expect(shown(text)).toBe(text);
  });
});

test('a text with more international numbers than the library is asked for is judged by shape', () => {
  const number = '+1 111 111 1111';
  const few = findPhones(`${number}; `.repeat(10));
  const many = findPhones(`${number}; `.repeat(250));
  expect(few).toHaveLength(10);
  expect(many).toHaveLength(250);
  expect(many.at(-1)?.score).toBeGreaterThanOrEqual(0.9);
});

describe('around a span', () => {
  const text = 'Ida, 12 years, (08) 8747 6301 x12; room 59 123';

  test('stands the whole number', () => {
    const inside = text.indexOf('8747');
    const around = phoneAround(text, inside, inside + 4);
    expect(text.slice(around?.start, around?.end)).toBe('(08) 8747 6301 x12');
  });

  test('may stand a short one, since the head has said that it is one', () => {
    const inside = text.indexOf('59 123');
    const around = phoneAround(text, inside, inside + 2);
    expect(text.slice(around?.start, around?.end)).toBe('59 123');
  });

  test('stands none of few digits without groups, as a postal code is', () => {
    expect(phoneAround('Aapajärvi, LL 34736.', 14, 19)).toBeUndefined();
  });

  test('stands none where there is no number', () => {
    expect(phoneAround(text, 0, 3)).toBeUndefined();
  });
});
