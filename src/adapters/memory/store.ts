import type {
  CacheBackend,
  CacheEntry,
  CacheListing,
  CachePage,
  CacheStats,
  EvictionPolicy,
  Neighbour,
} from '../../cache/contract.js';
import type { Clock } from '../../lib/clock.js';
import { SextantError } from '../../lib/sextant-error.js';
import { Background } from './background.js';
import { BirthOrder } from './birth-order.js';
import type { GraphLibrary } from './graph.js';
import { createGrowingIndex, type GrowingIndexOptions } from './growing-index.js';
import { evictionOrder, expiryHeap, type Kept, newKept } from './kept.js';
import { listPage, type Walked, walkPage } from './pages.js';
import { Shares } from './shares.js';
import { mergeNear, type Near, type VectorIndex } from './vector-index.js';

export interface MemoryStoreOptions {
  readonly maxEntries: number;
  /** Bound on the sum of `CacheEntry.bytes`. An entry above it is not stored. Bytes. */
  readonly bytesMax: number;
  readonly evictionPolicy: EvictionPolicy;
  /** Length of every vector. */
  readonly dimension: number;
  readonly clock: Clock;
  /** Entries with a vector above which a partition is searched by a graph. Default 1,000. */
  readonly graphFrom?: number;
  /** Told once when no graph can be had, and every search is a scan. */
  readonly onProblem?: (problem: unknown) => void;
  /** Told after a flush: what an operator has thrown away must not come back. */
  readonly onFlush?: () => void;
  /** Waited for by `close`, while the entries are still there. */
  readonly onClose?: () => Promise<void>;
}

/** Everything here answers at once. */
export interface MemoryStore extends CacheBackend {
  findExact(partition: string, exactKey: string): CacheEntry | undefined;
  findNearest(partition: string, vector: Float32Array, limit: number): readonly Neighbour[];
  put(entry: CacheEntry): void;
  evict(id: string): boolean;
  pin(id: string, pinned: boolean): boolean;
  flush(): void;
  stats(): CacheStats;
  get(id: string): CacheEntry | undefined;
  list(page: CachePage): CacheListing;
  search(vector: Float32Array, limit: number): readonly Neighbour[];
  /** Grows with every change of what is kept. */
  changes(): number;
  /** At most `limit` live entries, oldest first, from where the walk before ended. */
  walk(from: number, limit: number): Walked;
}

interface Partition {
  readonly byKey: Map<string, Kept>;
  readonly index: VectorIndex<Kept>;
}

/**
 * Where a graph begins to pay: a scan takes half a millisecond per thousand vectors of 384 numbers, the graph 0.2 ms
 * whatever their number.
 */
const GRAPH_FROM = 1000;
/** Dead entries that one `put` clears away at most, so that none has to pay for a thousand that died together. */
const SWEEP_MAX = 64;
/** Dead entries that one step of the background clears away; taking one out of a graph costs some 0.1 ms. */
const SWEEP_SOME = 8;
/** Of the entries and of the bytes, how much may be pinned: a store full of pins could learn nothing new. */
const PINNED_SHARE_MAX = 0.5;

/**
 * Keeps entries in the process. Entries of two partitions share no map and no block of vectors, so a read can only
 * ever see its own. An entry counts as used when it is found by its key, or is the nearest of a search.
 *
 * When it is full, `Shares` says who makes way: no tenant within its share loses an entry to another. Pinned entries
 * never make way; a `put` that only they could make way for is refused in silence. At most half of the entries and of
 * the bytes may be pinned; what is put with a pin beyond that is kept without it. A new answer to a pinned question is
 * pinned as well.
 *
 * @throws SextantError `internal_error` from `put`, `findNearest` and `search` when a vector has another length than
 * `dimension`; `overloaded` from `pin` when half is pinned; `invalid_field` from `list` when `after` is no cursor
 */
export function createMemoryStore(options: MemoryStoreOptions): MemoryStore {
  return new BoundedStore(options);
}

