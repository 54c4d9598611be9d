import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bucketOfChars, groupByLength, textsPerPass } from '../../../../src/adapters/onnx/length-buckets.js';

describe('bucketOfChars', () => {
  test.each([
    [0, 16],
    [56, 16],
    [57, 32],
    [1016, 256],
    [1017, undefined],
  ])('%i characters are estimated to fit %s', (chars, bucket) => {
    expect(bucketOfChars(chars)).toBe(bucket);
  });
});

test('a pass has few texts, and few tokens', () => {
  expect([16, 32, 64, 128, 256, undefined].map(textsPerPass)).toEqual([8, 8, 8, 4, 2, 1]);
});

describe('groupByLength', () => {
  const identity = (length: number) => length;

  test('joins what fits one bucket, in order', () => {
    expect(groupByLength([3, 20, 16, 300, 17, 400], identity)).toEqual([[3, 16], [20, 17], [300], [400]]);
  });

  test('begins another group when one is full', () => {
    expect(groupByLength([200, 201, 202], identity)).toEqual([[200, 201], [202]]);
  });

  test('every text is in one group, and no pass is wider than its bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 512 }), { maxLength: 60 }), (lengths) => {
        const groups = groupByLength([...lengths.keys()], (index) => lengths[index] ?? 0);
        expect(groups.flat().sort((a, b) => a - b)).toEqual([...lengths.keys()]);
        for (const group of groups) {
          const longest = Math.max(...group.map((index) => lengths[index] ?? 0));
          expect(group.length).toBeLessThanOrEqual(8);
          expect(longest * group.length).toBeLessThanOrEqual(512);
          // Padding is at most half of the pass but in the smallest bucket.
          const shortest = Math.min(...group.map((index) => lengths[index] ?? 0));
          if (longest > 16) expect(shortest * 2).toBeGreaterThan(longest);
        }
      }),
    );
  });
});
