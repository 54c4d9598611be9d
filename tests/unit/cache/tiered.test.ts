import { describe, expect, test } from '@jest/globals';
import { createMemoryStore } from '../../../src/adapters/memory/store.js';
import type { CacheEntry } from '../../../src/cache/contract.js';
import { type BackTier, createTieredBackend, type SharedChange } from '../../../src/cache/tiered.js';
import { SextantError } from '../../../src/lib/sextant-error.js';
import { at, DIMENSION, entry } from '../../contract/backend-setup.js';
import { HandTime, settled } from '../../support/hand-timers.js';

const DEADLINE_MS = 50;
const NEVER = new Promise<never>(() => {});

type Fault = 'none' | 'down' | 'hung' | 'refuses' | 'slow';

/** A far store whose entries lie in memory, and which can be made to fail. */
function farStore(time: HandTime) {
  const store = createMemoryStore(limits(time));
  const far = {
    fault: 'none' as Fault,
    calls: [] as string[],
    batches: [] as number[],
    recoveries: 0,
    tell: (_: SharedChange): void => {},
    store,
  };
  async function reached<T>(what: string, work: () => T): Promise<T> {
    far.calls.push(what);
    if (far.fault === 'hung') return NEVER;
    if (far.fault === 'down') throw new SextantError('overloaded', 'not there');
    if (far.fault === 'refuses') throw new SextantError('internal_error', 'no such collection');
    if (far.fault === 'slow') await new Promise<void>((resolve) => time.after(300, resolve));
    return work();
  }
  const back: BackTier = {
    recover: () => {
      far.recoveries += 1;
      return reached('recover', () => undefined);
    },
    onChange: (tell) => {
      far.tell = tell;
    },
    findExact: (partition, key) => reached('findExact', () => store.findExact(partition, key)),
    findNearest: (partition, vector, limit) =>
      reached('findNearest', () => store.findNearest(partition, vector, limit)),
    put: (given) => reached('put', () => store.put(given)),
    putAll: (entries) =>
      reached('putAll', () => {
        far.batches.push(entries.length);
        for (const each of entries) store.put(each);
      }),
    evict: (id) => reached('evict', () => store.evict(id)),
    pin: (id, pinned) => reached('pin', () => store.pin(id, pinned)),
    flush: () => reached('flush', () => store.flush()),
    stats: () => reached('stats', () => store.stats()),
    get: (id) => reached('get', () => store.get(id)),
    list: (page) => reached('list', () => store.list(page)),
    search: (vector, limit) => reached('search', () => store.search(vector, limit)),
    close: () => reached('close', () => undefined),
  };
  return { far, back };
}

function limits(clock: HandTime, maxEntries = 100) {
  return { maxEntries, bytesMax: 1e6, evictionPolicy: 'fifo' as const, dimension: DIMENSION, clock };
}

async function opened(given: { readonly fault?: Fault; readonly frontEntries?: number } = {}) {
  const time = new HandTime();
  const { far, back } = farStore(time);
  far.fault = given.fault ?? 'none';
  const front = createMemoryStore(limits(time, given.frontEntries));
  const turns: boolean[] = [];
  const tiered = createTieredBackend({
    front,
    back,
    clock: time,
    timers: time,
    readDeadlineMs: DEADLINE_MS,
    writeDeadlineMs: 5000,
    queue: { entriesMax: 10, bytesMax: 1e6 },
    onTurn: ({ up }) => turns.push(up),
  });
  await settled();
  const live = (key: string, more: Partial<CacheEntry> = {}) =>
    entry(key, { createdAtMs: time.nowMs(), expiresAtMs: time.nowMs() + 600_000, ...more });
  return { time, far, front, tiered, turns, live };
}

/** What a read gave, and how long it took. */
async function timed<T>(time: HandTime, work: T | Promise<T>): Promise<readonly [T, number]> {
  const startedMs = time.nowMs();
  let endedMs: number | undefined;
  const done = Promise.resolve(work).then((value) => {
    endedMs = time.nowMs();
    return value;
  });
  for (let step = 0; step < 1000 && endedMs === undefined; step += 1) await time.pass(5);
  const value = await done;
  return [value, (endedMs ?? 0) - startedMs];
}

