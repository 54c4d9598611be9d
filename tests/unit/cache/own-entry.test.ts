import { expect, test } from '@jest/globals';
import { isOwnEntry } from '../../../src/cache/own-entry.js';

const entry = { partition: 'p', createdAtMs: 10_000, expiresAtMs: 70_000 };

test.each([
  [{ partition: 'p', maxAgeSeconds: undefined }, 69_999, true],
  [{ partition: 'p', maxAgeSeconds: undefined }, 70_000, false],
  [{ partition: 'q', maxAgeSeconds: undefined }, 20_000, false],
  [{ partition: 'p', maxAgeSeconds: 10 }, 20_000, true],
  [{ partition: 'p', maxAgeSeconds: 10 }, 20_001, false],
])('on terms %j at %d ms: %s', (terms, nowMs, expected) => {
  expect(isOwnEntry(entry, terms, nowMs)).toBe(expected);
});
