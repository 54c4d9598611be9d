import { beforeEach, describe, expect, test } from '@jest/globals';
import type { CacheEntry, CacheOperations, CacheStore, EvictionPolicy } from '../../src/cache/contract.js';
import type { Clock } from '../../src/lib/clock.js';

/** What every store is built with, however it keeps its entries. */
export interface StoreSetup {
  readonly maxEntries: number;
  readonly bytesMax: number;
  readonly evictionPolicy: EvictionPolicy;
  readonly dimension: number;
  readonly clock: Clock;
}

export type MakeStore = (setup: StoreSetup) => CacheStore & CacheOperations;

export const DIMENSION = 4;
const START_MS = 1_000_000;

/** A clock that stands still until it is moved. */
export class HandClock implements Clock {
  ms = START_MS;
  nowMs(): number {
    return this.ms;
  }
  monotonicMs(): number {
    return this.ms;
  }
}

/** A unit vector in the plane of the first two axes. */
export function at(degrees: number): Float32Array {
  const radians = (degrees * Math.PI) / 180;
  return Float32Array.of(Math.cos(radians), Math.sin(radians), 0, 0);
}

/** An entry named by its key; all else may be given. */
export function entry(exactKey: string, given: Partial<CacheEntry> = {}): CacheEntry {
  return {
    id: `id-${given.partition ?? 'p'}-${exactKey}`,
    partition: 'p',
    tenant: 't',
    exactKey,
    ask: `ask of ${exactKey}`,
    vector: undefined,
    completion: { api: 'chat', object: {}, usage: undefined, finishReasons: ['stop'] },
    model: 'm',
    decision: 'd',
    createdAtMs: START_MS,
    expiresAtMs: START_MS + 60_000,
    bytes: 100,
    pinned: false,
    ...given,
  };
}

/** The suite that every store of cache entries must pass. */
export function describeCacheStore(name: string, make: MakeStore): void {
  describe(`${name} keeps the contract of a cache store`, () => {
    let clock: HandClock;
    beforeEach(() => {
      clock = new HandClock();
    });
    const open = (given: Partial<StoreSetup> = {}) =>
      make({ maxEntries: 100, bytesMax: 1e6, evictionPolicy: 'fifo', dimension: DIMENSION, clock, ...given });

    describeReads(open);
    describeLife(open, () => clock);
    describeBounds(open);
    describeEviction(open);
    describeOperations(open, () => clock);
  });
}

type Open = (given?: Partial<StoreSetup>) => CacheStore & CacheOperations;

function describeReads(open: Open): void {
  test('gives back what was put, by its exact key', async () => {
    const store = open();
    const put = entry('k', { vector: at(0) });
    await store.put(put);
    expect(await store.findExact('p', 'k')).toEqual(put);
    expect(await store.findExact('p', 'other')).toBeUndefined();
  });

  test('never shows an entry to another partition, whatever its key or vector', async () => {
    const store = open();
    await store.put(entry('k', { partition: 'mine', vector: at(0) }));
    await store.put(entry('k', { partition: 'yours', vector: at(1) }));
    expect((await store.findExact('mine', 'k'))?.partition).toBe('mine');
    expect((await store.findExact('yours', 'k'))?.partition).toBe('yours');
    expect(await store.findExact('nobody', 'k')).toBeUndefined();
    const near = await store.findNearest('mine', at(1), 10);
    expect(near.map((neighbour) => neighbour.entry.partition)).toEqual(['mine']);
    expect(await store.findNearest('nobody', at(0), 10)).toEqual([]);
  });

  test('gives neighbours best first, with their inner product, at most as many as asked for', async () => {
    const store = open();
    for (const degrees of [50, 10, 90, 30, 70]) {
      await store.put(entry(`${degrees}`, { vector: at(degrees) }));
    }
    const near = await store.findNearest('p', at(0), 3);
    expect(near.map((neighbour) => neighbour.entry.exactKey)).toEqual(['10', '30', '50']);
    for (const [index, degrees] of [10, 30, 50].entries()) {
      expect(near[index]?.similarity).toBeCloseTo(Math.cos((degrees * Math.PI) / 180), 5);
    }
    expect(await store.findNearest('p', at(0), 0)).toEqual([]);
  });

  test('never finds an entry without a vector by nearness', async () => {
    const store = open();
    await store.put(entry('exact only'));
    expect(await store.findNearest('p', at(0), 10)).toEqual([]);
    expect(await store.findExact('p', 'exact only')).toBeDefined();
  });

  test('replaces the entry with the same exact key, vector and all', async () => {
    const store = open();
    await store.put(entry('k', { id: 'old', vector: at(0), bytes: 100 }));
    await store.put(entry('k', { id: 'new', vector: at(90), bytes: 40 }));
    expect((await store.findExact('p', 'k'))?.id).toBe('new');
    const near = await store.findNearest('p', at(0), 10);
    expect(near.map((neighbour) => neighbour.entry.id)).toEqual(['new']);
    expect(await store.stats()).toEqual({ entries: 1, bytes: 40, evictions: 0 });
    expect(await store.evict('old')).toBe(false);
  });

  test('has one entry per id', async () => {
    const store = open();
    await store.put(entry('one', { id: 'same' }));
    await store.put(entry('two', { id: 'same' }));
    expect(await store.findExact('p', 'one')).toBeUndefined();
    expect((await store.stats()).entries).toBe(1);
  });
}

