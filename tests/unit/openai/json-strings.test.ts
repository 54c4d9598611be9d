import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { forEachString, readLiteral } from '../../../src/openai/json-strings.js';

type Found = readonly [path: readonly (string | number)[], text: string];

function stringsOf(json: string): Found[] {
  const found: Found[] = [];
  forEachString(json, (path, literal) => found.push([[...path], readLiteral(json, literal).text]));
  return found;
}

/** The same by the parser. */
function stringsIn(value: unknown, path: readonly (string | number)[] = []): Found[] {
  if (typeof value === 'string') return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((item, index) => stringsIn(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => stringsIn(item, [...path, key]));
}

/** Escapes more than `JSON.stringify` does. */
function escaped(json: string): string {
  return json.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

describe('forEachString', () => {
  test('finds the strings that the parser finds, however they are laid out', () => {
    const layout = fc.constantFrom(undefined, 1, '\t');
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 5, stringUnit: 'grapheme' }),
        layout,
        fc.boolean(),
        (json, indent, ascii) => {
          // Names of digits alone would change places on the way through an object.
          const value = JSON.parse(json.replaceAll(/"(\d+)":/g, '"n$1":'));
          const text = JSON.stringify(value, null, indent);
          expect(stringsOf(ascii ? escaped(text) : text)).toEqual(stringsIn(value));
        },
      ),
    );
  });

  test('tells elements by their index and members by their name, escapes resolved', () => {
    expect(stringsOf('{"a":[1,"x",{"\\u0062\\"":"y"},[[]," z"]],"c":{},"d":"e"}')).toEqual([
      [['a', 1], 'x'],
      [['a', 2, 'b"'], 'y'],
      [['a', 3, 1], ' z'],
      [['d'], 'e'],
    ]);
  });

  test('a text that is none of JSON ends somewhere', () => {
    expect(() => stringsOf('["a')).not.toThrow();
  });
});

describe('a literal', () => {
  test('knows the place of each of its characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.boolean(), (text, before, ascii) => {
        const literal = ascii ? escaped(JSON.stringify(text)) : JSON.stringify(text);
        const json = `${before}${literal}`;
        const { placeOf, ...read } = readLiteral(json, { start: before.length, end: json.length });
        expect(read.text).toBe(text);
        const units = [...text.split('').keys()].map((at) => json.slice(placeOf(at), placeOf(at + 1)));
        expect(units.map((unit) => JSON.parse(`"${unit}"`))).toEqual(text.split(''));
        expect(placeOf(text.length)).toBe(json.length - 1);
      }),
    );
  });
});
