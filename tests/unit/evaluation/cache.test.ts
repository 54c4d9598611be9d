import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createMemoryStore } from '../../../src/adapters/memory/store.js';
import type { PairJudge } from '../../../src/cache/pair-judge.js';
import { curveCsv, evaluateCache } from '../../../src/evaluation/cache.js';
import {
  type PairRow,
  readEntries,
  readPairs,
  sampleOf,
  unrelatedTo,
} from '../../../src/evaluation/cache-rows.js';
import type { CacheTools } from '../../../src/evaluation/cache-trials.js';
import { measureCache } from '../../../src/evaluation/dev-cache.js';
import { systemClock } from '../../../src/lib/clock.js';
import { wordEncoder } from '../../support/word-encoder.js';
import { jsonLines, scratch } from './files.js';

const folder = scratch();
const encoder = wordEncoder();
const ENTRIES = Array.from({ length: 1000 }, (_, index) => `alpha${index} beta${index} gamma${index}`);
const THRESHOLDS = { similarity: 0.8, candidate: 0.5 };

function openStore(): CacheTools['store'] {
  const limits = { maxEntries: 5000, bytesMax: 1e9, evictionPolicy: 'lru' } as const;
  return createMemoryStore({ ...limits, dimension: encoder.dimension, clock: systemClock });
}

function toolsWith(judge?: PairJudge): CacheTools {
  return { encoder, workers: 1, clock: systemClock, store: openStore(), judge, thresholds: THRESHOLDS };
}

function row(a: string, b: string, same: boolean, kind?: string): PairRow {
  return { a, b, same, kind };
}

/** Knows which pairs are the same. */
function judgeOf(...same: readonly string[]): PairJudge {
  const judge: PairJudge['judge'] = async (asked, stored) =>
    stored.map((text) => (same.includes(`${asked}|${text}`) ? 0.96 : 0.01));
  return { hash: 'h', accept: 0.9, reject: 0.2, judge };
}

const EQUAL = row('How do I bake a rye loaf?', 'How do I bake a rye loaf?', true);
const REWORDED = row(
  'what are the main renewable energy sources',
  'What are the sources of main renewable energy',
  true,
  'order',
);
const TRAP = row('how do I bake two rye loaves', 'how do I bake three rye loaves', false, 'number');
const BOLD = row(
  'cheap renewable sources of energy please',
  'renewable energy, cheap kinds of source',
  true,
  'order',
);
const FAR = row('how do I fold a crane', 'origami bird instructions', true);

describe('evaluateCache', () => {
  test('tries each row on its own, by the checks as shipped', async () => {
    const found = await evaluateCache([EQUAL, REWORDED, TRAP, FAR], ENTRIES, toolsWith());
    expect(found.json).toMatchObject({
      n: 4,
      hits: 2,
      precision: 1,
      recall: 0.6667,
      false_hit_rate: 0,
      threshold: 0.8,
      judge: null,
      entries: 1000,
      missed: { similarity: 1 },
      kinds: { order: { n: 1, recall: 1 }, number: { n: 1, false_hit_rate: 0, recall: null } },
    });
    expect(found.notes).toHaveLength(1);
    expect(found.figures.map(({ name, value }) => [name, value])).toEqual([
      ['precision', 1],
      ['recall', expect.closeTo(2 / 3)],
      ['false hits', 0],
    ]);
  });

  test('one threshold serves the trap, the checks do not', async () => {
    const { json } = await evaluateCache([EQUAL, TRAP], ENTRIES, toolsWith());
    expect(json['baselines']).toMatchObject({
      'threshold_0.80': { hits: 2, precision: 0.5, false_hit_rate: 1 },
      'threshold_0.92': { hits: 1, precision: 1 },
      guards: { hits: 1, precision: 1 },
    });
  });

  test('the judge serves what the threshold alone would not, and refuses what the checks let pass', async () => {
    const rows = [BOLD, REWORDED];
    const without = await evaluateCache(rows, ENTRIES, toolsWith());
    expect(without.json).toMatchObject({ hits: 1 });
    const judge = judgeOf(`${BOLD.b}|${BOLD.a}`);
    const found = await evaluateCache(rows, ENTRIES, toolsWith(judge));
    expect(found.json).toMatchObject({
      hits: 1,
      recall: 0.5,
      missed: { judged: 1 },
      judge: { candidate: 0.5, accept: 0.9 },
    });
    expect(found.notes).toEqual([]);
    const byAccept = found.curve.filter(({ policy }) => policy === 'judge');
    expect(byAccept.find(({ threshold }) => threshold === 0.95)).toMatchObject({ hits: 1 });
    expect(byAccept.find(({ threshold }) => threshold === 0.97)).toMatchObject({ hits: 0, precision: null });
  });

  test('the curve falls in hits as the threshold rises, and an equal text hits at any', async () => {
    const { curve } = await evaluateCache([EQUAL, REWORDED, TRAP, BOLD], ENTRIES, toolsWith());
    for (const policy of ['plain', 'guards', 'shipped'] as const) {
      const hits = curve.filter((point) => point.policy === policy).map((point) => point.hits);
      expect(hits).toHaveLength(60);
      expect(hits.toSorted((one, other) => other - one)).toEqual(hits);
      expect(hits.at(-1)).toBeGreaterThanOrEqual(1);
    }
    const lines = curveCsv(curve).trim().split('\n');
    expect(lines[0]).toBe('policy,threshold,precision,recall,false_hit_rate,hits');
    expect(lines).toHaveLength(181);
  });

  test('a hit on an entry that nobody asked for is wrong', async () => {
    const stray = row('quite another thing', 'alpha7 beta7 gamma7 please', true);
    const { json } = await evaluateCache([stray], ENTRIES, toolsWith());
    expect(json).toMatchObject({ hits: 1, precision: 0, recall: 0, false_hit_rate: null });
  });

  test('long texts and texts of unknown letters hit word for word alone', async () => {
    const long = row('word '.repeat(500), 'Word '.repeat(500), true);
    const foreign = row('退款要多久', '退款要几天', false);
    const { json } = await evaluateCache([long, foreign], ENTRIES, toolsWith());
    expect(json).toMatchObject({ hits: 0, missed: { 'exact-only': 1 } });
  });

  test('entries that the rows ask for are left out, and too few are refused', async () => {
    const rows = [row(ENTRIES[3] ?? '', 'else', false)];
    expect(unrelatedTo(rows, ENTRIES)).toHaveLength(999);
    await expect(evaluateCache(rows, ENTRIES, toolsWith())).rejects.toThrow('only 999 of the entries');
  });
});

