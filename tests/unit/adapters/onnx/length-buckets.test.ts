import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bucketOfChars, groupByLength, textsPerPass } from '../../../../src/adapters/onnx/length-buckets.js';

describe('bucketOfChars', () => {
  test.each([
    [0, 8],
    [24, 8],
    [25, 12],
    [120, 32],
    [121, undefined],
  ])('%i characters are estimated to fit %s', (chars, bucket) => {
    expect(bucketOfChars(chars)).toBe(bucket);
  });
});

test('a pass has few texts, and few tokens', () => {
  expect([8, 12, 16, 24, 32, undefined].map(textsPerPass)).toEqual([8, 8, 8, 5, 4, 1]);
});

describe('groupByLength', () => {
  const identity = (length: number) => length;

  test('joins what fits one bucket, in order', () => {
    expect(groupByLength([15, 20, 16, 300, 19, 300], identity)).toEqual([[15, 16], [20, 19], [300], [300]]);
  });

  test('begins another group when one is full', () => {
    expect(groupByLength([32, 31, 32, 31, 32], identity)).toEqual([[32, 31, 32, 31], [32]]);
  });

  test('every text is in one group, and no pass is wider than its bounds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 2, max: 32 }), fc.integer({ min: 2, max: 512 })), {
          maxLength: 60,
        }),
        (lengths) => {
          const groups = groupByLength([...lengths.keys()], (index) => lengths[index] ?? 0);
          expect(groups.flat().sort((a, b) => a - b)).toEqual([...lengths.keys()]);
          for (const group of groups) {
            const longest = Math.max(...group.map((index) => lengths[index] ?? 0));
            expect(group.length).toBeLessThanOrEqual(8);
            if (group.length > 1) expect(longest * group.length).toBeLessThanOrEqual(128);
            // Little of a pass is padding but in the smallest bucket.
            const shortest = Math.min(...group.map((index) => lengths[index] ?? 0));
            if (longest > 6) expect(shortest).toBeGreaterThanOrEqual(longest * 0.85);
          }
        },
      ),
    );
  });
});
