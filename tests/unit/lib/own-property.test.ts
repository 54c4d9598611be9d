import { expect, test } from '@jest/globals';
import { getOwn, setOwn } from '../../../src/lib/own-property.js';

test('sets `__proto__` as a property like any other', () => {
  const target: { [key: string]: unknown } = {};
  setOwn(target, '__proto__', { polluted: true });
  setOwn(target, 'plain', 1);
  expect(Object.keys(target)).toEqual(['__proto__', 'plain']);
  expect(Object.getPrototypeOf(target)).toBe(Object.prototype);
  expect(getOwn(target, '__proto__')).toEqual({ polluted: true });
});

test('does not see what is inherited', () => {
  expect(getOwn<unknown>({}, 'constructor')).toBeUndefined();
  expect(getOwn<unknown>({}, '__proto__')).toBeUndefined();
});
