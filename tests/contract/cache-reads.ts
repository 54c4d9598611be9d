import { expect, test } from '@jest/globals';
import { at, entry, expectStats, START_MS, type SuiteParts } from './backend-setup.js';

export function describeReads({ open, capabilities }: SuiteParts): void {
  test('gives back what was put, by its exact key', async () => {
    const store = await open();
    const put = entry('k', { vector: at(0) });
    await store.put(put);
    expect(await store.findExact('p', 'k')).toEqual(put);
    expect(await store.findExact('p', 'other')).toBeUndefined();
  });

  test('never shows an entry to another partition, whatever its key or vector', async () => {
    const store = await open();
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
    const store = await open();
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
    const store = await open();
    await store.put(entry('exact only'));
    expect(await store.findNearest('p', at(0), 10)).toEqual([]);
    expect(await store.findExact('p', 'exact only')).toBeDefined();
  });

  test('replaces the entry with the same exact key, vector and all', async () => {
    const store = await open();
    await store.put(entry('k', { id: 'old', vector: at(0), bytes: 100 }));
    await store.put(entry('k', { id: 'new', vector: at(90), bytes: 40 }));
    expect((await store.findExact('p', 'k'))?.id).toBe('new');
    const near = await store.findNearest('p', at(0), 10);
    expect(near.map((neighbour) => neighbour.entry.id)).toEqual(['new']);
    await expectStats(store, { entries: 1, bytes: 40, evictions: 0 }, capabilities);
    expect(await store.evict('old')).toBe(false);
  });

  test('refuses vectors of another length', async () => {
    const store = await open();
    const short = Float32Array.of(1, 0);
    await expect(async () => store.put(entry('k', { vector: short }))).rejects.toThrow(/vectors of 4/);
    await expect(async () => store.findNearest('p', short, 1)).rejects.toThrow(/vectors of 4/);
  });
}

export function describeLife({ open, clock, capabilities }: SuiteParts): void {
  test('serves an entry until it expires and never after', async () => {
    const store = await open();
    await store.put(entry('k', { vector: at(0), expiresAtMs: START_MS + 1000 }));
    clock().ms = START_MS + 999;
    expect(await store.findExact('p', 'k')).toBeDefined();
    expect(await store.findNearest('p', at(0), 1)).toHaveLength(1);
    clock().ms = START_MS + 1000;
    expect(await store.findNearest('p', at(0), 1)).toEqual([]);
    expect(await store.findExact('p', 'k')).toBeUndefined();
    await expectStats(store, { entries: 0, bytes: 0, evictions: 0 }, capabilities);
  });

  test('finds a live neighbour behind dead ones that are nearer', async () => {
    const store = await open();
    for (let degrees = 1; degrees < 9; degrees += 1) {
      await store.put(entry(`dead ${degrees}`, { vector: at(degrees), expiresAtMs: START_MS + 1 }));
    }
    await store.put(entry('live', { vector: at(45) }));
    clock().ms = START_MS + 1;
    const near = await store.findNearest('p', at(0), 1);
    expect(near.map((neighbour) => neighbour.entry.exactKey)).toEqual(['live']);
  });

  test('does not take an entry that is dead already', async () => {
    const store = await open();
    await store.put(entry('k', { expiresAtMs: START_MS }));
    await store.put(entry('broken', { expiresAtMs: Number.NaN }));
    expect((await store.stats()).entries).toBe(0);
  });
}

export function describeOperations({ open, clock, capabilities }: SuiteParts): void {
  test('evicts one entry by id, once', async () => {
    const store = await open();
    await store.put(entry('a', { id: 'one', vector: at(0) }));
    await store.put(entry('b', { id: 'two', vector: at(10) }));
    expect(await store.evict('one')).toBe(true);
    expect(await store.evict('one')).toBe(false);
    expect(await store.findExact('p', 'a')).toBeUndefined();
    const near = await store.findNearest('p', at(0), 5);
    expect(near.map((neighbour) => neighbour.entry.id)).toEqual(['two']);
  });

  test('does not count an expired entry as evicted', async () => {
    const store = await open();
    await store.put(entry('a', { id: 'one', expiresAtMs: START_MS + 1 }));
    clock().ms = START_MS + 1;
    expect(await store.evict('one')).toBe(false);
  });

  test('flush forgets all, and the store goes on working', async () => {
    const store = await open();
    await store.put(entry('a', { vector: at(0) }));
    await store.flush();
    expect(await store.findExact('p', 'a')).toBeUndefined();
    expect(await store.findNearest('p', at(0), 5)).toEqual([]);
    await expectStats(store, { entries: 0, bytes: 0, evictions: 0 }, capabilities);
    for (const key of ['b', 'c', 'd']) await store.put(entry(key));
    expect((await store.stats()).entries).toBe(3);
    expect(await store.findExact('p', 'c')).toBeDefined();
  });
}
