import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bootstrapInterval } from '../../../src/learn/bootstrap.js';
import { classificationFigures, figuresOf, rocAuc, wilsonInterval } from '../../../src/learn/metrics.js';
import { seededRandom } from '../../../src/lib/random.js';

describe('classification', () => {
  test('counts by class, and none of them is never right', () => {
    const figures = classificationFigures([0, 0, 1, 1, 2, 2], [0, 1, 1, 1, -1, 0], 4);
    expect(figures.accuracy).toBeCloseTo(3 / 6);
    expect(figures.confusion.map((line) => [...line])).toEqual([
      [1, 1, 0, 0],
      [0, 2, 0, 0],
      [1, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    expect(figures.perClass[1]).toEqual({ precision: 2 / 3, recall: 1, f1: 0.8, rows: 2 });
    // The fourth class has no rows and takes no part; the third has rows and no hit.
    expect(figures.macroF1).toBeCloseTo((0.5 + 0.8 + 0) / 3);
  });

  test('of nothing is nothing, and a truth outside of the classes is a miss', () => {
    expect(classificationFigures([], [], 3)).toMatchObject({ accuracy: 0, macroF1: 0 });
    expect(classificationFigures([-1, 0], [-1, 0], 1).accuracy).toBe(0.5);
  });

  test('figures without claims or rows are 0', () => {
    expect(figuresOf({ hits: 0, claimed: 0, rows: 0 })).toEqual({ precision: 0, recall: 0, f1: 0, rows: 0 });
  });
});

describe('the area under the curve', () => {
  test.each([
    [[0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], 1],
    [[0.1, 0.2, 0.8, 0.9], [1, 1, 0, 0], 0],
    [[0.5, 0.5, 0.5], [0, 1, 1], 0.5],
    [[0.1, 0.5, 0.5, 0.9], [0, 0, 1, 1], 0.875],
    [[0.1, 0.2], [1, 1], null],
    [[0.1, 0.2], [0, 0], null],
    [[], [], null],
  ])('of %j for %j is %p', (scores, positive, area) => {
    expect(rocAuc(scores, positive)).toBe(area);
  });

  test('is the share of pairs in the right order', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { maxLength: 30 });
    fc.assert(
      fc.property(rows, (pairs) => {
        const above = pairs.filter(([, positive]) => positive).map(([score]) => score);
        const below = pairs.filter(([, positive]) => !positive).map(([score]) => score);
        const won = above.flatMap((a) => below.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
        const area = rocAuc(
          pairs.map(([score]) => score),
          pairs.map(([, positive]) => positive),
        );
        if (won.length === 0) expect(area).toBeNull();
        else expect(area).toBeCloseTo(won.reduce<number>((sum, each) => sum + each, 0) / won.length, 9);
      }),
    );
  });
});

describe('intervals', () => {
  test.each([
    [0, 0, 0, 1],
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [50, 100, 0.4038, 0.5962],
  ])("Wilson's of %d in %d is %d to %d", (hits, count, low, high) => {
    const [lower, upper] = wilsonInterval(hits, count);
    expect(lower).toBeCloseTo(low, 4);
    expect(upper).toBeCloseTo(high, 4);
  });

  test('by resampling hold what they sample, and are the same for the same seed', () => {
    const rows = Array.from({ length: 200 }, (_, index) => (index % 4 === 0 ? 1 : 0));
    const share = (indices: Uint32Array) =>
      indices.reduce((sum, index) => sum + (rows[index] ?? 0), 0) / indices.length;
    const [low, high] = bootstrapInterval(rows.length, share, { random: seededRandom(1) });
    const [wilsonLow, wilsonHigh] = wilsonInterval(50, 200);
    expect(low).toBeCloseTo(wilsonLow, 1);
    expect(high).toBeCloseTo(wilsonHigh, 1);
    expect(bootstrapInterval(rows.length, share, { random: seededRandom(1) })).toEqual([low, high]);
    expect(bootstrapInterval(0, () => 7, { random: seededRandom(1), samples: 0 })).toEqual([0, 0]);
  });
});
