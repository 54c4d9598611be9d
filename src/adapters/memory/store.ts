import type {
  CacheEntry,
  CacheOperations,
  CacheStats,
  CacheStore,
  EvictionPolicy,
  Neighbour,
} from '../../cache/contract.js';
import type { Clock } from '../../lib/clock.js';
import { SextantError } from '../../lib/sextant-error.js';
import { createFlatIndex } from './flat-index.js';
import { Heap } from './heap.js';
import type { VectorIndex } from './vector-index.js';

export interface MemoryStoreOptions {
  readonly maxEntries: number;
  /** Bound on the sum of `CacheEntry.bytes`. An entry above it is not stored. Bytes. */
  readonly bytesMax: number;
  readonly evictionPolicy: EvictionPolicy;
  /** Length of every vector. */
  readonly dimension: number;
  readonly clock: Clock;
}

/** Everything here answers at once. */
export interface MemoryStore extends CacheStore, CacheOperations {
  findExact(partition: string, exactKey: string): CacheEntry | undefined;
  findNearest(partition: string, vector: Float32Array, limit: number): readonly Neighbour[];
  put(entry: CacheEntry): void;
  evict(id: string): boolean;
  pin(id: string, pinned: boolean): boolean;
  flush(): void;
  stats(): CacheStats;
}

/** An entry and what decides when it goes. */
interface Kept {
  entry: CacheEntry;
  readonly bornAt: number;
  usedAt: number;
  uses: number;
  orderPlace: number;
  expiryPlace: number;
}

interface Partition {
  readonly byKey: Map<string, Kept>;
  readonly index: VectorIndex<Kept>;
}

/** Dead entries that one `put` clears away at most, so that none has to pay for a thousand that died together. */
const SWEEP_MAX = 64;

/**
 * Keeps entries in the process. Entries of two partitions share no map and no block of vectors, so a read can only
 * ever see its own. An entry counts as used when it is found by its key, or is the nearest of a search.
 *
 * @throws SextantError `internal_error` from `put` and `findNearest` when a vector has another length than `dimension`
 */
export function createMemoryStore(options: MemoryStoreOptions): MemoryStore {
  return new BoundedStore(options);
}

class BoundedStore implements MemoryStore {
  private partitions = new Map<string, Partition>();
  private byId = new Map<string, Kept>();
  private order: Heap<Kept>;
  private expiry = expiryHeap();
  private bytes = 0;
  private evictions = 0;
  /** Counts reads and writes, to tell which came later; a clock may show one time for two of them. */
  private turn = 0;

  constructor(private readonly options: MemoryStoreOptions) {
    this.order = evictionHeap(options.evictionPolicy);
  }

  findExact(partition: string, exactKey: string): CacheEntry | undefined {
    const kept = this.partitions.get(partition)?.byKey.get(exactKey);
    if (kept === undefined) return undefined;
    if (this.isDead(kept)) {
      this.drop(kept);
      return undefined;
    }
    this.use(kept);
    return kept.entry;
  }

  findNearest(partition: string, vector: Float32Array, limit: number): readonly Neighbour[] {
    this.checkLength(vector);
    const index = this.partitions.get(partition)?.index;
    if (index === undefined) return [];
    const near = index.nearest(vector, limit, (kept) => !this.isDead(kept));
    if (near[0] !== undefined) this.use(near[0].item);
    return near.map(({ item, similarity }) => ({ entry: item.entry, similarity }));
  }

  put(entry: CacheEntry): void {
    if (entry.vector !== undefined) this.checkLength(entry.vector);
    // Written this way round, a weight or time that is not a number is refused.
    if (!(entry.bytes <= this.options.bytesMax) || this.options.maxEntries < 1) return;
    if (!(entry.expiresAtMs > this.options.clock.nowMs())) return;
    const replaced = this.partitions.get(entry.partition)?.byKey.get(entry.exactKey);
    if (replaced !== undefined) this.drop(replaced);
    const namesake = this.byId.get(entry.id);
    if (namesake !== undefined) this.drop(namesake);
    this.sweep(SWEEP_MAX);
    if (this.makeRoom(entry.bytes)) this.keep(entry);
  }

  evict(id: string): boolean {
    const kept = this.byId.get(id);
    if (kept === undefined) return false;
    this.drop(kept);
    return !this.isDead(kept);
  }