class BoundedStore implements MemoryStore {
  private partitions = new Map<string, Partition>();
  private byId = new Map<string, Kept>();
  private births = new BirthOrder<Kept>();
  private shares: Shares;
  private expiry = expiryHeap();
  private bytes = 0;
  private pinned = { entries: 0, bytes: 0 };
  private evictions = 0;
  /** Counts reads and writes, to tell which came later; a clock may show one time for two of them. */
  private turn = 0;
  private changed = 0;
  private library: Promise<GraphLibrary | undefined> | undefined;
  private readonly background = new Background();
  private readonly indexOptions: GrowingIndexOptions<Kept>;

  constructor(private readonly options: MemoryStoreOptions) {
    this.shares = this.newShares();
    this.indexOptions = {
      dimension: options.dimension,
      graphFrom: options.graphFrom ?? GRAPH_FROM,
      library: () => this.loadLibrary(),
      background: this.background,
      keyOf: (kept) => kept.bornAt,
      vectorOf: (kept) => kept.entry.vector,
    };
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
    const near = index.nearest(vector, limit, this.isLive);
    if (near[0] !== undefined) this.use(near[0].item);
    const oldest = this.expiry.first();
    // Many that died together stand between a search and the living, and nobody may put for a long time.
    if (oldest !== undefined && this.isDead(oldest)) this.background.take(this.sweepSome);
    return near.map(neighbour);
  }

  put(entry: CacheEntry): void {
    if (entry.vector !== undefined) this.checkLength(entry.vector);
    // Written this way round, a weight or time that is not a number is refused.
    if (!(entry.bytes <= this.options.bytesMax) || this.options.maxEntries < 1) return;
    if (!(entry.expiresAtMs > this.options.clock.nowMs())) return;
    const replaced = this.partitions.get(entry.partition)?.byKey.get(entry.exactKey);
    const wantsPin = entry.pinned || (replaced?.entry.pinned === true && !this.isDead(replaced));
    if (replaced !== undefined) this.drop(replaced);
    const namesake = this.byId.get(entry.id);
    if (namesake !== undefined) this.drop(namesake);
    this.sweep(SWEEP_MAX);
    if (!this.makeRoom(entry)) return;
    const pinned = wantsPin && this.mayPin(entry);
    this.keep(entry.pinned === pinned ? entry : { ...entry, pinned });
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
    if (kept.entry.pinned === pinned) return true;
    if (pinned && !this.mayPin(kept.entry)) throw tooManyPins();
    this.countPin(kept.entry, -1);
    kept.entry = { ...kept.entry, pinned };
    this.countPin(kept.entry, 1);
    this.shares.repinned(kept);
    this.changed += 1;
    return true;
  }

  flush(): void {
    this.partitions = new Map();
    this.byId = new Map();
    this.births = new BirthOrder();
    this.shares = this.newShares();
    this.expiry = expiryHeap();
    this.bytes = 0;
    this.pinned = { entries: 0, bytes: 0 };
    this.background.clear();
    this.changed += 1;
    this.options.onFlush?.();
  }

  changes(): number {
    return this.changed;
  }

  walk(from: number, limit: number): Walked {
    return walkPage(this.births, { from, limit }, this.isLive);
  }

  /** Counts live entries; `evictions` are those that had to go for others, not those that expired. */
  stats(): CacheStats {
    this.sweep(Number.POSITIVE_INFINITY);
    return { entries: this.byId.size, bytes: this.bytes, evictions: this.evictions };
  }

  get(id: string): CacheEntry | undefined {
    const kept = this.byId.get(id);
    return kept === undefined || this.isDead(kept) ? undefined : kept.entry;
  }

  list(page: CachePage): CacheListing {
    return listPage(this.births, page, this.isLive);
  }

  search(vector: Float32Array, limit: number): readonly Neighbour[] {
    this.checkLength(vector);
    let best: readonly Near<Kept>[] = [];
    for (const { index } of this.partitions.values()) {
      const near = index.nearest(vector, limit, this.isLive);
      best = mergeNear(best, near, limit);
    }
    return best.map(neighbour);
  }

  async close(): Promise<void> {
    this.background.clear();
    await this.options.onClose?.();
  }

  private checkLength(vector: Float32Array): void {
    if (vector.length === this.options.dimension) return;
    throw new SextantError(
      'internal_error',
      `The cache holds vectors of ${this.options.dimension} numbers but was given one of ${vector.length}. ` +
        'Start the cache with the dimension of the encoder in use.',
    );
  }

