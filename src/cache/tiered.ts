import type { Clock } from '../lib/clock.js';
import { within } from '../lib/deadline.js';
import type { Timers } from '../lib/timers.js';
import { BackDoor, type BackDoorStats } from './back-door.js';
import type {
  CacheBackend,
  CacheEntry,
  CacheListing,
  CachePage,
  CacheStats,
  MaybePromise,
  Neighbour,
} from './contract.js';

/** What another process did to the entries that all of them share. */
export type SharedChange = { readonly kind: 'flushed' } | { readonly kind: 'evicted'; readonly id: string };

/** A store behind another one: far away, shared by several processes, and perhaps not there. */
export interface BackTier extends CacheBackend {
  /** Adds or replaces many at once. Entries that it cannot hold are left out. */
  putAll(entries: readonly CacheEntry[]): Promise<void>;
  /** Connects anew and makes sure that everything is in place. Called before the first use and after failures. */
  recover(): Promise<void>;
  /** Tells what other processes did; called once. */
  onChange(tell: (change: SharedChange) => void): void;
}

export interface TieredOptions {
  readonly front: CacheBackend;
  readonly back: BackTier;
  readonly clock: Clock;
  readonly timers: Timers;
  /** How long a request waits for one read of the store behind. Milliseconds. */
  readonly readDeadlineMs: number;
  /** How long one write, or one attempt to recover, may take. Milliseconds. */
  readonly writeDeadlineMs: number;
  /** Bounds of what waits to be written. */
  readonly queue: { readonly entriesMax: number; readonly bytesMax: number };
  /** Told when the store behind is lost (with the last failure), and when it is back. */
  readonly onTurn?: (turn: { readonly up: boolean; readonly cause?: unknown }) => void;
}

export interface TieredBackend extends CacheBackend {
  findExact(partition: string, exactKey: string): MaybePromise<CacheEntry | undefined>;
  /** How the store behind is doing. */
  backStats(): BackDoorStats;
}

/** How long an operator's order waits for the store behind before it is left to the queue. Milliseconds. */
const ORDER_WAIT_MS = 2000;
/** How long closing may take to write what still waits. Milliseconds. */
const CLOSE_WAIT_MS = 3000;
/** Cursors of the two tiers must not be taken for one another. */
const BACK_CURSOR = 'b';
const FRONT_CURSOR = 'f';

/**
 * A small near store before a large far one. Reads ask the near one first; writes go to it at once and to the far one
 * behind the request. Whatever becomes of the far one, a read costs its deadline at most, and nothing while it is
 * known to be away; no read and no write ever fails because of it.
 */
export function createTieredBackend(options: TieredOptions): TieredBackend {
  return new TwoTiers(options);
}

class TwoTiers implements TieredBackend {
  private readonly front: CacheBackend;
  private readonly back: BackTier;
  private readonly door: BackDoor;

  constructor(private readonly options: TieredOptions) {
    const { front, back } = options;
    this.front = front;
    this.back = back;
    this.door = new BackDoor(options);
    back.onChange((change) => {
      if (change.kind === 'flushed') this.door.discardEntries();
      void (change.kind === 'flushed' ? front.flush() : front.evict(change.id));
    });
    this.door.open();
  }

  findExact(partition: string, exactKey: string): MaybePromise<CacheEntry | undefined> {
    const near = this.front.findExact(partition, exactKey);
    if (near !== undefined && !(near instanceof Promise)) return near;
    return this.findExactFar(near, partition, exactKey);
  }

  async findNearest(partition: string, vector: Float32Array, limit: number): Promise<readonly Neighbour[]> {
    const [near, asked] = await Promise.all([
      this.front.findNearest(partition, vector, limit),
      this.door.ask(() => this.back.findNearest(partition, vector, limit)),
    ]);
    const far = (asked ?? []).filter(({ entry }) => this.isGood(entry, partition));
    const merged = mergeNeighbours(near, far, limit);
    const best = merged[0];
    // Only the best one is likely to be served again; the others would push out what this process asks for.
    if (best !== undefined && far.includes(best)) await this.front.put(best.entry);
    return merged;
  }

  async put(entry: CacheEntry): Promise<void> {
    await this.front.put(entry);
    this.door.write({ kind: 'put', entry });
  }

  async evict(id: string): Promise<boolean> {
    const near = await this.front.evict(id);
    return this.order((done) => this.door.write({ kind: 'evict', id, done }), near);
  }

