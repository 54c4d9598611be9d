import { tokensOf } from './prompt-tokens.js';

/** Some numbers of many; the others are 0. */
export interface SparseRow {
  readonly places: Uint32Array;
  readonly values: Float32Array;
}

/**
 * How often a prompt has each word, pair and triple of neighbouring words, hashed to `buckets` places, a power of two.
 * Roots of the counts, as a row of length 1: what a prompt repeats should not count as often as it stands there.
 */
export function promptWords(text: string, buckets: number): SparseRow {
  const counts = new Map<number, number>();
  let [last, beforeLast] = [0, 0];
  for (const token of tokensOf(text)) {
    const hash = hashOf(token);
    const grams = [hash];
    if (last !== 0) grams.push(joined(last, hash));
    if (beforeLast !== 0) grams.push(joined(joined(beforeLast, last), hash));
    for (const gram of grams) {
      const place = (gram ^ (gram >>> 15)) & (buckets - 1);
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    beforeLast = last;
    last = hash;
  }
  let total = 0;
  for (const count of counts.values()) total += count;
  return {
    places: Uint32Array.from(counts.keys()),
    // The sum of the squared roots is the sum of the counts.
    values: Float32Array.from(counts.values(), (count) => Math.sqrt(count / total)),
  };
}

/** FNV-1a over UTF-16 units. */
function hashOf(token: string): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < token.length; at++) hash = Math.imul(hash ^ token.charCodeAt(at), 16_777_619);
  return hash >>> 0 || 1;
}

function joined(first: number, second: number): number {
  const mixed = Math.imul(first ^ (first >>> 13), 0x5bd1e995) ^ second;
  return Math.imul(mixed, 16_777_619) >>> 0 || 1;
}
