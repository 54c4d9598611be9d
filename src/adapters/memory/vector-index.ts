/** An item and its inner product with the vector that was asked for. */
export interface Near<T> {
  readonly item: T;
  readonly similarity: number;
}

/** Finds items by vector within one partition. */
export interface VectorIndex<T> {
  /** The item must not be in the index yet. */
  add(item: T, vector: Float32Array): void;
  /** The item must be in the index. */
  remove(item: T): void;
  /** The nearest items that `accepts` lets pass, best first, at most `limit`. */
  nearest(vector: Float32Array, limit: number, accepts: (item: T) => boolean): readonly Near<T>[];
}

/** The best of two lists that are each best first, at most `limit`. */
export function mergeNear<T>(
  one: readonly Near<T>[],
  other: readonly Near<T>[],
  limit: number,
): readonly Near<T>[] {
  if (one.length === 0) return other;
  if (other.length === 0) return one;
  return [...one, ...other].sort((a, b) => b.similarity - a.similarity).slice(0, limit);
}
