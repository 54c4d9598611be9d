import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stratifiedFolds } from '../../../src/learn/split.js';
import { seededRandom } from '../../../src/lib/random.js';

test('each fold gets its share of every label', () => {
  const labels = fc.array(fc.integer({ min: -1, max: 4 }), { maxLength: 200 });
  fc.assert(
    fc.property(labels, fc.integer({ min: 2, max: 6 }), fc.nat(), (given, folds, seed) => {
      const foldOf = stratifiedFolds(given, { folds, random: seededRandom(seed) });
      for (const label of [undefined, ...new Set(given)]) {
        const sizes = new Array<number>(folds).fill(0);
        for (const [index, fold] of foldOf.entries()) {
          if (label === undefined || given[index] === label) sizes[fold] = (sizes[fold] ?? 0) + 1;
        }
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('the same seed gives the same folds, another one others', () => {
  const labels = Array.from({ length: 100 }, (_, index) => index % 2);
  const folds = (seed: number) => stratifiedFolds(labels, { folds: 5, random: seededRandom(seed) });
  expect(folds(1)).toEqual(folds(1));
  expect(folds(1)).not.toEqual(folds(2));
});
