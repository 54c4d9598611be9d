import type { Encoder, WholeReader } from '../../src/signals/contract.js';
import { HEADS, readByWords, wordReader } from './heads.js';

/** Half of what heads of the user's own read. */
const DIMENSION = 384;

/**
 * An encoder whose vectors are bags of words, so that texts with the same words lie near each other, and whose heads go
 * by words too. It knows no letters beyond ASCII.
 */
export function wordEncoder(): Encoder & WholeReader & { readonly encoded: string[] } {
  const encoded: string[] = [];
  const reader = wordReader();
  return {
    dimension: DIMENSION,
    hash: 'e'.repeat(64),
    heads: HEADS,
    encoded,
    encode: async (text) => {
      encoded.push(text);
      const strange = [...text].filter((letter) => letter > '~').length;
      const heads = { ...readByWords(text), features: bagOf(text, 7) };
      const unknownShare = strange / Math.max(1, text.length);
      return { vector: bagOf(text, 3), tokens: 5, truncated: text.length > 500, unknownShare, heads };
    },
    readWhole: (passages, budget) => reader.readWhole(passages, budget),
  };
}

/** A unit vector. */
function bagOf(text: string, seed: number): Float32Array {
  const bag = new Float32Array(DIMENSION);
  for (const word of text.toLowerCase().match(/[a-z0-9]+/g) ?? []) {
    let place = seed;
    for (const letter of word) place = (place * 31 + letter.charCodeAt(0)) % DIMENSION;
    bag[place] = (bag[place] ?? 0) + 1;
  }
  const length = Math.hypot(...bag);
  return length === 0 ? bag : bag.map((value) => value / length);
}
