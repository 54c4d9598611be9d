import type { Near, VectorIndex } from './vector-index.js';

/** A scan of all its vectors. */
export interface FlatIndex<T> extends VectorIndex<T> {
  readonly size: number;
  /** An item that costs nothing to take out; undefined when there is none. */
  last(): T | undefined;
}

/**
 * Compares with every vector, which is exact. All vectors lie in one block in the order of their slots, so that the
 * scan reads memory from end to end; taking one out moves the last one into its place. Most partitions hold one
 * question, so the block starts with nothing and doubles.
 */
export function createFlatIndex<T>(dimension: number): FlatIndex<T> {
  let block = new Float32Array(0);
  const items: T[] = [];
  const slots = new Map<T, number>();

  function resize(capacity: number): void {
    const resized = new Float32Array(capacity * dimension);
    resized.set(block.subarray(0, items.length * dimension));
    block = resized;
  }

  return {
    get size() {
      return items.length;
    },

    last: () => items.at(-1),

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
      const similarities = innerProducts(block, items.length, vector);
      for (let slot = 0; slot < items.length; slot += 1) {
        const similarity = similarities[slot] as number;
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

/**
 * The inner product of `vector` with each row. Four rows at a time, so that no sum waits for its own last addition; a
 * loop of its own, with the vector in double precision as V8 computes anyway, takes about half the time of the plain one.
 */
function innerProducts(block: Float32Array, rows: number, vector: Float32Array): Float64Array {
  const length = vector.length;
  const query = new Float64Array(vector);
  const products = new Float64Array(rows);
  const grouped = rows - (rows % 4);
  for (let row = 0; row < grouped; row += 4) addFour(block, row, query, products);
  for (let row = grouped; row < rows; row += 1) {
    let sum = 0;
    for (let at = 0; at < length; at += 1)
      sum += (block[row * length + at] as number) * (query[at] as number);
    products[row] = sum;
  }
  return products;
}

function addFour(block: Float32Array, row: number, query: Float64Array, products: Float64Array): void {
  const length = query.length;
  const first = row * length;
  const second = first + length;
  const third = second + length;
  const fourth = third + length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let at = 0; at < length; at += 1) {
    const x = query[at] as number;
    a += (block[first + at] as number) * x;
    b += (block[second + at] as number) * x;
    c += (block[third + at] as number) * x;
    d += (block[fourth + at] as number) * x;
  }
  products[row] = a;
  products[row + 1] = b;
  products[row + 2] = c;
  products[row + 3] = d;
}
