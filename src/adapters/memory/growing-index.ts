import type { Background } from './background.js';
import { createFlatIndex, type FlatIndex } from './flat-index.js';
import { Graph, type GraphLibrary } from './graph.js';
import { mergeNear, type Near, type VectorIndex } from './vector-index.js';

/** What the indexes of one store have in common. */
export interface GrowingIndexOptions<T> {
  readonly dimension: number;
  /** Above this many items a graph is built. */
  readonly graphFrom: number;
  /** Undefined when the library cannot be had: the scan serves all sizes then. */
  readonly library: () => Promise<GraphLibrary | undefined>;
  readonly background: Background;
  readonly keyOf: (item: T) => number;
  readonly vectorOf: (item: T) => Float32Array | undefined;
}

/**
 * A scan while it is small and a graph once it is large. An item always enters by the scan, which costs microseconds;
 * where there is a graph it moves over in the background, and until then both are searched. So no `add` waits for the
 * graph, and nothing is ever missing from a search. A graph that has become sparse is built anew beside the old one,
 * which serves until the new one holds everything.
 */
export function createGrowingIndex<T>(options: GrowingIndexOptions<T>): VectorIndex<T> {
  return new GrowingIndex(options);
}

type Phase = 'scan' | 'loading' | 'graph';

class GrowingIndex<T> implements VectorIndex<T> {
  private phase: Phase = 'scan';
  /** Everything that is not in the graph. */
  private readonly scan: FlatIndex<T>;
  private graph: Graph<T> | undefined;
  /** What the graph is being replaced with, and what has still to go there. */
  private next: { readonly graph: Graph<T>; readonly left: Iterator<T> } | undefined;
  private library: GraphLibrary | undefined;

  constructor(private readonly options: GrowingIndexOptions<T>) {
    this.scan = createFlatIndex(options.dimension);
  }

  add(item: T, vector: Float32Array): void {
    this.scan.add(item, vector);
    if (this.phase === 'graph') this.options.background.take(this.step);
    else if (this.phase === 'scan' && this.scan.size > this.options.graphFrom) this.load();
  }

  remove(item: T): void {
    if (this.graph?.has(item) !== true) {
      this.scan.remove(item);
      return;
    }
    this.graph.remove(item);
    this.next?.graph.remove(item);
    if (this.graph.isSparse) this.options.background.take(this.step);
  }

  nearest(vector: Float32Array, limit: number, accepts: (item: T) => boolean): readonly Near<T>[] {
    const scanned = this.scan.nearest(vector, limit, accepts);
    if (this.graph === undefined || limit < 1) return scanned;
    return mergeNear(scanned, this.graph.nearest(vector, limit, accepts), limit);
  }

  private load(): void {
    this.phase = 'loading';
    // The promise never rejects: the store says why there is no library, and `loading` stays for good.
    void this.options.library().then((library) => {
      if (library === undefined) return;
      this.library = library;
      this.graph = this.newGraph(library);
      this.phase = 'graph';
      this.options.background.take(this.step);
    });
  }

  /** Moves one item; replacing a sparse graph comes after what waits to enter. */
  private readonly step = (): boolean => {
    const { graph, library } = this;
    if (graph === undefined || library === undefined) return false;
    const item = this.scan.last();
    if (item !== undefined) {
      graph.add(item);
      this.scan.remove(item);
      // What comes while a replacement is under way has to be in both.
      this.next?.graph.add(item);
      return true;
    }
    if (this.next === undefined && !graph.isSparse) return false;
    this.next ??= { graph: this.newGraph(library), left: graph.all() };
    this.replace(this.next);
    return true;
  };

  private replace(next: { readonly graph: Graph<T>; readonly left: Iterator<T> }): void {
    const { done, value } = next.left.next();
    if (done === true) {
      this.graph = next.graph;
      this.next = undefined;
    } else if (!next.graph.has(value)) {
      next.graph.add(value);
    }
  }

  private newGraph(library: GraphLibrary): Graph<T> {
    const { dimension, keyOf, vectorOf } = this.options;
    return new Graph({ library, dimension, keyOf, vectorOf });
  }
}
