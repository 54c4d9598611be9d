import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WriteBehind, type WriteTask } from '../../../src/cache/write-behind.js';
import { entry } from '../../contract/backend-setup.js';

const put = (key: string, given = {}): WriteTask => ({ kind: 'put', entry: entry(key, given) });
const roomy = () => new WriteBehind({ entriesMax: 100, bytesMax: 1e6 });

function keysOf(queue: WriteBehind): readonly string[] {
  const batch = queue.next();
  return batch?.kind === 'puts' ? batch.entries.map(({ exactKey }) => exactKey) : [];
}

describe('a queue of writes', () => {
  test('gives entries in order, many at once, and an order by itself', () => {
    const queue = roomy();
    const evict: WriteTask = { kind: 'evict', id: 'x', done: () => {} };
    for (const task of [put('a'), put('b'), evict, put('c')]) queue.add(task);
    expect([queue.length, queue.bytes]).toEqual([4, 300]);
    expect(keysOf(queue)).toEqual(['a', 'b']);
    expect(queue.next()).toBe(evict);
    expect(keysOf(queue)).toEqual(['c']);
    expect(queue.next()).toBeUndefined();
    expect([queue.length, queue.bytes]).toEqual([0, 0]);
  });

  test('gives no more than 64 at once', () => {
    const queue = new WriteBehind({ entriesMax: 1000, bytesMax: 1e6 });
    for (let count = 0; count < 70; count += 1) queue.add(put(`${count}`));
    expect(keysOf(queue)).toHaveLength(64);
    expect(keysOf(queue)).toHaveLength(6);
  });

  test('writes a question once, the newest answer', () => {
    const queue = roomy();
    for (const task of [put('a', { id: 'old' }), put('b'), put('a', { id: 'new' })]) queue.add(task);
    queue.add(put('a', { partition: 'other' }));
    const batch = queue.next();
    expect(batch?.kind === 'puts' && batch.entries.map(({ id }) => id)).toEqual([
      'id-p-b',
      'new',
      'id-other-a',
    ]);
  });

  test('does not write what is evicted or flushed before', () => {
    const queue = roomy();
    queue.add(put('a', { id: 'one' }));
    queue.add(put('b'));
    queue.add({ kind: 'evict', id: 'one', done: () => {} });
    expect(keysOf(queue)).toEqual(['b']);
    queue.add(put('c'));
    queue.add({ kind: 'flush', done: () => {} });
    expect(queue.next()?.kind).toBe('evict');
    expect(queue.next()?.kind).toBe('flush');
    expect([queue.length, queue.bytes]).toEqual([0, 0]);
  });

  test('lets the oldest entries go when it is full, and counts them', () => {
    const queue = new WriteBehind({ entriesMax: 2, bytesMax: 1e6 });
    for (const key of ['a', 'b', 'c']) queue.add(put(key));
    expect([queue.dropped, queue.length]).toEqual([1, 2]);
    expect(keysOf(queue)).toEqual(['b', 'c']);
    const small = new WriteBehind({ entriesMax: 100, bytesMax: 250 });
    for (const key of ['a', 'b', 'c']) small.add(put(key));
    expect([small.dropped, small.bytes]).toEqual([1, 200]);
  });

  test('lets orders go last, and says so', () => {
    const queue = new WriteBehind({ entriesMax: 2, bytesMax: 1e6 });
    const said: (readonly [string, boolean])[] = [];
    const order = (id: string): WriteTask => ({ kind: 'evict', id, done: (found) => said.push([id, found]) });
    for (const task of [put('a'), order('x'), order('y'), order('z')]) queue.add(task);
    expect(queue.dropped).toBe(2);
    expect(said).toEqual([['x', false]]);
  });

  test('takes back what could not be written, but nothing that was overtaken', () => {
    const queue = roomy();
    for (const key of ['a', 'b', 'c']) queue.add(put(key));
    const batch = queue.next();
    queue.add(put('b', { id: 'newer' }));
    queue.add({ kind: 'evict', id: 'id-p-c', done: () => {} });
    if (batch !== undefined) queue.giveBack(batch);
    const again = queue.next();
    expect(again?.kind === 'puts' && again.entries.map(({ id }) => id)).toEqual(['id-p-a', 'newer']);
    const evict = queue.next();
    expect(evict?.kind).toBe('evict');
    queue.add(put('d'));
    if (evict !== undefined) queue.giveBack(evict);
    expect(queue.next()).toBe(evict);
    const last = queue.next();
    queue.add({ kind: 'flush', done: () => {} });
    if (last !== undefined) queue.giveBack(last);
    expect(queue.next()?.kind).toBe('flush');
    expect([queue.length, queue.bytes]).toEqual([0, 0]);
  });

  test('holds its bounds and its weight whatever comes', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), bytes: fc.integer({ min: 1, max: 400 }) }),
        fc.constantFrom('take' as const, 'return' as const, 'evict' as const, 'flush' as const),
      ),
    );
    fc.assert(
      fc.property(steps, (list) => {
        const queue = new WriteBehind({ entriesMax: 4, bytesMax: 700 });
        let taken: ReturnType<WriteBehind['next']>;
        for (const step of list) {
          if (step === 'take') taken = queue.next();
          else if (step === 'return') {
            if (taken !== undefined) queue.giveBack(taken);
            taken = undefined;
          } else if (step === 'evict') queue.add({ kind: 'evict', id: 'id-p-a', done: () => {} });
          else if (step === 'flush') queue.add({ kind: 'flush', done: () => {} });
          else queue.add(put(step.key, { bytes: step.bytes }));
          expect(queue.length).toBeLessThanOrEqual(4);
          expect(queue.bytes).toBeLessThanOrEqual(700);
        }
        while (queue.next() !== undefined);
        expect(queue.bytes).toBe(0);
      }),
    );
  });
});
