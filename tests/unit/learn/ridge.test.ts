import { describe, expect, test } from '@jest/globals';
import { fitRidge, momentsOf, withoutMoments } from '../../../src/learn/dense-ridge.js';
import { fitSparseRidge, scoreOf } from '../../../src/learn/sparse-ridge.js';
import { seededRandom } from '../../../src/lib/random.js';

const COUNT = 200;
const random = seededRandom(5);
const values = Float32Array.from({ length: COUNT * 3 }, (_, at) => (at % 3 === 2 ? 1 : random() - 0.5));
const rows = { values, width: 3 };
const line = (row: number) => 2 * (values[3 * row] ?? 0) - (values[3 * row + 1] ?? 0) + 0.25;
const targets = {
  outputs: 2,
  values: Float32Array.from({ length: 2 * COUNT }, (_, at) => (at % 2 === 0 ? line(Math.floor(at / 2)) : 0)),
};
const all = Uint32Array.from({ length: COUNT }, (_, at) => at);

describe('ridge regression on dense rows', () => {
  test('finds the line, also where a column never changes', () => {
    const weights = fitRidge(momentsOf(rows, targets, all), 0.001);
    expect(weights[0]).toBeCloseTo(2, 2);
    expect(weights[1]).toBeCloseTo(-1, 2);
    expect((weights[2] ?? 0) + (weights[3] ?? 0)).toBeCloseTo(0.25, 2);
    expect([...weights.subarray(4)].every((weight) => Math.abs(weight) < 1e-9)).toBe(true);
  });

  test('holds weights back the more, the harder it pulls, but not the constant', () => {
    const moments = momentsOf(rows, targets, all);
    const [free, held] = [fitRidge(moments, 1), fitRidge(moments, 1e6)];
    expect(Math.abs(held[0] ?? 1)).toBeLessThan(0.01);
    expect(Math.abs(held[0] ?? 1)).toBeLessThan(Math.abs(free[0] ?? 0));
    const mean = all.reduce((sum, row) => sum + line(row), 0) / COUNT;
    expect((held[2] ?? 0) + (held[3] ?? 0)).toBeCloseTo(mean, 1);
  });

  test('forgets the rows that are taken off', () => {
    const part = all.subarray(0, 50);
    const left = withoutMoments(momentsOf(rows, targets, all), momentsOf(rows, targets, part));
    const direct = momentsOf(rows, targets, all.subarray(50));
    for (const [at, product] of left.products.entries())
      expect(product).toBeCloseTo(direct.products[at] ?? 0, 6);
  });

  test('takes an outcome that nobody knows for nothing', () => {
    const unknown = { outputs: 1, values: new Float32Array(COUNT).fill(Number.NaN) };
    expect([...fitRidge(momentsOf(rows, unknown, all), 1)].every((weight) => Math.abs(weight) < 1e-12)).toBe(
      true,
    );
  });
});

describe('ridge regression on sparse rows', () => {
  const sparse = Array.from({ length: 300 }, () => ({
    places: Uint32Array.of(Math.floor(random() * 40), 40 + Math.floor(random() * 40)),
    values: Float32Array.of(Math.SQRT1_2, Math.SQRT1_2),
  }));
  const truth = (place: number) => (place % 7) - 3;
  const wanted = (row: number) =>
    Math.SQRT1_2 * [...(sparse[row]?.places ?? [])].reduce((sum, at) => sum + truth(at), 0);
  const fit = { rows: sparse, places: 128, indices: Uint32Array.from(sparse.keys()) };

  test('gives back what was said of the rows', () => {
    const weights = fitSparseRidge(fit, wanted, 0.01);
    for (const [row, each] of sparse.entries()) expect(scoreOf(each, weights)).toBeCloseTo(wanted(row), 0);
    expect([...weights.subarray(80)].every((weight) => weight === 0)).toBe(true);
  });

  test('solves its equations: the error is the pull times the weights', () => {
    const weights = fitSparseRidge(fit, wanted, 2);
    const back = new Float64Array(128);
    for (const [row, { places, values: numbers }] of sparse.entries()) {
      const error = wanted(row) - scoreOf(sparse[row], weights);
      for (const [at, place] of places.entries())
        back[place] = (back[place] ?? 0) + error * (numbers[at] ?? 0);
    }
    for (const [place, weight] of weights.entries()) expect(back[place]).toBeCloseTo(2 * weight, 0);
  });

  test('knows nothing of nothing', () => {
    expect(fitSparseRidge(fit, () => Number.NaN, 1).every((weight) => weight === 0)).toBe(true);
    expect(scoreOf(undefined, new Float64Array(1))).toBe(0);
  });
});
