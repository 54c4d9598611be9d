import { describe, expect, test } from '@jest/globals';
import { classifiedIndices, type LabelledRows, rowAt } from '../../../src/learn/rows.js';
import { fitSoftmax } from '../../../src/learn/softmax-regression.js';
import { seededRandom } from '../../../src/lib/random.js';
import { highest } from '../../../src/signals/custom-head.js';
import { blobs } from './blobs.js';

function trainOn(rows: LabelledRows, changes: Partial<Parameters<typeof fitSoftmax>[1]> = {}) {
  const indices = classifiedIndices(rows);
  return fitSoftmax(rows, {
    l2: 1e-3,
    passes: 5,
    stepsMin: 400,
    random: seededRandom(3),
    indices,
    ...changes,
  });
}

function accuracy(rows: LabelledRows, model: ReturnType<typeof trainOn>): number {
  let right = 0;
  for (const [index, label] of rows.labels.entries()) {
    const row = rowAt(rows, index);
    const logits = model.biases.map((bias, c) =>
      row.reduce((sum, value, at) => sum + value * (model.weights[c * rows.width + at] ?? 0), bias),
    );
    if (highest(logits) === label) right++;
  }
  return right / rows.labels.length;
}

describe('softmax regression', () => {
  test.each([2, 3, 4, 5, 7])('tells %d classes apart that it has not seen these rows of', (classes) => {
    const model = trainOn(blobs({ classes, perClass: 30, noise: 0.8, seed: 1 }));
    expect(accuracy(blobs({ classes, perClass: 30, noise: 0.8, seed: 2 }), model)).toBeGreaterThan(0.95);
  });

  test('gives the same to the last bit for the same seed', () => {
    const rows = blobs({ classes: 3, perClass: 40 });
    expect(trainOn(rows)).toEqual(trainOn(rows));
    expect(trainOn(rows).weights).not.toEqual(trainOn(rows, { random: seededRandom(4) }).weights);
  });

  test('finds the one solution that binary rows have: the log of the odds', () => {
    // One input that is always 0, so that only the biases can learn: 30 rows against 10.
    const labels = Int32Array.from({ length: 40 }, (_, index) => (index < 30 ? 0 : 1));
    const rows = { values: new Float32Array(40), width: 1, labels, classes: 2 };
    const { biases } = trainOn(rows, { stepsMin: 3000 });
    expect((biases[0] ?? 0) - (biases[1] ?? 0)).toBeCloseTo(Math.log(3), 2);
  });

  test('stays where it is drawn to when the pull is strong, and without rows', () => {
    const rows = blobs({ classes: 2, perClass: 20 });
    const towards = new Float32Array(2 * rows.width).fill(0.5);
    const apart = (weights: Float32Array) => Math.max(...weights.map((value) => Math.abs(value - 0.5)));
    expect(apart(trainOn(rows, { towards, l2: 1000 }).weights)).toBeLessThan(0.05);
    expect(apart(trainOn(rows, { towards, l2: 0 }).weights)).toBeGreaterThan(0.5);
    expect(trainOn(rows, { towards, indices: new Uint32Array(0) }).weights).toEqual(towards);
  });

  test('learns from the rows it is given alone', () => {
    const rows = blobs({ classes: 3, perClass: 30 });
    const onlyTwo = classifiedIndices(rows).filter((index) => rows.labels[index] !== 2);
    const model = trainOn(rows, { indices: onlyTwo });
    expect(accuracy(rows, model)).toBeCloseTo(2 / 3, 5);
  });
});