  private readonly isLive = (kept: Kept): boolean => !this.isDead(kept);

  private isDead(kept: Kept): boolean {
    return kept.entry.expiresAtMs <= this.options.clock.nowMs();
  }

  private use(kept: Kept): void {
    kept.uses += 1;
    kept.usedAt = ++this.turn;
    this.shares.used(kept);
  }

  private readonly sweepSome = (): boolean => {
    this.sweep(SWEEP_SOME);
    const oldest = this.expiry.first();
    return oldest !== undefined && this.isDead(oldest);
  };

  private sweep(max: number): void {
    for (let swept = 0; swept < max; swept += 1) {
      const oldest = this.expiry.first();
      if (oldest === undefined || !this.isDead(oldest)) return;
      this.drop(oldest);
    }
  }

  /** False when nobody has to make way for the entry. */
  private makeRoom(entry: CacheEntry): boolean {
    const { maxEntries, bytesMax } = this.options;
    for (;;) {
      const lacksEntries = this.byId.size >= maxEntries;
      if (!lacksEntries && this.bytes + entry.bytes <= bytesMax) return true;
      // What is dead goes before anything that still lives.
      const oldest = this.expiry.first();
      if (oldest !== undefined && this.isDead(oldest)) {
        this.drop(oldest);
        continue;
      }
      const victim = this.shares.victim(entry, lacksEntries ? 'entries' : 'bytes');
      if (victim === undefined) return false;
      this.drop(victim);
      this.evictions += 1;
    }
  }

  private mayPin(entry: CacheEntry): boolean {
    // A dead entry holds no pin against a live one.
    this.sweep(Number.POSITIVE_INFINITY);
    const { maxEntries, bytesMax } = this.options;
    return (
      this.pinned.entries + 1 <= maxEntries * PINNED_SHARE_MAX &&
      this.pinned.bytes + entry.bytes <= bytesMax * PINNED_SHARE_MAX
    );
  }

  private countPin(entry: CacheEntry, by: 1 | -1): void {
    if (!entry.pinned) return;
    this.pinned.entries += by;
    this.pinned.bytes += by * entry.bytes;
  }

  private keep(entry: CacheEntry): void {
    const kept = newKept(entry, ++this.turn);
    let partition = this.partitions.get(entry.partition);
    if (partition === undefined) {
      partition = { byKey: new Map(), index: createGrowingIndex(this.indexOptions) };
      this.partitions.set(entry.partition, partition);
    }
    partition.byKey.set(entry.exactKey, kept);
    if (entry.vector !== undefined) partition.index.add(kept, entry.vector);
    this.byId.set(entry.id, kept);
    this.births.add(kept);
    this.shares.enter(kept);
    this.expiry.add(kept);
    this.bytes += entry.bytes;
    this.countPin(entry, 1);
    this.changed += 1;
  }

  private drop(kept: Kept): void {
    const { entry } = kept;
    const partition = this.partitions.get(entry.partition);
    if (entry.vector !== undefined) partition?.index.remove(kept);
    partition?.byKey.delete(entry.exactKey);
    if (partition?.byKey.size === 0) this.partitions.delete(entry.partition);
    this.byId.delete(entry.id);
    this.births.remove(kept);
    this.shares.leave(kept);
    this.expiry.remove(kept);
    this.bytes -= entry.bytes;
    this.countPin(entry, -1);
    this.changed += 1;
  }

  /** Native code, so nobody pays for it before a partition has grown large. */
  private loadLibrary(): Promise<GraphLibrary | undefined> {
    this.library ??= import('usearch').catch((problem: unknown) => {
      this.options.onProblem?.(problem);
      return undefined;
    });
    return this.library;
  }

  private newShares(): Shares {
    const { maxEntries, bytesMax, evictionPolicy } = this.options;
    return new Shares({ entries: maxEntries, bytes: bytesMax }, evictionOrder(evictionPolicy));
  }
}

function neighbour({ item, similarity }: Near<Kept>): Neighbour {
  return { entry: item.entry, similarity };
}

function tooManyPins(): SextantError {
  return new SextantError(
    'overloaded',
    'Half of what the cache may hold is pinned already. Unpin entries, or raise max_entries and bytes_max.',
  );
}
