import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bestThreshold, figuresAt, type Scored, type Side } from '../../../src/learn/threshold.js';

const rows = (ones: readonly number[], others: readonly number[]): readonly Scored[] => [
  ...ones.map((score) => ({ score, isOne: true })),
  ...others.map((score) => ({ score, isOne: false })),
];

test('rows that can be told apart are', () => {
  const apart = rows([0.8, 0.7], [0.1, 0.3]);
  expect(bestThreshold(apart, { side: 'from' })).toBe(0.5);
  expect(figuresAt(apart, 0.5, 'from')).toEqual({
    threshold: 0.5,
    precision: 1,
    recall: 1,
    f1: 1,
    confusion: [Uint32Array.of(2, 0), Uint32Array.of(0, 2)],
  });
  expect(bestThreshold(rows([0.1, 0.3], [0.8, 0.7]), { side: 'below' })).toBe(0.5);
});

test('a precision may be asked for in place of the best F1', () => {
  const mixed = rows([0.9, 0.6, 0.5, 0.4], [0.7, 0.2]);
  expect(bestThreshold(mixed, { side: 'from' })).toBe(0.3);
  expect(bestThreshold(mixed, { side: 'from', precisionMin: 1 })).toBe(0.8);
  expect(bestThreshold(rows([0.1], [0.9]), { side: 'from', precisionMin: 0.9 })).toBeUndefined();
  expect(bestThreshold([], { side: 'from' })).toBeUndefined();
});

test('where all count, the threshold lets the last one in', () => {
  expect(bestThreshold(rows([0.9, 0.5], []), { side: 'from' })).toBe(0.5);
  const below = bestThreshold(rows([0.9, 0.5], []), { side: 'below' }) ?? 0;
  expect(below).toBeGreaterThan(0.9);
});

test('scores that lie close are still told apart', () => {
  const close = rows([0.5004], [0.5001]);
  const threshold = bestThreshold(close, { side: 'from' }) ?? 0;
  expect(figuresAt(close, threshold, 'from').f1).toBe(1);
});

test('no other threshold has a higher F1', () => {
  const score = fc.integer({ min: 0, max: 10 }).map((tenth) => tenth / 10);
  const row = fc.record({ score, isOne: fc.boolean() });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), fc.constantFrom<Side>('from', 'below'), (some, side) => {
      const threshold = bestThreshold(some, { side });
      const possible = Array.from({ length: 24 }, (_, step) => step / 20 - 0.05);
      const most = Math.max(...possible.map((each) => figuresAt(some, each, side).f1));
      expect(threshold === undefined ? 0 : figuresAt(some, threshold, side).f1).toBeCloseTo(most, 10);
    }),
  );
});
