import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type PairOutcomes, pairFigures, rankingOf } from '../../../src/learn/routing-pair.js';

const OUTCOMES: PairOutcomes = { weak: [1, 0, 0, 1], strong: [1, 1, 1, 0] };

describe('a pair of models', () => {
  test('is measured by hand-made numbers', () => {
    // Strong calls by order: rows 1, 2, 0, 3; accuracies 2/4, 3/4, 1, 1, 3/4.
    const found = pairFigures(rankingOf([2, 4, 3, 1]), OUTCOMES);
    expect(found.weakAccuracy).toBe(0.5);
    expect(found.strongAccuracy).toBe(0.75);
    expect(found.apgr).toBeCloseTo((0.25 * (0.125 + 0.375 + 0.5 + 0.375)) / 0.25);
    expect(found.cpt50).toBeCloseTo(0.125);
    expect(found.cpt80).toBeCloseTo(0.2);
    expect(found.strongCallsAt95).toBeCloseTo((0.95 * 0.75 - 0.5) / 0.25 / 4);
    expect(found.costAtEqualAccuracy).toBeCloseTo(0.25);
    expect(found.accuracyAtEqualCost).toBe(1);
    expect(found.pointsOverLineAtHalfCost).toBeCloseTo(37.5);
    expect(found.minPointsOverLine).toBe(0);
  });

  test('with one score for all rows lies on the line', () => {
    const found = pairFigures(rankingOf([7, 7, 7, 7]), OUTCOMES);
    expect(found.apgr).toBeCloseTo(0.5);
    expect(found.cpt80).toBeCloseTo(0.8);
    expect(found.pointsOverLineAtHalfCost).toBeCloseTo(0);
  });

  test('knows no recovered gap where there is none', () => {
    const found = pairFigures(rankingOf([1, 2]), { weak: [1, 1], strong: [0, 1] });
    expect(found).toMatchObject({ apgr: null, cpt50: null, strongCallsAt95: null, accuracyAtEqualCost: 1 });
    expect(pairFigures(rankingOf([]), { weak: [], strong: [] })).toMatchObject({
      apgr: null,
      weakAccuracy: 0,
    });
  });

  test('needs no strong call where the weak model is near enough', () => {
    const weak = Array.from({ length: 100 }, (_, row) => (row < 97 ? 1 : 0));
    const found = pairFigures(rankingOf(weak), { weak, strong: weak.map(() => 1) });
    expect(found.strongCallsAt95).toBe(0);
  });

  test('counts a row as often as it was drawn', () => {
    const scores = [2, 4, 3, 1];
    const drawn = pairFigures(rankingOf(scores), OUTCOMES, Uint32Array.of(2, 1, 0, 1));
    const written = pairFigures(rankingOf([2, 2, 4, 1]), { weak: [1, 1, 0, 1], strong: [1, 1, 1, 0] });
    expect(drawn).toEqual(written);
    const none = pairFigures(rankingOf(scores), OUTCOMES, new Uint32Array(4));
    expect(none.pointsOverLineAtHalfCost).toBe(0);
  });

  test('is never measured above what its best order gives, nor does it hang on the order of equal rows', () => {
    const bit = fc.integer({ min: 0, max: 1 });
    const row = fc.tuple(bit, bit, fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), (rows) => {
        const figures = (list: typeof rows) => {
          const outcomes = { weak: list.map(([weak]) => weak), strong: list.map(([, strong]) => strong) };
          const own = pairFigures(rankingOf(list.map(([, , score]) => score)), outcomes);
          const best = pairFigures(rankingOf(list.map(([weak, strong]) => strong - weak)), outcomes);
          return { own, best };
        };
        const { own, best } = figures(rows);
        const turned = figures(rows.toReversed()).own;
        expect(own.apgr ?? 0).toBeLessThanOrEqual((best.apgr ?? 0) + 1e-9);
        expect(own.accuracyAtEqualCost).toBeLessThanOrEqual(best.accuracyAtEqualCost + 1e-9);
        expect(turned.apgr ?? 0).toBeCloseTo(own.apgr ?? 0);
        expect(turned.cpt80 ?? 0).toBeCloseTo(own.cpt80 ?? 0);
      }),
    );
  });
});