  async pin(id: string, pinned: boolean): Promise<boolean> {
    const near = await this.front.pin(id, pinned);
    return this.order((done) => this.door.write({ kind: 'pin', id, pinned, done }), near);
  }

  async flush(): Promise<void> {
    await this.front.flush();
    await this.order((done) => this.door.write({ kind: 'flush', done }), true);
  }

  async stats(): Promise<CacheStats> {
    const near = await this.front.stats();
    const far = await this.askSlowly(() => this.back.stats());
    return far === undefined ? near : { ...far, evictions: near.evictions };
  }

  async get(id: string): Promise<CacheEntry | undefined> {
    const near = await this.front.get(id);
    if (near !== undefined) return near;
    const far = await this.askSlowly(() => this.back.get(id));
    return far !== undefined && this.isGood(far, far.partition) ? far : undefined;
  }

  async list(page: CachePage): Promise<CacheListing> {
    const inBack = page.after === undefined || page.after.startsWith(BACK_CURSOR);
    const far = inBack ? await this.askSlowly(() => this.back.list(pageOf(page, BACK_CURSOR))) : undefined;
    if (far !== undefined) return marked(far, BACK_CURSOR);
    // The far store went away in the middle of a listing: the near one has no place to go on from.
    if (page.after?.startsWith(BACK_CURSOR)) return { entries: [], next: undefined };
    return marked(await this.front.list(pageOf(page, FRONT_CURSOR)), FRONT_CURSOR);
  }

  async search(vector: Float32Array, limit: number): Promise<readonly Neighbour[]> {
    const near = await this.front.search(vector, limit);
    const far = (await this.askSlowly(() => this.back.search(vector, limit))) ?? [];
    const good = far.filter(({ entry }) => this.isGood(entry, entry.partition));
    return mergeNeighbours(near, good, limit);
  }

  backStats(): BackDoorStats {
    return this.door.stats();
  }

  async close(): Promise<void> {
    const { timers } = this.options;
    await this.door.close(CLOSE_WAIT_MS);
    const left = within(this.back.close(), CLOSE_WAIT_MS, timers).catch(() => undefined);
    await Promise.all([this.front.close(), left]);
  }

  private async findExactFar(
    near: MaybePromise<CacheEntry | undefined>,
    partition: string,
    exactKey: string,
  ): Promise<CacheEntry | undefined> {
    const kept = await near;
    if (kept !== undefined) return kept;
    const far = await this.door.ask(() => this.back.findExact(partition, exactKey));
    if (far === undefined || far.exactKey !== exactKey || !this.isGood(far, partition)) return undefined;
    await this.front.put(far);
    return far;
  }

  /** For what no request waits for. */
  private askSlowly<T>(read: () => MaybePromise<T>): Promise<T | undefined> {
    return this.door.ask(read, this.options.writeDeadlineMs);
  }

  /** Only what was asked for and still lives; the far store is not ours alone. */
  private isGood(entry: CacheEntry, partition: string): boolean {
    const isLive = entry.expiresAtMs > this.options.clock.nowMs();
    return isLive && entry.partition === partition && !this.door.isGone(entry.id);
  }

  /** Gives an order to the far store and waits for its word, for a while. */
  private order(give: (done: (found: boolean) => void) => void, near: boolean): Promise<boolean> {
    const word = new Promise<boolean>((resolve) => give(resolve));
    return within(word, ORDER_WAIT_MS, this.options.timers).then(
      (found) => near || found,
      () => near,
    );
  }
}

/** Best first; where both tiers hold one question, the near one's entry counts, since it is never the older one. */
function mergeNeighbours(
  near: readonly Neighbour[],
  far: readonly Neighbour[],
  limit: number,
): readonly Neighbour[] {
  const keyOf = ({ entry }: Neighbour) => `${entry.partition} ${entry.exactKey}`;
  const known = new Set(near.map(keyOf));
  const merged = [...near, ...far.filter((neighbour) => !known.has(keyOf(neighbour)))];
  return merged.sort((one, other) => other.similarity - one.similarity).slice(0, Math.max(0, limit));
}

function pageOf(page: CachePage, mark: string): CachePage {
  return page.after === undefined ? page : { ...page, after: page.after.slice(mark.length) };
}

function marked({ entries, next }: CacheListing, mark: string): CacheListing {
  return { entries, next: next === undefined ? undefined : mark + next };
}
