import { expect, test } from '@jest/globals';
import type { EvictionPolicy } from '../../src/cache/contract.js';
import { at, entry, START_MS, type SuiteParts } from './backend-setup.js';

export function describeBounds({ open, clock }: SuiteParts): void {
  test('holds the bound on entries', async () => {
    const store = await open({ maxEntries: 3 });
    for (let count = 0; count < 10; count += 1) await store.put(entry(`${count}`));
    expect(await store.stats()).toEqual({ entries: 3, bytes: 300, evictions: 7 });
  });

  test('holds the bound on bytes, and evicts as many as one entry needs', async () => {
    const store = await open({ bytesMax: 1000 });
    for (const key of ['a', 'b', 'c']) await store.put(entry(key, { bytes: 300 }));
    await store.put(entry('large', { bytes: 600 }));
    expect(await store.findExact('p', 'a')).toBeUndefined();
    expect(await store.findExact('p', 'b')).toBeUndefined();
    expect(await store.findExact('p', 'c')).toBeDefined();
    expect(await store.stats()).toEqual({ entries: 2, bytes: 900, evictions: 2 });
  });

  test('refuses an entry above the whole bound, and keeps the others', async () => {
    const store = await open({ bytesMax: 1000 });
    await store.put(entry('small'));
    await store.put(entry('huge', { bytes: 1001 }));
    await store.put(entry('broken', { bytes: Number.NaN }));
    expect(await store.findExact('p', 'huge')).toBeUndefined();
    expect(await store.stats()).toEqual({ entries: 1, bytes: 100, evictions: 0 });
  });

  test('makes room of dead entries before it evicts a live one', async () => {
    const store = await open({ maxEntries: 2 });
    await store.put(entry('first'));
    await store.put(entry('dead', { expiresAtMs: START_MS + 1 }));
    clock().ms = START_MS + 1;
    await store.put(entry('third'));
    expect(await store.findExact('p', 'first')).toBeDefined();
    expect((await store.stats()).evictions).toBe(0);
  });

  test('keeps nothing when it may hold nothing', async () => {
    const store = await open({ maxEntries: 0 });
    await store.put(entry('k'));
    expect((await store.stats()).entries).toBe(0);
  });
}

export function describeEviction({ open }: SuiteParts): void {
  /** Fills a store of three, uses some entries, adds one more, and says who is left. */
  async function leftAfter(evictionPolicy: EvictionPolicy, uses: readonly string[]): Promise<string[]> {
    const store = await open({ maxEntries: 3, evictionPolicy });
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
    const store = await open({ maxEntries: 2 });
    await store.put(entry('a'));
    await store.put(entry('b'));
    await store.put(entry('a'));
    await store.put(entry('c'));
    expect(await store.findExact('p', 'b')).toBeUndefined();
    expect(await store.findExact('p', 'a')).toBeDefined();
  });

  test('the nearest of a search counts as used', async () => {
    const store = await open({ maxEntries: 2, evictionPolicy: 'lru' });
    await store.put(entry('a', { vector: at(0) }));
    await store.put(entry('b', { vector: at(90) }));
    await store.findNearest('p', at(5), 2);
    await store.put(entry('c'));
    expect(await store.findExact('p', 'a')).toBeDefined();
    expect(await store.findExact('p', 'b')).toBeUndefined();
  });
}