describe('files of pairs and entries', () => {
  test('pairs are texts and a label', async () => {
    const path = folder.file(
      'pairs.jsonl',
      jsonLines([
        { a: 'x', b: 'y', same: 1, kind: 'unit' },
        { a: 'x', b: 'z', same: 0 },
      ]),
    );
    expect(await readPairs(path)).toEqual([row('x', 'y', true, 'unit'), row('x', 'z', false)]);
    const wrong = folder.file('wrong.jsonl', jsonLines([{ a: 'x', b: 'y', same: 'yes' }]));
    await expect(readPairs(wrong)).rejects.toThrow('wrong.jsonl:1: "same" must be 0 or 1');
  });

  test('a thousand unlike entries are needed', async () => {
    const path = folder.file('few.jsonl', jsonLines([{ ask: 'one' }, { ask: 'one' }]));
    await expect(readEntries(path)).rejects.toThrow('has 1 unlike questions');
  });

  test('a sample is the same for the same seed, in the order of the rows', () => {
    const rows = Array.from({ length: 100 }, (_, index) => index);
    const drawn = sampleOf(rows, { limit: 10, seed: 1 });
    expect(drawn).toEqual(sampleOf(rows, { limit: 10, seed: 1 }));
    expect(drawn).toEqual(drawn.toSorted((one, other) => one - other));
    expect(drawn).not.toEqual(sampleOf(rows, { limit: 10, seed: 2 }));
    expect(sampleOf(rows, { limit: 200, seed: 1 })).toBe(rows);
  });
});

describe('measureCache', () => {
  const sources = (traps: string) => ({
    openStore: async () => openStore(),
    judge: undefined,
    thresholds: THRESHOLDS,
    entries: folder.file('entries.jsonl', jsonLines(ENTRIES.map((ask) => ({ ask })))),
    traps,
    pairsMax: 3,
  });

  test('tries a part of the question pairs, and says which', async () => {
    const rows = Array.from({ length: 5 }, () => ({ a: EQUAL.a, b: EQUAL.b, same: 1 }));
    mkdirSync(`${folder.path}/cache`);
    writeFileSync(`${folder.path}/cache/question_pairs.dev.jsonl`, jsonLines(rows));
    const traps = folder.file('one-trap.jsonl', jsonLines(rows.slice(0, 1)));
    const tools = { encoder, workers: 1, clock: systemClock };
    const some = await measureCache(sources(traps), folder.path, tools);
    const recall = some.find(({ what }) => what === 'cache, question pairs (3 of 5): recall');
    expect(recall?.figure.n).toBe(3);
    const all = await measureCache({ ...sources(traps), pairsMax: 5 }, folder.path, tools);
    expect(all.find(({ what }) => what === 'cache, question pairs: recall')?.figure.n).toBe(5);
  });

  test('gives each figure with its target, kinds without', async () => {
    const rows = [
      { a: EQUAL.a, b: EQUAL.b, same: 1, kind: 'word' },
      { a: TRAP.a, b: TRAP.b, same: 0, kind: 'word' },
    ];
    const traps = folder.file('traps.jsonl', jsonLines(rows));
    const own = await measureCache(sources(traps), undefined, { encoder, workers: 1, clock: systemClock });
    expect(own.map(({ what, target }) => [what, target?.value])).toEqual([
      ['cache, one thing differs: precision', 0.95],
      ['cache, one thing differs: recall', 0.75],
      ['cache, one thing differs: false hits', 0.03],
      ['  word: wrong ones served', undefined],
      ['  word: rewordings served', undefined],
    ]);
  });

  test('gives nothing where there are no traps', async () => {
    const nowhere = sources(`${folder.path}/nowhere.jsonl`);
    expect(await measureCache(nowhere, undefined, { encoder, workers: 1, clock: systemClock })).toEqual([]);
  });
});
