import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seededRandom, shuffledIndices } from '../../../src/lib/random.js';

test('numbers lie in [0, 1), spread evenly, and come again for the same seed', () => {
  const random = seededRandom(42);
  const numbers = Array.from({ length: 10_000 }, random);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  for (let tenth = 0; tenth < 10; tenth++) {
    const there = numbers.filter((each) => Math.floor(each * 10) === tenth).length;
    expect(Math.abs(there - 1000)).toBeLessThan(150);
  }
  const again = seededRandom(42);
  expect(numbers.slice(0, 50)).toEqual(Array.from({ length: 50 }, again));
});

test('shuffling keeps every index once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.nat(), (count, seed) => {
      const shuffled = shuffledIndices(count, seededRandom(seed));
      expect([...shuffled].sort((a, b) => a - b)).toEqual([...new Array(count).keys()]);
    }),
  );
});
