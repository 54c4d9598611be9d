import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCacheControl } from '../../../src/cache/cache-control.js';

const nothing = {
  noCache: false,
  noStore: false,
  isPrivate: false,
  onlyIfCached: false,
  maxAgeSeconds: undefined,
  minSimilarity: undefined,
};

describe('parseCacheControl', () => {
  test.each([
    [undefined, {}],
    ['', {}],
    ['no-store', { noStore: true }],
    ['No-Cache , PRIVATE', { noCache: true, isPrivate: true }],
    ['max-age=60', { maxAgeSeconds: 60 }],
    ['max-age="60"', { maxAgeSeconds: 60 }],
    ['max-age=60, max-age=30, max-age=90', { maxAgeSeconds: 30 }],
    ['only-if-cached', { onlyIfCached: true }],
    ['min-similarity=0.9', { minSimilarity: 0.9 }],
    ['min-similarity=.5, Min-Similarity="0.25"', { minSimilarity: 0.5 }],
    ['min-similarity=0', { minSimilarity: 0 }],
    ['min-similarity=1', { minSimilarity: 1 }],
    ['min-similarity=1e-9', { minSimilarity: 1 }],
    ['min-similarity=-1', { minSimilarity: 1 }],
    ['min-similarity', { minSimilarity: 1 }],
    ['max-age', { maxAgeSeconds: 0 }],
    ['max-age=soon', { maxAgeSeconds: 0 }],
    ['private="set-cookie, x", no-store', { isPrivate: true, noStore: true }],
    ['ext="a, no-store"', {}],
    ['ext="a\\", no-store"', {}],
    ['no-store-not, xno-cache', {}],
    [',,;=,', {}],
  ])('%j', (value, expected) => {
    expect(parseCacheControl(value)).toEqual({ ...nothing, ...expected });
  });

  test('a value too long to be read whole counts as no-store', () => {
    expect(parseCacheControl(`x${', x'.repeat(1000)}`).noStore).toBe(true);
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (value) => typeof parseCacheControl(value).noStore === 'boolean'));
  });
});