export function describeShares({ open }: SuiteParts): void {
  const of = (tenant: string, key: string, bytes = 100) =>
    entry(key, { partition: tenant, id: `${tenant}-${key}`, tenant, bytes });

  test('a tenant that puts without end takes no entry from one within its share', async () => {
    const store = await open({ maxEntries: 10 });
    for (let count = 0; count < 5; count += 1) await store.put(of('quiet', `${count}`));
    for (let count = 0; count < 40; count += 1) await store.put(of('loud', `${count}`));
    for (let count = 0; count < 5; count += 1) {
      expect(await store.findExact('quiet', `${count}`)).toBeDefined();
    }
    expect(await store.findExact('loud', '39')).toBeDefined();
    expect((await store.stats()).entries).toBe(10);
  });

  test('a tenant that comes later gets its share from the one that has most', async () => {
    const store = await open({ maxEntries: 9 });
    for (const [tenant, count] of Object.entries({ some: 2, most: 7 })) {
      for (let each = 0; each < count; each += 1) await store.put(of(tenant, `${each}`));
    }
    for (let count = 0; count < 3; count += 1) await store.put(of('late', `${count}`));
    const left = async (tenant: string, count: number) => {
      let found = 0;
      for (let each = 0; each < count; each += 1) if (await store.findExact(tenant, `${each}`)) found += 1;
      return found;
    };
    expect([await left('some', 2), await left('most', 7), await left('late', 3)]).toEqual([2, 4, 3]);
  });

  test('bytes are shared out as entries are', async () => {
    const store = await open({ bytesMax: 1000 });
    await store.put(of('quiet', 'a', 250));
    await store.put(of('quiet', 'b', 250));
    for (let count = 0; count < 9; count += 1) await store.put(of('loud', `${count}`, 200));
    expect(await store.findExact('quiet', 'a')).toBeDefined();
    expect(await store.findExact('quiet', 'b')).toBeDefined();
    expect(await store.findExact('loud', '8')).toBeDefined();
    expect(await store.findExact('loud', '6')).toBeUndefined();
  });

  test('where tenants are more than entries, the policy chooses among all', async () => {
    const store = await open({ maxEntries: 2 });
    for (const tenant of ['a', 'b', 'c']) await store.put(of(tenant, 'k'));
    expect(await store.findExact('a', 'k')).toBeUndefined();
    expect(await store.findExact('b', 'k')).toBeDefined();
    expect(await store.findExact('c', 'k')).toBeDefined();
  });
}

export function describePins({ open, clock }: SuiteParts): void {
  test('a pinned entry is not evicted to make room, and expires all the same', async () => {
    const store = await open({ maxEntries: 4 });
    await store.put(entry('kept', { expiresAtMs: START_MS + 1000 }));
    expect(await store.pin('id-p-kept', true)).toBe(true);
    for (let count = 0; count < 9; count += 1) await store.put(entry(`${count}`));
    expect(await store.findExact('p', 'kept')).toBeDefined();
    expect((await store.stats()).entries).toBe(4);
    clock().ms += 1000;
    expect(await store.findExact('p', 'kept')).toBeUndefined();
  });

  test('a pin that is taken off leaves an entry like any other', async () => {
    const store = await open({ maxEntries: 2 });
    await store.put(entry('a'));
    await store.pin('id-p-a', true);
    await store.pin('id-p-a', false);
    for (const key of ['b', 'c']) await store.put(entry(key));
    expect(await store.findExact('p', 'a')).toBeUndefined();
  });

  test('refuses to pin more than half of the entries or of the bytes', async () => {
    const few = await open({ maxEntries: 4 });
    for (const key of ['a', 'b', 'c']) await few.put(entry(key));
    await few.pin('id-p-a', true);
    await few.pin('id-p-a', true);
    await few.pin('id-p-b', true);
    await expect(few.pin('id-p-c', true)).rejects.toThrow(/half of what/i);
    await few.pin('id-p-a', false);
    expect(await few.pin('id-p-c', true)).toBe(true);

    const heavy = await open({ bytesMax: 1000 });
    await heavy.put(entry('a', { bytes: 400 }));
    await heavy.put(entry('b', { bytes: 200 }));
    await heavy.pin('id-p-a', true);
    await expect(heavy.pin('id-p-b', true)).rejects.toThrow(/half of what/i);
  });

  test('an entry that comes pinned is kept without its pin where half is pinned already', async () => {
    const store = await open({ maxEntries: 4 });
    for (const key of ['a', 'b', 'c']) await store.put(entry(key, { pinned: true }));
    expect((await store.findExact('p', 'b'))?.pinned).toBe(true);
    expect((await store.findExact('p', 'c'))?.pinned).toBe(false);
  });

  test('refuses an entry that only pinned ones could make way for', async () => {
    const store = await open({ bytesMax: 1000 });
    await store.put(entry('pinned', { bytes: 500, pinned: true }));
    await store.put(entry('large', { bytes: 600 }));
    expect(await store.findExact('p', 'large')).toBeUndefined();
    expect(await store.findExact('p', 'pinned')).toBeDefined();
  });

  test('a new answer to the same question keeps the pin', async () => {
    const store = await open();
    await store.put(entry('a', { id: 'old', pinned: true }));
    await store.put(entry('a', { id: 'new' }));
    expect((await store.findExact('p', 'a'))?.pinned).toBe(true);
  });
}