  pin(id: string, pinned: boolean): boolean {
    const kept = this.byId.get(id);
    if (kept === undefined || this.isDead(kept)) return false;
    kept.entry = { ...kept.entry, pinned };
    this.order.moved(kept);
    return true;
  }

  flush(): void {
    this.partitions = new Map();
    this.byId = new Map();
    this.order = evictionHeap(this.options.evictionPolicy);
    this.expiry = expiryHeap();
    this.bytes = 0;
  }

  /** Counts live entries; `evictions` are those that had to go for others, not those that expired. */
  stats(): CacheStats {
    this.sweep(Number.POSITIVE_INFINITY);
    return { entries: this.byId.size, bytes: this.bytes, evictions: this.evictions };
  }

  private checkLength(vector: Float32Array): void {
    if (vector.length === this.options.dimension) return;
    throw new SextantError(
      'internal_error',
      `The cache holds vectors of ${this.options.dimension} numbers but was given one of ${vector.length}. ` +
        'Start the cache with the dimension of the encoder in use.',
    );
  }

  private isDead(kept: Kept): boolean {
    return kept.entry.expiresAtMs <= this.options.clock.nowMs();
  }

  private use(kept: Kept): void {
    kept.uses += 1;
    kept.usedAt = ++this.turn;
    this.order.moved(kept);
  }

  private sweep(max: number): void {
    for (let swept = 0; swept < max; swept += 1) {
      const oldest = this.expiry.first();
      if (oldest === undefined || !this.isDead(oldest)) return;
      this.drop(oldest);
    }
  }

  /** False when only pinned entries could make way. */
  private makeRoom(bytes: number): boolean {
    while (this.byId.size >= this.options.maxEntries || this.bytes + bytes > this.options.bytesMax) {
      // What is dead goes before anything that still lives.
      const oldest = this.expiry.first();
      const victim = oldest !== undefined && this.isDead(oldest) ? oldest : this.order.first();
      if (victim === undefined || (victim.entry.pinned && !this.isDead(victim))) return false;
      if (victim !== oldest || !this.isDead(victim)) this.evictions += 1;
      this.drop(victim);
    }
    return true;
  }

  private keep(entry: CacheEntry): void {
    const bornAt = ++this.turn;
    const kept: Kept = { entry, bornAt, usedAt: bornAt, uses: 0, orderPlace: 0, expiryPlace: 0 };
    let partition = this.partitions.get(entry.partition);
    if (partition === undefined) {
      partition = { byKey: new Map(), index: createFlatIndex(this.options.dimension) };
      this.partitions.set(entry.partition, partition);
    }
    partition.byKey.set(entry.exactKey, kept);
    if (entry.vector !== undefined) partition.index.add(kept, entry.vector);
    this.byId.set(entry.id, kept);
    this.order.add(kept);
    this.expiry.add(kept);
    this.bytes += entry.bytes;
  }

  private drop(kept: Kept): void {
    const { entry } = kept;
    const partition = this.partitions.get(entry.partition);
    if (entry.vector !== undefined) partition?.index.remove(kept);
    partition?.byKey.delete(entry.exactKey);
    if (partition?.byKey.size === 0) this.partitions.delete(entry.partition);
    this.byId.delete(entry.id);
    this.order.remove(kept);
    this.expiry.remove(kept);
    this.bytes -= entry.bytes;
  }
}

function expiryHeap(): Heap<Kept> {
  return new Heap({
    compare: (one, other) => one.entry.expiresAtMs - other.entry.expiresAtMs,
    placeOf: (kept) => kept.expiryPlace,
    setPlace: (kept, place) => {
      kept.expiryPlace = place;
    },
  });
}

/** First out is first in, or the one unused for longest, or the least used and then the oldest of those. */
function evictionHeap(policy: EvictionPolicy): Heap<Kept> {
  const orders: Record<EvictionPolicy, (one: Kept, other: Kept) => number> = {
    fifo: (one, other) => one.bornAt - other.bornAt,
    lru: (one, other) => one.usedAt - other.usedAt,
    lfu: (one, other) => one.uses - other.uses || one.bornAt - other.bornAt,
  };
  return new Heap({
    compare: (one, other) =>
      Number(one.entry.pinned) - Number(other.entry.pinned) || orders[policy](one, other),
    placeOf: (kept) => kept.orderPlace,
    setPlace: (kept, place) => {
      kept.orderPlace = place;
    },
  });
}
