import { expect, test } from '@jest/globals';
import type { CacheBackend, CacheEntry } from '../../src/cache/contract.js';
import { at, entry, START_MS, type SuiteParts } from './backend-setup.js';

export function describeBrowser({ open, clock }: SuiteParts): void {
  test('shows an entry of any partition by its id, while it lives', async () => {
    const backend = await open();
    const put = entry('k', { partition: 'q', id: 'one', vector: at(0), expiresAtMs: START_MS + 10 });
    await backend.put(put);
    expect(await backend.get('one')).toEqual(put);
    expect(await backend.get('two')).toBeUndefined();
    clock().ms += 10;
    expect(await backend.get('one')).toBeUndefined();
  });

  test('lists every live entry once, page by page', async () => {
    const backend = await open();
    for (let count = 0; count < 7; count += 1) {
      await backend.put(entry(`${count}`, { partition: count % 2 === 0 ? 'p' : 'q', id: `id-${count}` }));
    }
    await backend.put(entry('dead', { expiresAtMs: START_MS + 1 }));
    clock().ms += 1;
    const pages = await walk(backend, 3);
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(3);
    const ids = pages.flat().map(({ id }) => id);
    expect(ids.toSorted()).toEqual(['id-0', 'id-1', 'id-2', 'id-3', 'id-4', 'id-5', 'id-6']);
    expect(await (await open()).list({ limit: 3 })).toEqual({ entries: [], next: undefined });
  });

  test('a walk goes on whatever comes and goes on its way', async () => {
    const backend = await open();
    for (let count = 0; count < 9; count += 1) await backend.put(entry(`${count}`, { id: `id-${count}` }));
    const first = await backend.list({ limit: 3 });
    const seen = first.entries.map(({ id }) => id);
    const last = seen.at(-1) ?? '';
    // The entry at which the page ended goes, one that was not seen yet goes, and another one comes.
    const unseen = [...Array(9).keys()].map((count) => `id-${count}`).filter((id) => !seen.includes(id));
    await backend.evict(last);
    await backend.evict(unseen[0] ?? '');
    await backend.put(entry('new', { id: 'new' }));
    const rest = (await walk(backend, 3, first.next)).flat().map(({ id }) => id);
    expect(rest.filter((id) => id !== 'new').toSorted()).toEqual(unseen.slice(1).toSorted());
  });

  test('searches every partition, best first', async () => {
    const backend = await open();
    for (const [partition, degrees] of Object.entries({ p: 40, q: 10, r: 25, s: 70 })) {
      await backend.put(entry('k', { partition, vector: at(degrees) }));
    }
    await backend.put(entry('no vector'));
    const near = await backend.search(at(0), 3);
    expect(near.map(({ entry: { partition } }) => partition)).toEqual(['q', 'r', 'p']);
    expect(near[0]?.similarity).toBeCloseTo(Math.cos((10 * Math.PI) / 180), 5);
  });

  test('pins and unpins an entry by its id', async () => {
    const backend = await open();
    await backend.put(entry('k', { id: 'one', vector: at(0) }));
    expect(await backend.pin('one', true)).toBe(true);
    expect((await backend.get('one'))?.pinned).toBe(true);
    expect((await backend.findExact('p', 'k'))?.pinned).toBe(true);
    expect((await backend.findNearest('p', at(0), 1))[0]?.entry.pinned).toBe(true);
    expect(await backend.pin('one', false)).toBe(true);
    expect((await backend.get('one'))?.pinned).toBe(false);
    expect(await backend.pin('two', true)).toBe(false);
    clock().ms += 60_000;
    expect(await backend.pin('one', true)).toBe(false);
  });

  test('an operator may evict and flush what is pinned', async () => {
    const backend = await open();
    for (const key of ['a', 'b']) await backend.put(entry(key, { id: key, pinned: true }));
    expect(await backend.evict('a')).toBe(true);
    await backend.flush();
    expect(await backend.get('b')).toBeUndefined();
    expect(await walk(backend, 10)).toEqual([[]]);
  });
}

/** Every page from `after` on. A backend may find out on an empty last page that it was at the end. */
async function walk(backend: CacheBackend, limit: number, after?: string): Promise<readonly CacheEntry[][]> {
  const pages: CacheEntry[][] = [];
  let next = after;
  do {
    const listing = await backend.list({ after: next, limit });
    pages.push([...listing.entries]);
    next = listing.next;
  } while (next !== undefined && pages.length < 100);
  return pages;
}
