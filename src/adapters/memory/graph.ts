import type { Index, MetricKind, ScalarKind } from 'usearch';
import { innerProduct } from '../../lib/vectors.js';
import type { Near } from './vector-index.js';

/** The native library, which takes its time to load. */
export interface GraphLibrary {
  readonly Index: typeof Index;
}

export interface GraphOptions<T> {
  readonly library: GraphLibrary;
  readonly dimension: number;
  /** A whole number above 0 of its own for each item. */
  readonly keyOf: (item: T) => number;
  readonly vectorOf: (item: T) => Float32Array | undefined;
}

/** Candidates that are compared exactly at least: rounding to 16 bits can swap close neighbours. */
const CANDIDATES_MIN = 16;
/** However many of the nearest are not accepted, no search asks for more: it would take longer than asking a model. */
const CANDIDATES_MAX = 1024;
/** The search is on one thread: starting others costs more than a search takes. */
const THREADS = 1;

/**
 * A graph of small worlds over vectors rounded to 16 bits. It proposes, and the exact inner product with the item's own
 * vector decides. What is removed leaves a place that the next one takes; `isSparse` says when too few were taken.
 *
 * A million entries of 384 numbers take about 1.1 KB each in the graph (768 bytes of rounded vector, up to 48 links on
 * the ground floor and their share of those above), beside 1.5 KB for the exact vector in the entry.
 */
export class Graph<T> {
  private readonly items = new Map<number, T>();
  private readonly native: Index;
  /** Places that were ever in use at one time. */
  private places = 0;

  constructor(private readonly options: GraphOptions<T>) {
    this.native = new options.library.Index({
      dimensions: options.dimension,
      // The enumerations of the package are values, and importing one would load the library.
      metric: 'ip' as MetricKind,
      quantization: 'f16' as ScalarKind,
      // More links and fewer candidates find as many of the nearest in half the time.
      connectivity: 24,
      expansion_add: 128,
      expansion_search: 32,
      multi: false,
    });
  }

  get size(): number {
    return this.items.size;
  }

  /** Whether more than half of the places are empty. */
  get isSparse(): boolean {
    return 2 * this.items.size < this.places;
  }

  has(item: T): boolean {
    return this.items.get(this.options.keyOf(item)) === item;
  }

  /** Takes about a millisecond. */
  add(item: T): void {
    const vector = this.options.vectorOf(item);
    if (vector === undefined) return;
    const key = this.options.keyOf(item);
    this.native.add(BigInt(key), vector, THREADS);
    this.items.set(key, item);
    this.places = Math.max(this.places, this.items.size);
  }

  remove(item: T): void {
    const key = this.options.keyOf(item);
    if (this.items.delete(key)) this.native.remove(BigInt(key));
  }

  nearest(vector: Float32Array, limit: number, accepts: (item: T) => boolean): readonly Near<T>[] {
    // Those that are not accepted stand among the candidates, so one that finds too few asks for more.
    const most = Math.min(this.items.size, Math.max(CANDIDATES_MAX, 2 * limit));
    for (let wanted = Math.max(CANDIDATES_MIN, 2 * limit); ; wanted *= 4) {
      const candidates = this.candidates(vector, Math.min(wanted, most)).filter(accepts);
      if (candidates.length < limit && wanted < most) continue;
      return this.ranked(candidates, vector).slice(0, limit);
    }
  }

  /** Every item, for building another graph of them. */
  all(): IterableIterator<T> {
    return this.items.values();
  }

  private candidates(vector: Float32Array, wanted: number): T[] {
    if (wanted < 1) return [];
    const found: T[] = [];
    for (const key of this.native.search(vector, wanted, THREADS).keys) {
      const item = this.items.get(Number(key));
      if (item !== undefined) found.push(item);
    }
    return found;
  }

  private ranked(candidates: readonly T[], vector: Float32Array): Near<T>[] {
    return candidates
      .map((item) => ({ item, similarity: this.similarity(item, vector) }))
      .filter(({ similarity }) => !Number.isNaN(similarity))
      .sort((one, other) => other.similarity - one.similarity);
  }
  /** NaN where there is nothing to multiply with. */
  private similarity(item: T, vector: Float32Array): number {
    const own = this.options.vectorOf(item);
    return own === undefined ? Number.NaN : innerProduct(own, vector);
  }
}
