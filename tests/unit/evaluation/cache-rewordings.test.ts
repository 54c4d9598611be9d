import { describe, expect, test } from '@jest/globals';
import { createMemoryStore } from '../../../src/adapters/memory/store.js';
import { evaluateRewordings, readRewordings } from '../../../src/evaluation/cache-rewordings.js';
import type { CacheTools } from '../../../src/evaluation/cache-trials.js';
import { systemClock } from '../../../src/lib/clock.js';
import { wordEncoder } from '../../support/word-encoder.js';
import { jsonLines, scratch } from './files.js';

const folder = scratch();
const encoder = wordEncoder();
const ENTRIES = Array.from({ length: 1000 }, (_, index) => `alpha${index} beta${index} gamma${index}`);

function tools(): CacheTools {
  const limits = { maxEntries: 5000, bytesMax: 1e9, evictionPolicy: 'lru' } as const;
  const store = createMemoryStore({ ...limits, dimension: encoder.dimension, clock: systemClock });
  const thresholds = { similarity: 0.8, candidate: 0.5 };
  return { encoder, workers: 1, clock: systemClock, store, judge: undefined, thresholds };
}

const LOAVES = {
  kind: 'everyday',
  ask: 'how do I bake two rye loaves',
  rewordings: ['how do I bake two rye loaves', 'how do I bake two rye loaves?', 'bread please'],
  near: ['how do I bake three rye loaves'],
};

describe('evaluateRewordings', () => {
  test('counts rewordings that hit and near questions that are served, beside a threshold as safe', async () => {
    const { json, figures } = await evaluateRewordings([LOAVES], ENTRIES, tools());
    expect(json).toMatchObject({
      questions: 1,
      rewordings: 3,
      near: 1,
      hit_rate: 0.6667,
      hits: 2,
      wrong_hits: 0,
      near_served: 0,
      threshold_wrong_hits: 0,
      missed: { similarity: 1 },
    });
    expect(figures.map(({ n }) => n)).toEqual([3, 1, 3]);
    // The near question is as like as a rewording is, so no threshold tells them apart.
    expect(json['threshold_hit_rate']).toBeLessThanOrEqual(0.6667);
  });

  test('nothing served is no mistake', async () => {
    const strange = { kind: undefined, ask: 'delta', rewordings: ['epsilon'], near: ['zeta'] };
    const { json } = await evaluateRewordings([strange], ENTRIES, tools());
    expect(json).toMatchObject({ hit_rate: 0, hits: 0, wrong_hits: 0, threshold_hit_rate: 0 });
  });
});

describe('readRewordings', () => {
  test('reads questions, with or without a kind', async () => {
    const { kind: _, ...plain } = LOAVES;
    const path = folder.file('good.jsonl', jsonLines([LOAVES, plain]));
    expect(await readRewordings(path)).toEqual([LOAVES, { ...plain, kind: undefined }]);
  });

  test.each([
    ['no list', { ...LOAVES, near: 'one' }, '"near" must be a list'],
    ['a number among the texts', { ...LOAVES, rewordings: ['a', 1] }, '"rewordings" holds something'],
    ['no question', { rewordings: [], near: [] }, 'there is no "ask"'],
    [
      'too many',
      { ...LOAVES, near: Array.from({ length: 1001 }, () => 'a') },
      '"near" must be a list of 1000 texts at most',
    ],
  ])('refuses %s, with the line', async (_, row, message) => {
    const path = folder.file('bad.jsonl', jsonLines([LOAVES, row]));
    await expect(readRewordings(path)).rejects.toThrow(`bad.jsonl:2: ${message}`);
  });

  test('the questions of ours: five rewordings each, and as many near ones', async () => {
    const rows = await readRewordings('tests/fixtures/everyday-rewordings.jsonl');
    expect(rows.length).toBeGreaterThanOrEqual(60);
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['everyday', 'service', 'code']));
    for (const { rewordings, near } of rows) {
      expect(rewordings).toHaveLength(5);
      expect(near.length).toBeGreaterThanOrEqual(1);
    }
    const texts = rows.flatMap(({ ask, rewordings, near }) => [ask, ...rewordings, ...near]);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
