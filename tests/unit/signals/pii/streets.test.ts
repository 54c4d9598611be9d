import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SLICE_CHARS } from '../../../../src/signals/pii/find.js';
import { findStreets, StreetSearch } from '../../../../src/signals/pii/streets.js';
import { markedText, unmarked } from '../../../support/marked-text.js';

function streets(sample: string): string {
  const text = unmarked(sample);
  return markedText(text, findStreets(text));
}

describe('streets with a house number are found', () => {
  test.each([
    ['in English', 'Your parcel goes to <<12 Baker Street>>, London.'],
    ['with a letter', 'She lives at <<221B Baker Street>>.'],
    ['with a range', 'Offices: <<12-14 High Street>>'],
    ['shortened', 'Ship to <<742 Evergreen Ter>>, Springfield, or <<3 N. Main St>>.'],
    ['with an ordinal', 'at <<350 5th Avenue>>'],
    ['with small words', 'at <<7 Court of the Lions Drive>>'],
    ['with a capital where the word has other meanings', 'at <<4 Privet Drive>> today'],
    ['in French', 'Il habite au <<3 bis, rue de la Paix>> à Paris.'],
    ['in French, by a short word', 'au <<15 av. Victor Hugo>>'],
    ['in German', 'Schicken Sie es an <<Hauptstraße 5a>>, 10115 Berlin.'],
    ['in German, in two words', 'in der <<Berliner Straße 12>>'],
    ['in German, shortened', 'Treffpunkt <<Goethestr. 7>>'],
    ['in Dutch', 'op <<Prinsengracht 263>>'],
    ['in Swedish', 'på <<Storgatan 8>>'],
    ['in Italian', 'in <<Via Roma 10>>'],
    ['in Spanish', 'en <<Calle de Alcalá, 42>>'],
    ['in Portuguese', 'na <<Rua Augusta n.º 9>>'],
    ['as a box', 'Write to <<P.O. Box 1234>>.'],
    ['more than one', '<<1 First Street>> and <<2 Second Street>>'],
    ['after a year that only looks like one', 'Her address: <<1905 Elm Street>>'],
  ])('%s', (_, sample) => {
    expect(streets(sample)).toBe(sample);
  });
});

describe('what is no address is left alone', () => {
  test.each([
    ['a way', 'There are 3 easy ways and 10 nice places.'],
    ['a list', '1. Main Street\n2) Park Avenue'],
    ['a year', 'The crash of 1929 Wall Street never forgot. In 2008 Wall Street fell again.'],
    ['a decimal', 'Version 4.12 Baker Street edition'],
    ['an amount', 'It costs $12 Baker Street traders say, 12% Baker Street, €5 High Street'],
    ['a time', 'at 12:30 Baker Street is empty'],
    ['a street without a number', 'Walk down Baker Street until the bridge.'],
    ['a number and a line of its own', 'Total: 12\nBaker Street'],
    ['time on the way', 'Der Heimweg 5 Minuten, der Fußweg 20 km'],
    ['a place in a race', 'Sie gewann Platz 3 in 2 Rennen.'],
    ['a part of a word', 'route66 Main Street x12 Baker Street'],
    ['a rank', 'top 10 streets in Paris'],
    ['code', 'const street = 12 + lane[3]; // 5 avenue'],
  ])('%s', (_, sample) => {
    expect(streets(sample)).toBe(sample);
  });

  test('the empty text', () => {
    expect(findStreets('')).toEqual([]);
  });
});

describe('StreetSearch', () => {
  const ADDRESS = '12 Baker Street';
  const found = (...texts: readonly string[]) => {
    const search = new StreetSearch(texts.map((text) => ({ text, role: 'document' })));
    let steps = 1;
    while (search.step()) steps += 1;
    return { found: search.found, steps };
  };

  test('finds an address wherever it stands', () => {
    fc.assert(
      fc.property(fc.nat({ max: 3 * SLICE_CHARS }), fc.nat({ max: 2 }), (at, passage) => {
        const long = `${'a'.repeat(at)} ${ADDRESS} ${'b'.repeat(2 * SLICE_CHARS - (at % SLICE_CHARS))}`;
        const texts = ['short', 'c '.repeat(SLICE_CHARS), ''];
        texts[passage] = long;
        expect(found(...texts).found).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('takes a step for each slice, whatever the passages', () => {
    expect(found()).toEqual({ found: false, steps: 1 });
    expect(found('a'.repeat(10 * SLICE_CHARS)).steps).toBeGreaterThanOrEqual(10);
    expect(found(...Array.from({ length: 4 * SLICE_CHARS }, () => 'a')).steps).toBeGreaterThanOrEqual(8);
    expect(found(...Array.from({ length: 100 }, () => 'a'))).toEqual({ found: false, steps: 1 });
  });

  test('stops at the first one', () => {
    expect(found(ADDRESS, 'a'.repeat(10 * SLICE_CHARS))).toEqual({ found: true, steps: 1 });
  });
});
