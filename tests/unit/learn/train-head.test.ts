import { describe, expect, test } from '@jest/globals';
import { fitOutOfScope } from '../../../src/learn/out-of-scope.js';
import { classifiedIndices, type LabelledRows, rowAt } from '../../../src/learn/rows.js';
import { centersOf, type TrainedHead, trainHead } from '../../../src/learn/train-head.js';
import { seededRandom } from '../../../src/lib/random.js';
import { highest, outOfScopeScore, readHead } from '../../../src/signals/custom-head.js';
import { blobs } from './blobs.js';

const OPTIONS = { outOfScopeLabel: 'oos', keep: 0.95 };

function train(rows: LabelledRows, more: Partial<Parameters<typeof trainHead>[1]> = {}): TrainedHead {
  return trainHead(rows, { ...OPTIONS, random: seededRandom(7), ...more });
}

/** Label by the head, -1 for out of scope. */
function judge(head: TrainedHead, rows: LabelledRows): Int32Array {
  return rows.labels.map((_, index) => {
    const { logits, evidence } = readHead(head, rowAt(rows, index));
    return outOfScopeScore(head.outOfScope, evidence) >= head.outOfScope.threshold ? -1 : highest(logits);
  });
}

function shareRight(rows: LabelledRows, predicted: Int32Array, inScope: boolean): number {
  const asked = [...rows.labels.keys()].filter((index) => (rows.labels[index] ?? -1) >= 0 === inScope);
  return asked.filter((index) => rows.labels[index] === predicted[index]).length / asked.length;
}

describe('a head', () => {
  const unseen = blobs({ classes: 6, perClass: 40, strays: 60, noise: 0.5, seed: 99 });

  test.each([
    ['of five rows a label', 5, 0],
    ['of forty rows a label', 40, 0],
    ['of forty rows a label and some out of scope', 40, 30],
    ['of forty rows a label and two out of scope', 40, 2],
  ])('%s knows its labels, and what is none of them', (_, perClass, strays) => {
    const head = train(blobs({ classes: 6, perClass, strays, noise: 0.5 }));
    const judged = judge(head, unseen);
    expect(shareRight(unseen, judged, true)).toBeGreaterThan(0.8);
    expect(shareRight(unseen, judged, false)).toBeGreaterThan(0.8);
  });

  test('judges its own rows by heads that did not see them', () => {
    const rows = blobs({ classes: 4, perClass: 20, noise: 0.3 });
    // Labels that say nothing can be learnt by heart, but not guessed.
    const random = seededRandom(2);
    const labels = rows.labels.map(() => Math.floor(4 * random()));
    const steps: string[] = [];
    const head = train({ ...rows, labels }, { keep: 1, progress: (fit, of) => steps.push(`${fit}/${of}`) });
    expect(shareRight({ ...rows, labels }, head.predicted, true)).toBeLessThan(0.5);
    expect(steps).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6']);
  });

  test('keeps the wanted share of its rows in scope', () => {
    const rows = blobs({ classes: 4, perClass: 100, noise: 0.6 });
    for (const keep of [0.8, 0.9, 1]) {
      const { predicted } = train(rows, { keep });
      const kept = predicted.filter((label) => label >= 0).length / predicted.length;
      expect(Math.abs(kept - keep)).toBeLessThan(0.01);
    }
  });

  test('chooses by other rows where it is told to, in one fit', () => {
    const steps: string[] = [];
    const others = blobs({ classes: 6, perClass: 10, strays: 10, noise: 0.5, seed: 5 });
    const head = train(blobs({ classes: 6, perClass: 20, noise: 0.1 }), {
      chooseBy: others,
      progress: (fit, of) => steps.push(`${fit}/${of}`),
    });
    expect(head.predicted).toEqual(judge(head, others));
    expect(head.calibrationError).toBeLessThan(0.3);
    expect(steps).toEqual(['1/1']);
  });

  test('is the same to the last bit for the same seed', () => {
    const rows = blobs({ classes: 3, perClass: 10, strays: 5 });
    expect(train(rows)).toEqual(train(rows));
  });

  test('takes fewer folds of many rows, and a part of their logits', () => {
    const steps: number[] = [];
    const rows = blobs({ classes: 2, perClass: 2600, width: 4 });
    train(rows, { progress: (_, of) => steps.push(of) });
    expect(steps).toEqual([4, 4, 4, 4]);
  });
});

test('a center is the unit mean of its rows, and zero without any', () => {
  const rows = {
    values: Float32Array.from([2, 0, 0, 2]),
    width: 2,
    labels: Int32Array.from([0, 0]),
    classes: 2,
  };
  const centers = centersOf(rows, classifiedIndices(rows));
  const half = Math.SQRT1_2.toFixed(3);
  expect([...centers].map((value) => value.toFixed(3))).toEqual([half, half, '0.000', '0.000']);
});

test('without a row in scope every kind of evidence counts the same', () => {
  const rows = { values: new Float32Array(3), width: 3, labels: Int32Array.from([-1]) };
  const rule = fitOutOfScope(rows, { keep: 0.9, label: 'none', random: seededRandom(1) });
  expect(new Set(rule.coefficients).size).toBe(1);
  expect(rule.threshold).toBeGreaterThan(0);
});
