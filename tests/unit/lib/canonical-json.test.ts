import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../../src/lib/canonical-json.js';
import type { Json } from '../../../src/lib/json.js';

const parse = (text: string): Json => JSON.parse(text) as Json;

describe('canonicalJson', () => {
  test('writes keys in one order, at every depth, and keeps the order of arrays', () => {
    const left = parse('{"b":[{"y":1,"x":2},null,true],"a":"é"}');
    const right = parse('{ "a": "é", "b": [ {"x":2,"y":1}, null, true ] }');
    expect(canonicalJson(left)).toBe('{"a":"é","b":[{"x":2,"y":1},null,true]}');
    expect(canonicalJson(right)).toBe(canonicalJson(left));
    expect(canonicalJson(parse('[2,1]'))).not.toBe(canonicalJson(parse('[1,2]')));
  });

  test('writes empty containers and scalars', () => {
    expect(['[]', '{}', 'null', '"a\\n"', '0.5', 'false'].map((text) => canonicalJson(parse(text)))).toEqual([
      '[]',
      '{}',
      'null',
      '"a\\n"',
      '0.5',
      'false',
    ]);
  });

  test('keeps an own `__proto__` key and sees no inherited one', () => {
    expect(canonicalJson(parse('{"__proto__":{"z":1},"a":2}'))).toBe('{"__proto__":{"z":1},"a":2}');
  });

  test('tells numbers that overflow from null', () => {
    expect(canonicalJson(parse('[1e999,-1e999,null]'))).toBe('[1e999,-1e999,null]');
  });

  test('writes a value of any depth', () => {
    const depth = 200_000;
    let value: Json = 1;
    for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
    expect(canonicalJson(value).length).toBeGreaterThan(depth);
  });

  test('gives text that parses to the same value, the same for any order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value as Json);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value as Json))).toBe(text);
      }),
    );
  });
});

function reversed(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item)]));
}
