/** A number from 0 (included) to 1 (not included). */
export type Random = () => number;

/**
 * The same sequence for the same seed, everywhere. Good enough to shuffle and to sample; never for secrets, because
 * whoever sees a few numbers can tell the rest.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    // Mulberry32: one 32-bit state, stepped by an odd constant and mixed twice.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The numbers from 0 to `count` - 1 in random order. */
export function shuffledIndices(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}
