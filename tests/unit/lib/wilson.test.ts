import { expect, test } from '@jest/globals';
import { wilson, wilsonUpper } from '../../../src/lib/wilson.js';

test('is as the formula gives it', () => {
  const { low, high } = wilson(10, 100, 1.96);
  expect(low).toBeCloseTo(0.0552, 4);
  expect(high).toBeCloseTo(0.1744, 4);
});

test('says nothing where nothing was counted, and stays within 0 and 1', () => {
  expect(wilson(0, 0, 1.96)).toEqual({ low: 0, high: 1 });
  expect(wilson(5, 5, 1.96).high).toBe(1);
  expect(wilson(0, 5, 1.96).low).toBe(0);
});

test('without a single miss the upper end falls below 2 % at 133 cases with 95 %', () => {
  expect(wilsonUpper(0, 132, 1.645)).toBeGreaterThan(0.02);
  expect(wilsonUpper(0, 133, 1.645)).toBeLessThan(0.02);
});
