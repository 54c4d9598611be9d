/** An item and its inner product with the vector that was asked for. */
export interface Near<T> {
  readonly item: T;
  readonly similarity: number;
}

/** Finds items by vector within one partition. A flat scan serves small partitions, a graph may serve large ones. */
export interface VectorIndex<T> {
  /** The item must not be in the index yet; the vector is copied. */
  add(item: T, vector: Float32Array): void;
  /** The item must be in the index. */
  remove(item: T): void;
  /** The nearest items that `accepts` lets pass, best first, at most `limit`. */
  nearest(vector: Float32Array, limit: number, accepts: (item: T) => boolean): readonly Near<T>[];
}
