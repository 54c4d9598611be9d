import { describe, expect, test } from '@jest/globals';
import { principalAxes } from '../../../src/learn/principal-axes.js';
import { memoryOf, recall, recallWidth } from '../../../src/learn/router-memory.js';
import { seededRandom } from '../../../src/lib/random.js';
import { outcomeRows, promptOf } from './outcomes.js';

describe('principal axes', () => {
  test('are the directions in which rows differ most, at right angles', () => {
    const random = seededRandom(2);
    const values = new Float32Array(3 * 500);
    for (let row = 0; row < 500; row++) {
      const [far, near] = [10 * (random() - 0.5), random() - 0.5];
      values.set([far + near, far - near, 4], 3 * row);
    }
    const { axes, mean } = principalAxes({ values, width: 3 }, { count: 3, random });
    expect(mean[2]).toBeCloseTo(4, 5);
    expect(Math.abs((axes[0] ?? 0) * (axes[1] ?? 0))).toBeCloseTo(0.5, 2);
    expect((axes[0] ?? 0) * (axes[3] ?? 0) + (axes[1] ?? 0) * (axes[4] ?? 0)).toBeCloseTo(0, 5);
    // The third column never changes, so that no third direction is left.
    expect([...axes.subarray(6)]).toEqual([0, 0, 0]);
  });
});

describe('a memory', () => {
  const rows = outcomeRows({ count: 300 });
  const memory = memoryOf(rows, seededRandom(3));

  test('tells hard prompts from easy ones by those like them', () => {
    const [easy, hard] = [-0.8, 0.8].map((hardness) => recall(memory, promptOf(hardness).embedding.vector));
    expect(easy).toHaveLength(recallWidth(memory));
    expect(easy?.[0]).toBeGreaterThan(0.9);
    expect(Math.abs((easy?.[1] ?? 0) - (hard?.[1] ?? 0))).toBeGreaterThan(0.5);
  });

  test('takes models that were not asked for average ones', () => {
    const unknown = {
      ...rows,
      correct: rows.correct.map((value, at) => (at % 2 === 1 ? Number.NaN : value)),
    };
    const told = recall(memoryOf(unknown, seededRandom(3)), promptOf(0.5).embedding.vector);
    expect(told.every(Number.isFinite)).toBe(true);
  });

  test('has nothing to say when it is empty, or about nothing', () => {
    const empty = memoryOf({ ...rows, prompts: [], correct: new Float32Array() }, seededRandom(3));
    expect([...recall(empty, promptOf(0).embedding.vector)].every((value) => value === 0)).toBe(true);
    expect(recall(memory, memory.mean).every(Number.isFinite)).toBe(true);
  });
});
