import { expect, test } from '@jest/globals';
import { BirthOrder } from '../../../../src/adapters/memory/birth-order.js';
import { createMemoryStore, type MemoryStoreOptions } from '../../../../src/adapters/memory/store.js';
import { at, DIMENSION, entry, HandClock } from '../../../contract/backend-setup.js';

function open(given: Partial<MemoryStoreOptions> = {}) {
  const clock = new HandClock();
  const bounds = { maxEntries: 1000, bytesMax: 1e6, evictionPolicy: 'fifo' as const };
  return { clock, store: createMemoryStore({ ...bounds, dimension: DIMENSION, clock, ...given }) };
}

test('has one entry per id', () => {
  const { store } = open();
  store.put(entry('one', { id: 'same' }));
  store.put(entry('two', { id: 'same' }));
  expect(store.findExact('p', 'one')).toBeUndefined();
  expect(store.stats().entries).toBe(1);
});

test('lists the newest first, and says on a page whether it is the last', () => {
  const { store } = open();
  for (const key of ['a', 'b', 'c', 'd']) store.put(entry(key));
  const first = store.list({ limit: 2 });
  expect(first.entries.map(({ exactKey }) => exactKey)).toEqual(['d', 'c']);
  const last = store.list({ limit: 2, after: first.next });
  expect(last.entries.map(({ exactKey }) => exactKey)).toEqual(['b', 'a']);
  expect(last.next).toBeUndefined();
});

test('refuses a cursor that it never gave', () => {
  expect(() => open().store.list({ limit: 2, after: '../1' })).toThrow(/next of the page before/);
});

test('what died is cleared away in the background of a search', async () => {
  const { store, clock } = open();
  for (let count = 0; count < 40; count += 1) {
    store.put(entry(`${count}`, { vector: at(count), expiresAtMs: clock.ms + 1 }));
  }
  store.put(entry('live', { vector: at(90) }));
  clock.ms += 1;
  const before = store.changes();
  expect(store.findNearest('p', at(0), 1).map((near) => near.entry.exactKey)).toEqual(['live']);
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(store.changes() - before).toBe(40);
});

test('a partition that has grown large answers as before', async () => {
  const { store } = open({ graphFrom: 100 });
  for (let count = 0; count < 300; count += 1) store.put(entry(`${count}`, { vector: at(count / 4) }));
  for (let turn = 0; turn < 500; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  for (let count = 0; count < 300; count += 37) {
    expect(store.findNearest('p', at(count / 4), 1)[0]?.entry.exactKey).toBe(`${count}`);
  }
  expect(store.search(at(0), 1)[0]?.entry.exactKey).toBe('0');
  await store.close();
});

test('births can be walked from any place, whatever has gone', () => {
  const births = new BirthOrder<{ readonly bornAt: number }>();
  const items = Array.from({ length: 500 }, (_, at) => ({ bornAt: at + 1 }));
  for (const item of items) births.add(item);
  // Enough of them for the gaps to be closed.
  for (const item of items) if (item.bornAt % 5 !== 0) births.remove(item);
  births.remove({ bornAt: 5 });
  births.remove({ bornAt: 9999 });
  expect(births.after(0, 3).map(({ bornAt }) => bornAt)).toEqual([5, 10, 15]);
  expect(births.after(10, 2).map(({ bornAt }) => bornAt)).toEqual([15, 20]);
  expect(births.after(500, 2)).toEqual([]);
  expect([...births.before(16)].map(({ bornAt }) => bornAt)).toEqual([15, 10, 5]);
});
