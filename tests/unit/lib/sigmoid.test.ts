import { expect, test } from '@jest/globals';
import { sigmoid } from '../../../src/lib/sigmoid.js';

test('turns log odds into a probability', () => {
  expect(sigmoid(0)).toBe(0.5);
  expect(sigmoid(Math.log(3))).toBeCloseTo(0.75, 12);
  expect(sigmoid(-800)).toBe(0);
  expect(sigmoid(800)).toBe(1);
  expect(sigmoid(Number.NaN)).toBeNaN();
});
