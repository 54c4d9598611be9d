import { describe, expect, test } from '@jest/globals';
import { createErrorBound } from '../../../src/cache/bound.js';
import { createHitTally } from '../../../src/cache/hit-tally.js';
import { createFeedback } from '../../../src/exchange/feedback.js';
import * as names from '../../../src/exchange/headers.js';
import type { HitWatch } from '../../../src/exchange/hit-watch.js';
import { createServedHits } from '../../../src/exchange/served.js';
import type { Verdict } from '../../../src/exchange/verdict.js';
import { seededRandom } from '../../../src/lib/random.js';
import { answer, ask, chat, type Harness, harness, upstreamAnswers } from '../../support/exchange-service.js';

const ASK = 'What are the main renewable energy sources?';
const REWORDED = 'What are the most important main renewable energy sources?';

interface Watched extends Harness {
  readonly watch: HitWatch;
  readonly feedback: ReturnType<typeof createFeedback>;
}

function watched(options: { maxErrorRate?: number; verifySampleRate?: number } = {}): Watched {
  const { maxErrorRate, verifySampleRate = 0 } = options;
  const random = seededRandom(1);
  const watch: HitWatch = {
    bound:
      maxErrorRate === undefined ? undefined : createErrorBound({ maxErrorRate, verifySampleRate, random }),
    verifySampleRate,
    tally: createHitTally(),
    random,
    compare: undefined,
  };
  const clock = { monotonicMs: () => 0 };
  const served = createServedHits({ hitsMax: 100, ttlMs: 1000 }, clock);
  const watchOf = (route: string) => (route === 'main' ? watch : undefined);
  const plain = harness({ cache: { similarityThreshold: 0.7 }, watching: { watchOf, served } });
  const feedback = createFeedback({ served, watchOf, store: plain.store });
  return { ...plain, watch, feedback };
}

async function said(h: Harness, question: string, content: string): Promise<string> {
  const { exchange, verdict } = await ask(h.open, chat(question));
  if (verdict.kind !== 'forward') return header(verdict);
  const head = await upstreamAnswers(exchange, answer(content));
  return head.setHeaders.find(({ name }) => name === names.CACHE)?.value ?? '';
}

function header(verdict: Verdict, name: string = names.CACHE): string {
  if (verdict.kind !== 'reply') throw new Error(`expected a reply, got ${verdict.kind}`);
  return verdict.headers.find((field) => field.name === name)?.value ?? '';
}

/** Teaches the bound that entries are right, as if other questions had been explored. */
function teach(watch: HitWatch, times = 300): void {
  for (let turn = 0; turn < times; turn += 1) {
    const id = `other ${turn}`;
    const evidence = { similarity: 0.95 };
    const decision = watch.bound?.decide(id, evidence);
    if (decision !== undefined) watch.bound?.observe(id, decision.basis, true);
  }
  // It looks closely at its first hits; let that pass.
  for (let turn = 0; turn < 20_000; turn += 1) watch.bound?.decide('nobody', { similarity: 0.95 });
}

describe('with an error bound', () => {
  test('a candidate that nothing is known of is explored, and the answer teaches', async () => {
    const h = watched({ maxErrorRate: 0.05 });
    expect(await said(h, ASK, 'Sun and wind.')).toBe('miss;reason=empty');
    expect(await said(h, REWORDED, 'sun and  wind')).toBe('miss;reason=explore');
    expect(h.watch.tally.read().checks.explore).toEqual({ right: 1, wrong: 0, unsure: 0 });
    expect(h.watch.bound?.sameFamily('id-0', 'id-1')).toBe(true);
    expect(h.records[1]).toMatchObject({ cache: 'miss', cacheReason: 'explore', stored: 'stored' });
    expect(h.records[1]?.similarity).toBeGreaterThan(0.8);
  });

  test('another answer teaches that it would have been wrong', async () => {
    const h = watched({ maxErrorRate: 0.05 });
    await said(h, ASK, 'Sun and wind.');
    await said(h, REWORDED, 'Coal.');
    expect(h.watch.tally.read().checks.explore).toEqual({ right: 0, wrong: 1, unsure: 0 });
    expect(h.watch.bound?.sameFamily('id-0', 'id-1')).toBe(false);
  });

  test('an answer that fails teaches nothing', async () => {
    const h = watched({ maxErrorRate: 0.05 });
    await said(h, ASK, 'Sun and wind.');
    const { exchange } = await ask(h.open, chat(REWORDED));
    await upstreamAnswers(exchange, answer('Coal.'), { status: 500 });
    expect(h.watch.tally.read().checks.explore).toEqual({ right: 0, wrong: 0, unsure: 0 });
  });

  test('once enough is known it is served', async () => {
    const h = watched({ maxErrorRate: 0.05 });
    teach(h.watch);
    await said(h, ASK, 'Sun and wind.');
    expect(await said(h, REWORDED, 'never asked')).toBe('hit-semantic');
    expect(h.watch.tally.read()).toMatchObject({ asked: 2, served: 1 });
  });
});

