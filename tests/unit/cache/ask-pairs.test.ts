import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { verifyAsk } from '../../../src/cache/verify.js';

interface Pair {
  readonly a: string;
  readonly b: string;
  readonly same: 0 | 1;
  /** The check that must see the difference. */
  readonly kind?: string;
}

const pairs = readFileSync(new URL('../../fixtures/ask-pairs.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Pair);
const rewordings = pairs.filter((pair) => pair.same === 1);
const traps = pairs.filter((pair) => pair.same === 0);

describe('verifyAsk on pairs where one thing differs, and on rewordings', () => {
  test('has pairs of both kinds to judge', () => {
    expect(rewordings.length).toBeGreaterThanOrEqual(60);
    expect(traps.length).toBeGreaterThanOrEqual(95);
  });

  test.each(rewordings)('lets a rewording pass: $a / $b', ({ a, b }) => {
    expect(verifyAsk(a, b)).toMatchObject({ agrees: true, reason: 'agrees' });
    expect(verifyAsk(b, a)).toMatchObject({ agrees: true, reason: 'agrees' });
  });

  test.each(traps)('stops a trap: $a / $b', ({ a, b, kind }) => {
    expect(verifyAsk(a, b)).toMatchObject({ agrees: false, reason: kind });
    expect(verifyAsk(b, a).agrees).toBe(false);
  });
});