function describeLife(open: Open, clock: () => HandClock): void {
  test('serves an entry until it expires and never after', async () => {
    const store = open();
    await store.put(entry('k', { vector: at(0), expiresAtMs: START_MS + 1000 }));
    clock().ms = START_MS + 999;
    expect(await store.findExact('p', 'k')).toBeDefined();
    expect(await store.findNearest('p', at(0), 1)).toHaveLength(1);
    clock().ms = START_MS + 1000;
    expect(await store.findNearest('p', at(0), 1)).toEqual([]);
    expect(await store.findExact('p', 'k')).toBeUndefined();
    expect(await store.stats()).toEqual({ entries: 0, bytes: 0, evictions: 0 });
  });

  test('finds a live neighbour behind dead ones that are nearer', async () => {
    const store = open();
    for (let degrees = 1; degrees < 9; degrees += 1) {
      await store.put(entry(`dead ${degrees}`, { vector: at(degrees), expiresAtMs: START_MS + 1 }));
    }
    await store.put(entry('live', { vector: at(45) }));
    clock().ms = START_MS + 1;
    const near = await store.findNearest('p', at(0), 1);
    expect(near.map((neighbour) => neighbour.entry.exactKey)).toEqual(['live']);
  });

  test('makes room of dead entries before it evicts a live one', async () => {
    const store = open({ maxEntries: 2 });
    await store.put(entry('first'));
    await store.put(entry('dead', { expiresAtMs: START_MS + 1 }));
    clock().ms = START_MS + 1;
    await store.put(entry('third'));
    expect(await store.findExact('p', 'first')).toBeDefined();
    expect((await store.stats()).evictions).toBe(0);
  });

  test('does not take an entry that is dead already', async () => {
    const store = open();
    await store.put(entry('k', { expiresAtMs: START_MS }));
    await store.put(entry('broken', { expiresAtMs: Number.NaN }));
    expect((await store.stats()).entries).toBe(0);
  });
}

function describeBounds(open: Open): void {
  test('holds the bound on entries', async () => {
    const store = open({ maxEntries: 3 });
    for (let count = 0; count < 10; count += 1) await store.put(entry(`${count}`));
    expect(await store.stats()).toEqual({ entries: 3, bytes: 300, evictions: 7 });
  });

  test('holds the bound on bytes, and evicts as many as one entry needs', async () => {
    const store = open({ bytesMax: 1000 });
    for (const key of ['a', 'b', 'c']) await store.put(entry(key, { bytes: 300 }));
    await store.put(entry('large', { bytes: 600 }));
    expect(await store.findExact('p', 'a')).toBeUndefined();
    expect(await store.findExact('p', 'b')).toBeUndefined();
    expect(await store.findExact('p', 'c')).toBeDefined();
    expect(await store.stats()).toEqual({ entries: 2, bytes: 900, evictions: 2 });
  });

  test('refuses an entry above the whole bound, and keeps the others', async () => {
    const store = open({ bytesMax: 1000 });
    await store.put(entry('small'));
    await store.put(entry('huge', { bytes: 1001 }));
    await store.put(entry('broken', { bytes: Number.NaN }));
    expect(await store.findExact('p', 'huge')).toBeUndefined();
    expect(await store.stats()).toEqual({ entries: 1, bytes: 100, evictions: 0 });
  });

  test('keeps nothing when it may hold nothing', async () => {
    const store = open({ maxEntries: 0 });
    await store.put(entry('k'));
    expect((await store.stats()).entries).toBe(0);
  });

  test('refuses vectors of another length', async () => {
    const store = open();
    const short = Float32Array.of(1, 0);
    await expect(async () => store.put(entry('k', { vector: short }))).rejects.toThrow(/vectors of 4/);
    await expect(async () => store.findNearest('p', short, 1)).rejects.toThrow(/vectors of 4/);
  });
}

