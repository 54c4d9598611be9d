import { describe, expect, test } from '@jest/globals';
import { blendWeights, fitLine } from '../../../src/learn/router-blend.js';
import { correctTargets } from '../../../src/learn/router-targets.js';
import { seededRandom } from '../../../src/lib/random.js';
import { sigmoid } from '../../../src/lib/sigmoid.js';
import { outcomeRows } from './outcomes.js';

describe('what is learnt of rows', () => {
  test('is how well all do, and what each is above that; together they are the outcome', () => {
    const rows = outcomeRows({ count: 50 });
    const { values, means } = correctTargets(rows, Uint32Array.from(rows.prompts.keys()));
    for (let row = 0; row < 50; row++) {
      const [common = 0, weak = 0, strong = 0] = values.subarray(3 * row);
      expect(common + weak + (means[0] ?? 0)).toBeCloseTo(rows.correct[2 * row] ?? -1, 5);
      expect(weak + strong).toBeCloseTo(0, 5);
    }
  });

  test('is unknown where no model was asked', () => {
    const rows = outcomeRows({ count: 3 });
    const correct = rows.correct.map((value, at) => (at < 2 || at === 3 ? Number.NaN : value));
    const { values } = correctTargets({ ...rows, correct }, Uint32Array.of(0, 1, 2));
    expect([...values.subarray(0, 3)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(values[5]).toBeNaN();
    expect(values[4]).toBeCloseTo(0, 5);
  });
});

describe('the shares of parts', () => {
  const rows = outcomeRows({ count: 200 });
  const targets = correctTargets(rows, Uint32Array.from(rows.prompts.keys()));

  test('follow what each knows, of all models and of each apart', () => {
    const random = seededRandom(8);
    const commonOnly = targets.values.map((value, at) => (at % 3 === 0 ? value : random() - 0.5));
    const ownOnly = targets.values.map((value, at) => (at % 3 === 0 ? random() - 0.5 : value / 2));
    const [first, second] = blendWeights([commonOnly, ownOnly], targets);
    expect(first?.common).toBeCloseTo(1, 2);
    expect(second?.common).toBeLessThan(0.05);
    expect(second?.own).toBeCloseTo(2, 1);
    expect(first?.own).toBeLessThan(0.2);
  });

  test('are nothing for what says the contrary, or nothing at all', () => {
    const contrary = targets.values.map((value) => -value);
    const nothing = targets.values.map(() => 0);
    expect(blendWeights([contrary, nothing], targets)).toEqual([
      { common: 0, own: 0 },
      { common: 0, own: 0 },
    ]);
  });
});

describe('a line from scores to probabilities', () => {
  test('is found again', () => {
    const random = seededRandom(9);
    const scores = Float32Array.from({ length: 5000 }, () => random() - 0.5);
    const outcomes = scores.map((score) => (random() < sigmoid(6 * score + 0.7) ? 1 : 0));
    const { slope, bias } = fitLine(scores, outcomes);
    expect(slope).toBeGreaterThan(5);
    expect(slope).toBeLessThan(7);
    expect(bias).toBeCloseTo(0.7, 0);
  });

  test('stays finite and rising where outcomes are all the same, unknown or against the scores', () => {
    for (const outcomes of [
      [1, 1],
      [Number.NaN, Number.NaN],
      [1, 0],
    ]) {
      const { slope, bias } = fitLine([-0.5, 0.5], outcomes);
      expect(slope).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(bias)).toBe(true);
    }
  });
});
