import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { codePointOffsets } from '../../../src/lib/code-points.js';

test('code points beyond the first plane take two units', () => {
  expect([...codePointOffsets('a🙂é')]).toEqual([0, 1, 3, 4]);
  expect([...codePointOffsets('')]).toEqual([0]);
});

test('a lone half of a pair counts as one', () => {
  expect([...codePointOffsets('a\ud83db')]).toEqual([0, 1, 2, 3]);
});

test('property: slices between offsets are the code points of the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const offsets = [...codePointOffsets(text)];
      const points = offsets.slice(1).map((end, index) => text.slice(offsets[index], end));
      expect(points).toEqual([...text]);
    }),
  );
});