describe('with the far store in place', () => {
  test('a write is seen at once and reaches the far store behind it', async () => {
    const { far, tiered, live, time } = await opened();
    await tiered.put(live('k', { vector: at(0) }));
    expect(tiered.findExact('p', 'k')).toBeDefined();
    await settled();
    expect(far.store.findExact('p', 'k')).toBeDefined();
    expect(tiered.backStats()).toMatchObject({ breaker: 'closed', queueLength: 0, dropped: 0 });
    for (const key of ['a', 'b', 'c']) void tiered.put(live(key));
    await time.pass(0);
    expect(far.batches.reduce((sum, count) => sum + count, 0)).toBe(4);
  });

  test('what another process wrote is found, and kept near', async () => {
    const { far, front, tiered, live } = await opened();
    far.store.put(live('exact'));
    far.store.put(live('near', { vector: at(10) }));
    expect((await tiered.findExact('p', 'exact'))?.exactKey).toBe('exact');
    expect(front.findExact('p', 'exact')).toBeDefined();
    const near = await tiered.findNearest('p', at(0), 3);
    expect(near.map(({ entry: { exactKey } }) => exactKey)).toEqual(['near']);
    expect(front.findExact('p', 'near')).toBeDefined();
    expect(await tiered.findExact('p', 'nobody')).toBeUndefined();
  });

  test('neighbours of both are one list, best first, each question once, the near answer first', async () => {
    const { far, front, tiered, live } = await opened();
    front.put(live('both', { id: 'mine', vector: at(20) }));
    far.store.put(live('both', { id: 'theirs', vector: at(20) }));
    far.store.put(live('far', { vector: at(10) }));
    far.store.put(live('last', { vector: at(50) }));
    const near = await tiered.findNearest('p', at(0), 2);
    expect(near.map(({ entry: { id } }) => id)).toEqual(['id-p-far', 'mine']);
    const found = await tiered.search(at(0), 10);
    expect(found.map(({ entry: { id } }) => id)).toEqual(['id-p-far', 'mine', 'id-p-last']);
    expect(await tiered.findNearest('p', at(0), 0)).toEqual([]);
  });

  test('rows of another partition, expired rows and other questions are not believed', async () => {
    const { far, tiered, live, time } = await opened();
    const wrong = live('k', { partition: 'theirs', vector: at(0) });
    const dead = live('dead', { vector: at(0), expiresAtMs: time.nowMs() });
    far.store.findNearest = () => [wrong, dead].map((each) => ({ entry: each, similarity: 1 }));
    far.store.findExact = () => wrong;
    expect(await tiered.findNearest('p', at(0), 5)).toEqual([]);
    expect(await tiered.findExact('p', 'k')).toBeUndefined();
    far.store.findExact = () => live('other');
    expect(await tiered.findExact('p', 'k')).toBeUndefined();
  });

  test('orders reach both, and say whether either knew the entry', async () => {
    const { far, front, tiered, live } = await opened();
    far.store.put(live('far', { id: 'far' }));
    await tiered.put(live('both', { id: 'both' }));
    await settled();
    expect(await tiered.pin('far', true)).toBe(true);
    expect(far.store.get('far')?.pinned).toBe(true);
    expect(await tiered.pin('nobody', true)).toBe(false);
    expect(await tiered.evict('both')).toBe(true);
    expect(await tiered.evict('both')).toBe(false);
    expect([front.get('both'), far.store.get('both')]).toEqual([undefined, undefined]);
    await tiered.flush();
    expect(far.store.stats().entries).toBe(0);
  });

  test('an evicted entry does not come back from a far store that lags, until it is put again', async () => {
    const { far, tiered, live } = await opened();
    const kept = live('k', { id: 'one', vector: at(0) });
    await tiered.put(kept);
    await settled();
    await tiered.evict('one');
    far.store.put(kept);
    expect(await tiered.findExact('p', 'k')).toBeUndefined();
    expect(await tiered.findNearest('p', at(0), 1)).toEqual([]);
    expect(await tiered.get('one')).toBeUndefined();
    await tiered.put(kept);
    expect(await tiered.findExact('p', 'k')).toBeDefined();
  });

  test('what other processes flush or evict goes from the near store as well', async () => {
    const { far, front, live } = await opened();
    for (const key of ['a', 'b']) front.put(live(key, { id: key }));
    far.tell({ kind: 'evicted', id: 'a' });
    expect([front.get('a'), front.get('b')?.id]).toEqual([undefined, 'b']);
    far.tell({ kind: 'flushed' });
    expect(front.get('b')).toBeUndefined();
  });

  test('an operator sees the far store, or the near one when it is away', async () => {
    const { far, front, tiered, live, time } = await opened();
    for (const key of ['a', 'b', 'c']) far.store.put(live(key));
    front.put(live('mine'));
    expect((await tiered.stats()).entries).toBe(3);
    expect((await tiered.get('id-p-a'))?.exactKey).toBe('a');
    expect((await tiered.get('id-p-mine'))?.exactKey).toBe('mine');
    const page = await tiered.list({ limit: 2 });
    expect(page.entries).toHaveLength(2);
    const rest = await tiered.list({ limit: 2, after: page.next });
    expect(rest.entries).toHaveLength(1);
    far.fault = 'down';
    expect(await tiered.list({ limit: 2, after: page.next })).toEqual({ entries: [], next: undefined });
    await time.pass(200);
    expect((await tiered.list({ limit: 2 })).entries.map(({ exactKey }) => exactKey)).toEqual(['mine']);
    front.put(live('second'));
    const near = await tiered.list({ limit: 1 });
    expect((await tiered.list({ limit: 1, after: near.next })).entries).toHaveLength(1);
    await time.pass(200);
    expect((await tiered.stats()).entries).toBe(2);
  });
});

test('what waited while another process flushed is not written any more', async () => {
  const { far, tiered, time, live } = await opened();
  far.fault = 'down';
  await tiered.put(live('old'));
  await time.pass(400);
  expect(tiered.backStats().queueLength).toBe(1);
  far.fault = 'none';
  far.tell({ kind: 'flushed' });
  await time.pass(1000);
  expect([far.store.stats().entries, tiered.backStats().queueLength]).toEqual([0, 0]);
});

