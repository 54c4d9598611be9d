import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Histogram } from '../../../../src/admin/live/histogram.js';

function of(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

test('knows nothing of nothing', () => {
  expect(new Histogram().quantile(0.5)).toBeNull();
});

test('a quantile is near the value of that rank', () => {
  const times = fc.array(fc.double({ min: 0.02, max: 80_000, noNaN: true }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(times, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
      const exact = values.toSorted((one, other) => one - other)[
        Math.max(1, Math.ceil(q * values.length)) - 1
      ];
      const told = of(values).quantile(q) ?? Number.NaN;
      expect(Math.abs(told / (exact ?? 0) - 1)).toBeLessThan(0.13);
    }),
  );
});

test('takes any time at all, and two are as one of both', () => {
  const [one, other] = [of([0, 1, 5]), of([1e9, 70])];
  one.merge(other);
  expect([one.total, one.quantile(0.5), (one.quantile(1) ?? 0) > 60_000]).toEqual([
    5,
    of([5]).quantile(0.5),
    true,
  ]);
});