test('with a threshold, a sample of the hits is checked', async () => {
  const h = watched({ verifySampleRate: 1 });
  await said(h, ASK, 'Sun and wind.');
  expect(await said(h, REWORDED, 'Coal.')).toBe('miss;reason=verify-sample');
  expect(h.watch.tally.read()).toMatchObject({ falseHitRatio: 1, served: 0, asked: 2 });
  const none = watched({ verifySampleRate: 0 });
  await said(none, ASK, 'Sun and wind.');
  expect(await said(none, REWORDED, 'Coal.')).toBe('hit-semantic');
});

describe('feedback', () => {
  test('that a hit was wrong evicts the entry and teaches', async () => {
    const h = watched({ maxErrorRate: 0.05 });
    teach(h.watch);
    await said(h, ASK, 'Sun and wind.');
    const { verdict, exchange } = await ask(h.open, chat(REWORDED));
    exchange.close();
    const before = h.watch.bound?.decide('id-0', { similarity: 0.9 }).probability ?? 0;
    h.watch.bound?.join('id-0', 'sister');
    expect(await h.feedback(header(verdict, names.ID), 'wrong')).toEqual({ evicted: true, learnt: true });
    expect(h.watch.bound?.decide('sister', { similarity: 0.9 }).probability).toBeLessThan(before);
    expect(await h.feedback(header(verdict, names.ID), 'wrong')).toBeUndefined();
    expect(await said(h, ASK, 'Sun.')).toBe('miss;reason=empty');
    expect(h.watch.tally.read().checks.feedback.wrong).toBe(1);
  });

  test('that it was right teaches, and evicts nothing', async () => {
    const h = watched({ maxErrorRate: 0.05 });
    teach(h.watch);
    await said(h, ASK, 'Sun and wind.');
    const { verdict, exchange } = await ask(h.open, chat(REWORDED));
    exchange.close();
    expect(await h.feedback(header(verdict, names.ID), 'right')).toEqual({ evicted: false, learnt: true });
    expect(await said(h, ASK, '')).toBe('hit-exact');
  });

  test('on an exact hit, and on the answer of a model, evicts as well', async () => {
    const h = watched({ verifySampleRate: 0 });
    await said(h, ASK, 'Sun and wind.');
    const { verdict } = await ask(h.open, chat(ASK));
    expect(await h.feedback(header(verdict, names.ID), 'wrong')).toEqual({ evicted: true, learnt: false });
    const { exchange } = await ask(h.open, chat(ASK));
    const head = await upstreamAnswers(exchange, answer('Coal.'));
    const id = head.setHeaders.find(({ name }) => name === names.ID)?.value ?? '';
    expect(await h.feedback(id, 'right')).toBeUndefined();
    expect(await h.feedback(id, 'wrong')).toEqual({ evicted: true, learnt: false });
    expect(await h.feedback('id-77', 'wrong')).toBeUndefined();
  });
});

test('served hits are forgotten by number and by age', () => {
  const clock = { at: 0, monotonicMs: () => clock.at };
  const served = createServedHits({ hitsMax: 2, ttlMs: 10 }, clock);
  const of = (entryId: string) => ({ route: 'r', entryId, basis: undefined });
  for (const id of ['a', 'b', 'c']) served.note(id, of(id));
  expect(served.take('a')).toBeUndefined();
  expect(served.take('b')).toEqual(of('b'));
  expect(served.take('b')).toBeUndefined();
  clock.at = 11;
  expect(served.take('c')).toBeUndefined();
});
