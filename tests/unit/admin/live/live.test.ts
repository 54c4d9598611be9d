import { describe, expect, test } from '@jest/globals';
import { createLive } from '../../../../src/admin/live/live.js';
import type { LiveView } from '../../../../src/admin/live/view.js';
import { exchangeRecord } from '../../../support/exchange-record.js';

const AROUND = {
  version: '1',
  observes: false,
  cards: [
    { name: 'small', price: { input: 1, output: 2 } },
    { name: 'large', price: { input: 10, output: 30 } },
  ],
  default_model: 'small',
  false_hits: [],
  cache: { entries: 0, bytes: 0, evictions: 0 },
};

function world(startMs = Date.UTC(2026, 10, 21, 12, 30, 5)) {
  let nowMs = startMs;
  const live = createLive({ nowMs: () => nowMs, monotonicMs: () => nowMs }, () => AROUND);
  return {
    live,
    tell: (change: Parameters<typeof exchangeRecord>[0] = {}) =>
      live.telemetry.exchange(
        exchangeRecord({ id: 'one', route: 'default', decision: 'default', ...change }),
      ),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('the last hour', () => {
  test('counts every way that a prompt can go', async () => {
    const { live, tell } = world();
    tell();
    tell({ model: 'large', decision: 'hard', status: 503, completionTokens: undefined });
    tell({ path: 'cache', cache: 'hit-exact', promptTokens: undefined, completionTokens: undefined });
    tell({ path: 'cache', cache: 'hit-semantic', model: 'large', decision: 'hard' });
    tell({ path: 'blocked', decision: 'no', model: '', error: 'blocked_by_policy', status: 403 });
    tell({ path: 'error', decision: '', model: '', error: 'invalid_json', status: 400 });
    tell({ api: 'models', path: 'passthrough' });
    const view = await live.view();
    expect(view.totals).toEqual({
      requests: 6,
      hits_exact: 1,
      hits_semantic: 1,
      misses: 4,
      refused: 1,
      failed: 2,
      prompt_tokens: 40,
      completion_tokens: 60,
      ...{ estimated: 0, cost_usd: 0, saved_by_cache_usd: 0 },
    });
    expect(view.errors).toEqual([
      { code: 'upstream 503', count: 1 },
      { code: 'invalid_json', count: 1 },
    ]);
    expect(view.flows).toContainEqual({ decision: 'default', target: 'model', model: 'small', count: 1 });
    expect(view.flows).toContainEqual({ decision: 'hard', target: 'cache', model: '', count: 1 });
    const [small, large] = view.models;
    expect([small?.requests, small?.from_cache, large?.requests, large?.from_cache, large?.failed]).toEqual([
      1, 1, 1, 1, 1,
    ]);
    expect(view.stages.map(({ name, count }) => [name, count])).toEqual([['encode', 6]]);
  });

  test('adds up what was paid and saved', async () => {
    const { live, tell } = world();
    const none = { costUsd: 0, discardedUsd: 0, atDefaultUsd: 0, atDearestUsd: 0, savedByCacheUsd: 0 };
    const tokens = { promptTokens: 1_000_000, completionTokens: 1_000_000 };
    const cascade = { outcome: 'escalated', reason: 'short', model: 'small', ...tokens } as const;
    const both = { ...none, costUsd: 43, discardedUsd: 3, atDefaultUsd: 3 };
    tell({ ...tokens, money: { ...none, costUsd: 3, atDefaultUsd: 3 } });
    tell({ ...tokens, model: 'large', cascade, money: both });
    tell({ path: 'cache', cache: 'hit-exact', model: 'large', money: { ...none, savedByCacheUsd: 7 } });
    const own = { ...none, costUsd: 5, atDefaultUsd: 5 };
    tell({ ...tokens, path: 'passthrough', tokensEstimated: true, money: own });
    const { totals, saved_by_routing, models } = await live.view();
    expect([totals.cost_usd, totals.saved_by_cache_usd, totals.estimated]).toEqual([51, 7, 1]);
    // Both answers by the large one: 80, and 46 were paid; by the small one: 6.
    expect(saved_by_routing).toEqual({
      default: { model: 'small', usd: -40 },
      dearest: { model: 'large', usd: 34 },
    });
    expect(models.map(({ name, cost_usd }) => [name, cost_usd])).toEqual([
      ['small', 11],
      ['large', 40],
    ]);
  });

  test('has sixty minutes, and forgets what is older', async () => {
    const { live, tell, pass } = world();
    tell();
    pass(30 * 60_000);
    tell();
    const requests = (view: LiveView) => view.minutes.map((minute) => minute.requests);
    const half = await live.view();
    expect([half.minutes.length, half.totals.requests, requests(half)[29], requests(half)[59]]).toEqual([
      60, 2, 1, 1,
    ]);
    expect([half.minutes[59]?.at, half.minutes[59]?.models]).toEqual([
      '2026-11-21T13:00:00.000Z',
      { small: 1 },
    ]);
    pass(30 * 60_000);
    expect((await live.view()).totals.requests).toBe(1);
    // The same place in the ring, an hour later.
    tell();
    expect((await live.view()).totals.requests).toBe(2);
    pass(24 * 3_600_000);
    expect((await live.view()).totals.requests).toBe(0);
  });

  test('keeps to its bounds whatever names come', async () => {
    const { live, tell } = world();
    for (let at = 0; at < 500; at += 1)
      tell({ model: `m${at}`, decision: `d${at}`, stagesMs: { [`s${at}`]: 1 } });
    const view = await live.view();
    expect([view.models.length, view.flows.length, view.stages.length]).toEqual([101, 101, 101]);
    expect([view.totals.requests, view.flows[0]?.count]).toEqual([500, 400]);
  });
});

test('who asks at the same time shares one look around', async () => {
  let asked = 0;
  const clock = { nowMs: () => 0, monotonicMs: () => 0 };
  const live = createLive(clock, async () => {
    asked += 1;
    if (asked === 2) throw new Error('the cache is away');
    return AROUND;
  });
  await Promise.all([live.view(), live.view()]);
  expect(asked).toBe(1);
  const failed = await Promise.allSettled([live.view(), live.view()]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await live.view();
  expect(asked).toBe(3);
});

describe('the feed', () => {
  test('gives what came after, oldest first, and keeps the last two hundred', () => {
    const { live, tell } = world();
    for (let at = 1; at <= 1000; at += 1) tell({ id: `x${at}` });
    expect(live.seq()).toBe(1000);
    expect(live.after(998).map(({ id, seq }) => [id, seq])).toEqual([
      ['x999', 999],
      ['x1000', 1000],
    ]);
    expect(live.after(0)).toHaveLength(200);
    expect(live.after(0, 40)[0]?.id).toBe('x961');
    expect(live.after(1000)).toEqual([]);
  });

  test('holds names and numbers', () => {
    const { live, tell } = world();
    tell({ similarity: 0.912345, overheadMs: 1.23456, upstreamMs: undefined, shadow: true });
    expect(live.after(0)[0]).toEqual({
      ...{ seq: 1, at: '2026-11-21T12:30:05.000Z', id: 'one', route: 'default', shadow: true },
      ...{ target: 'model', model: 'small', decision: 'default', cache: 'miss', cache_reason: '' },
      ...{ similarity: 0.9123, error: '', status: 200, stream: false, overhead_ms: 1.235 },
      ...{
        first_byte_ms: null,
        stages_ms: { encode: 2 },
        prompt_tokens: 10,
        completion_tokens: 20,
        ...{ estimated: false, cost_usd: null, domain: '' },
      },
    });
  });
});
