import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { digestOf } from '../../../../src/adapters/milvus/digest.js';
import { above, all, below, either, equals, oneOf } from '../../../../src/adapters/milvus/filter.js';

test('a filter says what it was made of', () => {
  const filter = all(
    either(equals('kind', 'epoch'), above('at', 5)),
    oneOf('pk', ['ab', 'cd']),
    below('pk', 'g'),
    equals('semantic', true),
  );
  expect(filter).toBe(
    '((kind == "epoch") or (at > 5)) and (pk in ["ab", "cd"]) and (pk < "g") and (semantic == true)',
  );
});

test('nothing but digests, short words of our own and whole numbers gets in', () => {
  const outside = fc.string().filter((text) => !/^[0-9a-z]{1,64}$/.test(text));
  fc.assert(
    fc.property(fc.oneof(outside, fc.string({ unit: 'binary' })), (text) => {
      if (/^[0-9a-z]{1,64}$/.test(text)) return;
      expect(() => equals('scope', text)).toThrow(/no digest/);
      expect(() => oneOf('pk', ['ab', text])).toThrow(/no digest/);
    }),
  );
  expect(() => equals('scope', '" or scope != "')).toThrow(/no digest/);
  expect(() => above('expires', 1.5)).toThrow(/not whole/);
  expect(() => above('expires', Number.NaN)).toThrow(/not whole/);
});

test('a digest has borders between its texts, and can always stand in a filter', () => {
  expect(digestOf('ab', 'c')).not.toBe(digestOf('a', 'bc'));
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(equals('scope', digestOf(text))).toMatch(/^scope == "[0-9a-f]{64}"$/);
    }),
  );
});
