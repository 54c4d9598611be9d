import { describe, expect, test } from '@jest/globals';
import { binColumns } from '../../../src/learn/binned-columns.js';
import { addTrees, fitTrees, LEAF, type Trees } from '../../../src/learn/boosted-trees.js';
import { rowAt } from '../../../src/learn/rows.js';
import { seededRandom } from '../../../src/lib/random.js';

const OPTIONS = { rounds: 60, rate: 0.2, leavesMax: 4, rowsPerLeafMin: 5, columnShare: 0.7 };

/** Two outputs: the first hangs on two columns together, the second on the third; the fourth column says nothing. */
function made(count: number) {
  const random = seededRandom(11);
  const values = Float32Array.from({ length: count * 4 }, () => random());
  const targets = new Float32Array(count * 2);
  for (let row = 0; row < count; row++) {
    const [a = 0, b = 0, c = 0] = rowAt({ values, width: 4 }, row);
    targets[2 * row] = a > 0.5 === b > 0.5 ? 0.5 : -0.5;
    targets[2 * row + 1] = c > 0.25 ? 0.2 : -0.6;
  }
  return {
    rows: { values, width: 4 },
    targets,
    outputs: 2,
    indices: Uint32Array.from({ length: count }, (_, at) => at),
  };
}

function said(trees: Trees, row: Float32Array): Float32Array {
  const sums = new Float32Array(trees.outputs);
  addTrees(trees, row, sums);
  return sums;
}

describe('boosted trees', () => {
  test('learn what hangs on several columns together, for several outputs', () => {
    const data = made(600);
    const trees = fitTrees(data.rows, data, { ...OPTIONS, random: seededRandom(1) });
    expect(said(trees, Float32Array.of(0.9, 0.9, 0.9, 0.5))[0]).toBeGreaterThan(0.25);
    expect(said(trees, Float32Array.of(0.9, 0.1, 0.1, 0.5))[0]).toBeLessThan(-0.25);
    expect(said(trees, Float32Array.of(0.9, 0.1, 0.1, 0.5))[1]).toBeLessThan(-0.4);
    expect(trees.columns.every((column) => column === LEAF || column < 4)).toBe(true);
    expect(trees.roots).toHaveLength(OPTIONS.rounds);
  });

  test('are the same with the same random numbers', () => {
    const data = made(200);
    const trained = () => fitTrees(data.rows, data, { ...OPTIONS, random: seededRandom(2) });
    expect(trained()).toEqual(trained());
  });

  test('learn from the rows named alone, and nothing from outcomes nobody knows', () => {
    const data = made(400);
    const half = data.indices.subarray(0, 200);
    const spoilt = data.targets.map((value, at) => (at >= 400 ? 9 : value));
    const trained = (targets: Float32Array) =>
      fitTrees(data.rows, { ...data, targets, indices: half }, { ...OPTIONS, random: seededRandom(3) });
    expect(trained(spoilt)).toEqual(trained(data.targets));
    const unknown = trained(data.targets.map(() => Number.NaN));
    expect([...said(unknown, rowAt(data.rows, 0))]).toEqual([0, 0]);
  });

  test('are single leaves where there are too few rows to part', () => {
    const data = made(8);
    const trees = fitTrees(data.rows, data, { ...OPTIONS, columnShare: 0, random: seededRandom(4) });
    expect(trees.columns.every((column) => column === LEAF)).toBe(true);
  });
});

test('a column of one number has no cuts, and numbers fall on the side that a tree sends them to', () => {
  const values = Float32Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? 7 : at));
  const { bins, cuts, rows } = binColumns(
    { values, width: 2 },
    Uint32Array.from({ length: 100 }, (_, at) => at),
  );
  expect(cuts[0]).toHaveLength(0);
  expect(cuts[1]?.length).toBeGreaterThan(30);
  for (let row = 0; row < rows; row++) {
    const bin = bins[rows + row] ?? 0;
    const value = values[2 * row + 1] ?? 0;
    expect(value <= (cuts[1]?.[bin] ?? Number.POSITIVE_INFINITY)).toBe(true);
    expect(bin === 0 || value > (cuts[1]?.[bin - 1] ?? 0)).toBe(true);
  }
});
