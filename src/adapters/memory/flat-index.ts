import type { Near, VectorIndex } from './vector-index.js';

/**
 * Compares with every vector, which is exact. All vectors lie in one block in the order of their slots, so that the
 * scan reads memory from end to end; taking one out moves the last one into its place. Most partitions hold one
 * question, so the block starts with nothing and doubles.
 */
export function createFlatIndex<T>(dimension: number): VectorIndex<T> {
  let block = new Float32Array(0);
  const items: T[] = [];
  const slots = new Map<T, number>();

  function resize(capacity: number): void {
    const resized = new Float32Array(capacity * dimension);
    resized.set(block.subarray(0, items.length * dimension));
    block = resized;
  }

  return {
    add(item, vector) {
      if ((items.length + 1) * dimension > block.length) resize(Math.max(1, 2 * items.length));
      block.set(vector, items.length * dimension);
      slots.set(item, items.length);
      items.push(item);
    },

    remove(item) {
      const slot = slots.get(item);
      const last = items.pop();
      if (slot === undefined || last === undefined) return;
      slots.delete(item);
      if (last !== item) {
        items[slot] = last;
        slots.set(last, slot);
        block.copyWithin(slot * dimension, items.length * dimension, (items.length + 1) * dimension);
      }
      if (items.length * dimension * 4 < block.length) resize(2 * items.length);
    },

    nearest(vector, limit, accepts) {
      const best: Near<T>[] = [];
      if (limit < 1) return best;
      // In double precision from the start: with two blocks of one type V8's code was four times as slow.
      const query = Float64Array.from(vector);
      for (let slot = 0; slot < items.length; slot += 1) {
        const similarity = dot(block, slot * dimension, query);
        const worst = best.length < limit ? undefined : best[best.length - 1];
        if (worst !== undefined && !(similarity > worst.similarity)) continue;
        const item = items[slot];
        if (item === undefined || Number.isNaN(similarity) || !accepts(item)) continue;
        insert(best, { item, similarity }, limit);
      }
      return best;
    },
  };
}

function insert<T>(best: Near<T>[], near: Near<T>, limit: number): void {
  let at = best.length;
  while (at > 0 && (best[at - 1]?.similarity ?? 0) < near.similarity) at -= 1;
  best.splice(at, 0, near);
  if (best.length > limit) best.pop();
}

/** Four sums at a time, since one would wait for its own last addition. */
function dot(block: Float32Array, offset: number, query: Float64Array): number {
  const length = query.length;
  const even = length - (length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let at = 0; at < even; at += 4) {
    a += (block[offset + at] as number) * (query[at] as number);
    b += (block[offset + at + 1] as number) * (query[at + 1] as number);
    c += (block[offset + at + 2] as number) * (query[at + 2] as number);
    d += (block[offset + at + 3] as number) * (query[at + 3] as number);
  }
  for (let at = even; at < length; at += 1) a += (block[offset + at] as number) * (query[at] as number);
  return a + b + c + d;
}
