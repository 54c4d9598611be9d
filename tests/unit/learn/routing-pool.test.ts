import { describe, expect, test } from '@jest/globals';
import { onlyModels, type PoolOutcomes, poolFigures, sweepOf } from '../../../src/learn/routing-pool.js';

/** A cheap model that knows the first half of the prompts, a middling one for the third quarter, and a dear one for all but the first. */
const ROWS = 8;
const OUTCOMES: PoolOutcomes = {
  models: 3,
  correct: Float32Array.from({ length: ROWS * 3 }, (_, at) => {
    const row = Math.floor(at / 3);
    return Number([row < 4, row >= 4 && row < 6, row > 0][at % 3]);
  }),
  cost: Float32Array.from({ length: ROWS * 3 }, (_, at) => [1, 4, 10][at % 3] ?? 0),
};

describe('a pool of models', () => {
  test('by a forecast that is right', () => {
    const sweep = sweepOf({ quality: OUTCOMES.correct, cost: OUTCOMES.cost }, OUTCOMES);
    const found = poolFigures(sweep, OUTCOMES);
    expect(found.cheapest).toEqual({ model: 0, accuracy: 0.5, cost: 1 });
    expect(found.best).toEqual({ model: 2, accuracy: 0.875, cost: 10 });
    // All right costs 4 × 1 + 2 × 4 + 2 × 10 = 32 of 80.
    expect(found.accuracyAtEqualCost).toBe(1);
    expect(found.costAtEqualAccuracy).toBeCloseTo(0.4);
    expect(found.pointsOverLineAtHalfCost).toBeCloseTo(100 * (1 - (0.5 + (4 / 9) * 0.375)));
    expect(found.minPointsOverLine).toBeCloseTo(0);
    expect(found.gainOverBest).toBeCloseTo(12.5);
  });

  test('by a forecast that knows each model on the whole lies about the line', () => {
    const quality = OUTCOMES.correct.map((_, at) => [0.5, 0.25, 0.875][at % 3] ?? 0);
    const found = poolFigures(sweepOf({ quality, cost: OUTCOMES.cost }, OUTCOMES), OUTCOMES);
    expect(found.gainOverBest).toBe(0);
    expect(found.costAtEqualAccuracy).toBe(1);
    expect(found.pointsOverLineAtHalfCost).toBeCloseTo(0);
  });

  test('by a forecast that is wrong comes to lie below the line', () => {
    const quality = OUTCOMES.correct.map((value) => 1 - value);
    const found = poolFigures(sweepOf({ quality, cost: OUTCOMES.cost }, OUTCOMES), OUTCOMES);
    expect(found.minPointsOverLine).toBeLessThan(-10);
    expect(found.costAtEqualAccuracy).toBeNull();
  });

  test('leaves out models that were not asked, row by row', () => {
    const correct = OUTCOMES.correct.map((value, at) => (at % 3 === 2 && at < 12 ? Number.NaN : value));
    const outcomes = { ...OUTCOMES, correct };
    const found = poolFigures(
      sweepOf({ quality: OUTCOMES.correct, cost: OUTCOMES.cost }, outcomes),
      outcomes,
    );
    expect(found.best).toEqual({ model: 2, accuracy: 1, cost: 10 });
    expect(found.accuracyAtEqualCost).toBe(1);
    const nobody = { ...OUTCOMES, correct: OUTCOMES.correct.map(() => Number.NaN) };
    expect(
      poolFigures(sweepOf({ quality: OUTCOMES.correct, cost: OUTCOMES.cost }, nobody), nobody)
        .accuracyAtEqualCost,
    ).toBe(0);
  });

  test('counts a row as often as it was drawn', () => {
    const forecast = { quality: OUTCOMES.correct, cost: OUTCOMES.cost };
    const counts = new Uint32Array(ROWS).fill(0, 0, ROWS);
    counts[7] = 5;
    const found = poolFigures(sweepOf(forecast, OUTCOMES), OUTCOMES, counts);
    expect(found.cheapest.accuracy).toBe(0);
    expect(found.best.accuracy).toBe(1);
  });

  test('can be cut to some of its models', () => {
    const { models, correct } = onlyModels({ ...OUTCOMES }, { models: 3, kept: [0, 1] });
    expect(models).toBe(2);
    expect([...correct.subarray(0, 4)]).toEqual([1, 0, 1, 0]);
    expect(correct).toHaveLength(ROWS * 2);
  });

  test('of equals takes the cheaper one, and what costs nothing costs nothing', () => {
    const cost = OUTCOMES.cost.map(() => 0);
    const free = { ...OUTCOMES, cost };
    const found = poolFigures(sweepOf({ quality: OUTCOMES.correct, cost }, free), free);
    expect(found.accuracyAtEqualCost).toBe(1);
    const same = OUTCOMES.correct.map(() => 0.5);
    const [first] = sweepOf({ quality: same, cost: OUTCOMES.cost }, OUTCOMES).picks;
    expect(new Set(first)).toEqual(new Set([0]));
  });
});