function describeEviction(open: Open): void {
  /** Fills a store of three, uses some entries, adds one more, and says who is left. */
  async function leftAfter(evictionPolicy: EvictionPolicy, uses: readonly string[]): Promise<string[]> {
    const store = open({ maxEntries: 3, evictionPolicy });
    for (const key of ['a', 'b', 'c']) await store.put(entry(key));
    for (const key of uses) await store.findExact('p', key);
    await store.put(entry('d'));
    const left: string[] = [];
    for (const key of ['a', 'b', 'c', 'd']) if (await store.findExact('p', key)) left.push(key);
    return left;
  }

  test('fifo evicts the oldest, used or not', async () => {
    expect(await leftAfter('fifo', ['a', 'a', 'b'])).toEqual(['b', 'c', 'd']);
  });

  test('lru evicts the one unused for longest', async () => {
    expect(await leftAfter('lru', ['b', 'a'])).toEqual(['a', 'b', 'd']);
    expect(await leftAfter('lru', [])).toEqual(['b', 'c', 'd']);
  });

  test('lfu evicts the least used, and of equals the oldest', async () => {
    expect(await leftAfter('lfu', ['a', 'a', 'b', 'c', 'c'])).toEqual(['a', 'c', 'd']);
    expect(await leftAfter('lfu', ['c', 'b', 'a'])).toEqual(['b', 'c', 'd']);
    expect(await leftAfter('lfu', ['a'])).toEqual(['a', 'c', 'd']);
  });

  test('a replaced entry is a new one', async () => {
    const store = open({ maxEntries: 2 });
    await store.put(entry('a'));
    await store.put(entry('b'));
    await store.put(entry('a'));
    await store.put(entry('c'));
    expect(await store.findExact('p', 'b')).toBeUndefined();
    expect(await store.findExact('p', 'a')).toBeDefined();
  });

  test('the nearest of a search counts as used', async () => {
    const store = open({ maxEntries: 2, evictionPolicy: 'lru' });
    await store.put(entry('a', { vector: at(0) }));
    await store.put(entry('b', { vector: at(90) }));
    await store.findNearest('p', at(5), 2);
    await store.put(entry('c'));
    expect(await store.findExact('p', 'a')).toBeDefined();
    expect(await store.findExact('p', 'b')).toBeUndefined();
  });
}

function describeOperations(open: Open, clock: () => HandClock): void {
  test('evicts one entry by id, once', async () => {
    const store = open();
    await store.put(entry('a', { id: 'one', vector: at(0) }));
    await store.put(entry('b', { id: 'two', vector: at(10) }));
    expect(await store.evict('one')).toBe(true);
    expect(await store.evict('one')).toBe(false);
    expect(await store.findExact('p', 'a')).toBeUndefined();
    const near = await store.findNearest('p', at(0), 5);
    expect(near.map((neighbour) => neighbour.entry.id)).toEqual(['two']);
  });

  test('does not count an expired entry as evicted', async () => {
    const store = open();
    await store.put(entry('a', { id: 'one', expiresAtMs: START_MS + 1 }));
    clock().ms = START_MS + 1;
    expect(await store.evict('one')).toBe(false);
  });

  test('flush forgets all, and the store goes on working', async () => {
    const store = open({ maxEntries: 2 });
    await store.put(entry('a', { vector: at(0) }));
    await store.flush();
    expect(await store.findExact('p', 'a')).toBeUndefined();
    expect(await store.findNearest('p', at(0), 5)).toEqual([]);
    expect(await store.stats()).toEqual({ entries: 0, bytes: 0, evictions: 0 });
    for (const key of ['b', 'c', 'd']) await store.put(entry(key));
    expect((await store.stats()).entries).toBe(2);
  });
}
