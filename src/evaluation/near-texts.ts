/** The nearest others of one text, best first. */
export interface NearText {
  readonly index: number;
  readonly similarity: number;
}

export interface NearTextsOptions {
  /** Of all texts, one after the other; unit length each. */
  readonly vectors: Float32Array;
  readonly dimension: number;
  /** What is less like is left out. Inner product. */
  readonly from: number;
  /** Kept of each text. */
  readonly limit: number;
  readonly progress?: ((done: number, of: number) => void) | undefined;
}

const PROGRESS_EVERY = 1000;

/** Compares every text with every other, each pair once: exact, and quick enough for some ten thousand. */
export function nearTexts(options: NearTextsOptions): readonly (readonly NearText[])[] {
  const { vectors, dimension, from, limit, progress } = options;
  const count = vectors.length / dimension;
  const near: NearText[][] = Array.from({ length: count }, () => []);
  for (let one = 0; one < count; one += 1) {
    const start = one * dimension;
    for (let other = one + 1; other < count; other += 1) {
      const at = other * dimension;
      let similarity = 0;
      for (let step = 0; step < dimension; step += 1) {
        similarity += (vectors[start + step] ?? 0) * (vectors[at + step] ?? 0);
      }
      if (similarity < from) continue;
      near[one]?.push({ index: other, similarity });
      near[other]?.push({ index: one, similarity });
    }
    // All pairs of this text are known now: those with earlier ones came in their turns.
    near[one] = best(near[one] ?? [], limit);
    if ((one + 1) % PROGRESS_EVERY === 0) progress?.(one + 1, count);
  }
  return near;
}

function best(near: readonly NearText[], limit: number): NearText[] {
  return near.toSorted((one, other) => other.similarity - one.similarity).slice(0, limit);
}
