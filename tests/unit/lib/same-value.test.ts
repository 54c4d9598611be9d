import { expect, test } from '@jest/globals';
import { sameValue } from '../../../src/lib/same-value.js';
import { Secret } from '../../../src/lib/secret.js';

const value = () => ({
  list: [1, 'a', null, undefined],
  map: new Map([['key', { deep: new Set(['x']) }]]),
  secret: new Secret('hunter2'),
});

test('what is alike all the way down is the same', () => {
  expect(sameValue(value(), value())).toBe(true);
  expect(sameValue({ left: undefined }, {})).toBe(true);
  expect(sameValue(Number.NaN, Number.NaN)).toBe(true);
});

test.each([
  [{ ...value(), list: [1, 'a', null] }],
  [{ ...value(), map: new Map([['key', { deep: new Set(['y']) }]]) }],
  [{ ...value(), map: new Map([['other', { deep: new Set(['x']) }]]) }],
  [{ ...value(), map: {} }],
  [{ ...value(), secret: new Secret('hunter3') }],
  [{ ...value(), more: 1 }],
  [null],
  ['text'],
])('and whatever differs anywhere is not', (other) => {
  expect(sameValue(value(), other)).toBe(false);
  expect(sameValue(other, value())).toBe(false);
});
