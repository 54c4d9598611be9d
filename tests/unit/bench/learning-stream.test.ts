import { describe, expect, test } from '@jest/globals';
import { madeStream } from '../../../bench/learning-rows.js';
import { openStreams } from '../../../bench/learning-stream.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { seededRandom } from '../../../src/lib/random.js';

const load = <T>(path: string) => import(`../../../src/${path}`) as Promise<T>;
const STREAM = madeStream(seededRandom(1));
const PLAN = {
  rule: DEFAULTS.learning,
  bias: DEFAULTS.selection.qualityBias,
  healthy: 1000,
  degraded: 600,
};
const SEEDS = [1, 2, 3];

describe('a replayed stream, by the code that serves and at its defaults', () => {
  test.each(SEEDS)(
    'takes half of its traffic from a model that got worse by 20 points (%i)',
    async (seed) => {
      const replay = await openStreams(load);
      const result = await replay(STREAM, { ...PLAN, seed, points: 0.2 });
      expect(result.before).toBeGreaterThan(0.3);
      expect(result.halvedAfter).toBeLessThanOrEqual(500);
      expect(result.after[4]).toBeLessThanOrEqual(result.before / 2);
      expect(result.explored).toBeLessThanOrEqual(DEFAULTS.learning.exploreMax);
      expect(result.explored).toBeGreaterThan(0);
      const { oracle, served, unlearnt } = result;
      // Of what somebody who knows saves, learning saves more than half.
      expect(oracle.worth - served.worth).toBeLessThan((oracle.worth - unlearnt.worth) / 2);
    },
  );

  test('gives the same figures for the same seed, and others for another', async () => {
    const replay = await openStreams(load);
    const plan = { ...PLAN, healthy: 100, degraded: 100, points: 0.2 };
    const result = await replay(STREAM, { ...plan, seed: 1 });
    expect(await replay(STREAM, { ...plan, seed: 1 })).toEqual(result);
    expect(await replay(STREAM, { ...plan, seed: 2 })).not.toEqual(result);
  });

  test.each(SEEDS)('costs next to nothing where no model gets worse (%i)', async (seed) => {
    const replay = await openStreams(load);
    const { served, unlearnt } = await replay(STREAM, { ...PLAN, seed, points: 0 });
    expect(unlearnt.worth - served.worth).toBeLessThan(0.01);
  });
});