describe('with the far store away', () => {
  test('a read waits for its deadline once, then costs nothing, and the breaker opens', async () => {
    const { far, tiered, time, turns } = await opened();
    far.fault = 'hung';
    const waits: number[] = [];
    for (let request = 0; request < 6; request += 1) {
      const [exact, exactMs] = await timed(time, tiered.findExact('p', 'k'));
      const [near, nearMs] = await timed(time, tiered.findNearest('p', at(0), 8));
      expect([exact, near]).toEqual([undefined, []]);
      waits.push(exactMs + nearMs);
      await time.pass(100);
    }
    // 5 ms is how finely the test looks.
    expect(Math.max(...waits)).toBeLessThanOrEqual(DEADLINE_MS + 5);
    expect(waits.slice(3)).toEqual([0, 0, 0]);
    expect(tiered.backStats().breaker).not.toBe('closed');
    expect(turns).toEqual([true, false]);
  });

  test('one probe at a time brings it back, and what waited is written', async () => {
    const { far, tiered, time, turns, live } = await opened({ fault: 'down' });
    expect(far.recoveries).toBe(1);
    await tiered.put(live('k'));
    expect(tiered.findExact('p', 'k')).toBeDefined();
    expect(tiered.backStats()).toMatchObject({ breaker: 'open', queueLength: 1, queueBytes: 100 });
    await time.pass(2000);
    expect(far.recoveries).toBe(5);
    far.fault = 'none';
    await time.pass(500);
    expect(far.store.findExact('p', 'k')).toBeDefined();
    expect(tiered.backStats()).toMatchObject({ breaker: 'closed', queueLength: 0 });
    expect(turns.at(-1)).toBe(true);
  });

  test('a store that is there but slow stays out', async () => {
    const { far, tiered, time } = await opened({ fault: 'slow' });
    await time.pass(5000);
    expect(far.recoveries).toBeGreaterThan(1);
    expect(tiered.backStats().breaker).not.toBe('closed');
    const [, ms] = await timed(time, tiered.findNearest('p', at(0), 8));
    expect(ms).toBe(0);
  });

  test('orders are kept until it is back, and until then a flushed far store is not asked', async () => {
    const { far, tiered, time, live } = await opened();
    far.store.put(live('old', { id: 'old' }));
    far.store.put(live('other', { id: 'other' }));
    far.fault = 'down';
    const [found] = await timed(time, tiered.evict('other'));
    expect(found).toBe(false);
    await timed(time, tiered.flush());
    far.fault = 'none';
    await time.pass(1000);
    expect(far.store.stats().entries).toBe(0);
    expect(await tiered.findExact('p', 'old')).toBeUndefined();
  });

  test('entries that it refuses for good are given up, and do not block what follows', async () => {
    const { far, tiered, time, live } = await opened();
    const putAll = far.store.put;
    far.store.put = () => {
      throw new SextantError('internal_error', 'a field is too long');
    };
    await tiered.put(live('bad'));
    await time.pass(3000);
    expect(tiered.backStats()).toMatchObject({ dropped: 1, queueLength: 0 });
    far.store.put = putAll;
    await tiered.put(live('good'));
    await time.pass(1000);
    expect(far.store.findExact('p', 'good')).toBeDefined();
  });

  test('too many reads at once are not all let through', async () => {
    const { far, tiered, time } = await opened();
    far.fault = 'hung';
    far.calls.length = 0;
    const reads = Array.from({ length: 300 }, (_, index) => tiered.findExact('p', `${index}`));
    await time.pass(DEADLINE_MS);
    await Promise.all(reads);
    expect(far.calls).toHaveLength(256);
    expect(tiered.backStats().skipped).toBe(44);
  });

  test('closing writes what it can, answers orders, and does not wait for ever', async () => {
    const { far, tiered, time, live } = await opened();
    await tiered.put(live('k'));
    far.fault = 'hung';
    await tiered.put(live('l'));
    let closed = false;
    void tiered.close().then(() => {
      closed = true;
    });
    await time.pass(10_000);
    expect(closed).toBe(true);
    expect(far.store.findExact('p', 'k')).toBeDefined();
    expect(await tiered.evict('nobody')).toBe(false);
    await tiered.put(live('late'));
    await time.pass(5000);
    expect(far.store.findExact('p', 'late')).toBeUndefined();
  });
});

test('a front store that is slow itself is waited for', async () => {
  const time = new HandTime();
  const { back } = farStore(time);
  const front = createMemoryStore(limits(time));
  const slow = { ...front, findExact: async () => entry('k') };
  const tiered = createTieredBackend({
    front: Object.assign(Object.create(front), slow),
    back,
    clock: time,
    timers: time,
    readDeadlineMs: DEADLINE_MS,
    writeDeadlineMs: 5000,
    queue: { entriesMax: 10, bytesMax: 1e6 },
  });
  expect((await tiered.findExact('p', 'k'))?.exactKey).toBe('k');
});
