import type { CacheEntry, CacheListing, CachePage, CacheStats, Neighbour } from '../../cache/contract.js';
import type { BackTier, SharedChange } from '../../cache/tiered.js';
import type { Clock } from '../../lib/clock.js';
import { SextantError } from '../../lib/sextant-error.js';
import { type EncoderMark, ensureCollections } from './collections.js';
import { MilvusConnection } from './connection.js';
import { Control, TOMBSTONE_MS } from './control.js';
import { digestOf } from './digest.js';
import { EntryRows, ROWS_MAX } from './entry-rows.js';
import { Evictions } from './evictions.js';
import { above, all, below, either, equals, type Filter, oneOf } from './filter.js';
import { entryOf, pkOf, type Row, rowOf } from './rows.js';
import type { MilvusSettings } from './settings.js';

export interface MilvusBackendOptions {
  readonly settings: MilvusSettings;
  readonly encoder: EncoderMark;
  readonly clock: Clock;
  /** How long one read of a request may take before the call itself is given up. Milliseconds. */
  readonly readDeadlineMs: number;
}

export interface MilvusBackend extends BackTier {
  /**
   * The secret that all processes on this collection agree on; the first one makes it.
   * @throws SextantError when Milvus cannot be asked
   */
  readOrCreateSharedSecret(): Promise<Uint8Array>;
  /** Entries that had a field too large for Milvus, since the start. */
  tooLarge(): number;
}

/** How often a process asks what the others did. Within this time, and Milvus' own delay, a flush has reached it. */
const NEWS_EVERY_MS = 1000;
const CLEAN_EVERY_MS = 60_000;
/** Rows are deleted by key, so a question that was just answered anew must not be among them. */
const CLEAN_AFTER_MS = 60_000;
/** Rows that one cleaning takes away at most, in pages. */
const CLEAN_PAGE = 1000;
const CLEAN_PAGES_MAX = 10;
/** How long the first word of Milvus may take at the start, and how long in each attempt after that. Milliseconds. */
const OPEN_TIMEOUT_MS = 5000;
const REOPEN_TIMEOUT_MS = 1000;
/** Rows whose weight is looked at to estimate the weight of all. */
const WEIGHED_MAX = 1000;
/** Rows of one id that are looked at; there is one, but for a moment. */
const NAMESAKES_MAX = 16;

/**
 * Keeps entries in a collection of Milvus that any number of processes share. Every row that comes back is looked at
 * again: its partition, its time, its epoch.
 *
 * Reads, writes and orders reject with a `SextantError` when Milvus does not answer or refuses.
 */
export function createMilvusBackend(options: MilvusBackendOptions): MilvusBackend {
  return new SharedStore(options);
}

class SharedStore implements MilvusBackend {
  private readonly connection: MilvusConnection;
  private readonly control: Control;
  private epoch = 0;
  private newsAtMs = 0;
  private secret: Uint8Array | undefined;
  private attempts = 0;
  private skipped = 0;
  private readonly evictions = new Evictions();
  private readonly rows: EntryRows;
  private tell: (change: SharedChange) => void = () => {};
  private timers: NodeJS.Timeout[] = [];
  private hearing = false;
  private closed = false;

  constructor(private readonly options: MilvusBackendOptions) {
    this.connection = new MilvusConnection(options.settings, options.readDeadlineMs);
    this.rows = new EntryRows(this.connection, options.settings);
    this.control = new Control(this.connection, options.settings, options.clock);
  }

  async recover(): Promise<void> {
    const { settings, encoder, clock, readDeadlineMs } = this.options;
    const { connectTimeoutMs } = settings;
    const firstWordMs = this.attempts === 0 ? OPEN_TIMEOUT_MS : REOPEN_TIMEOUT_MS;
    this.attempts += 1;
    // Whoever gave reads a long deadline knows that Milvus is slow to speak.
    await this.connection.reopen(Math.min(connectTimeoutMs, Math.max(firstWordMs, readDeadlineMs)));
    await ensureCollections(this.connection, settings, encoder);
    await this.hearNews();
    if (this.epoch === 0) await this.beginEpoch(clock.nowMs());
    if (this.secret !== undefined) await this.control.keepSecret(this.secret);
    this.startJobs();
  }

  onChange(tell: (change: SharedChange) => void): void {
    this.tell = tell;
  }

  async readOrCreateSharedSecret(): Promise<Uint8Array> {
    this.secret ??= await this.control.sharedSecret();
    return this.secret;
  }

  tooLarge(): number {
    return this.skipped;
  }

  async findExact(partition: string, exactKey: string): Promise<CacheEntry | undefined> {
    const rows = await this.rows.find(equals('pk', pkOf(partition, exactKey, this.epoch)), 1);
    return this.entriesOf(rows, partition).find((entry) => entry.exactKey === exactKey);
  }

  async findNearest(partition: string, vector: Float32Array, limit: number): Promise<readonly Neighbour[]> {
    return this.near(vector, limit, partition);
  }

  async search(vector: Float32Array, limit: number): Promise<readonly Neighbour[]> {
    return this.near(vector, limit, undefined);
  }

  async put(entry: CacheEntry): Promise<void> {
    await this.putAll([entry]);
  }

  async putAll(entries: readonly CacheEntry[]): Promise<void> {
    for (const { vector } of entries) if (vector !== undefined) this.checkLength(vector);
    const nowMs = this.options.clock.nowMs();
    const place = this.place();
    const rows = new Map<string, Row>();
    for (const entry of entries) {
      const row = rowOf(entry, place);
      if (row === undefined) this.skipped += 1;
      else if (entry.expiresAtMs > nowMs) rows.set(String(row['pk']), row);
    }
    if (rows.size === 0) return;
    const pinned = await this.makeWay(rows);
    const data = [...rows.values()].map((row) =>
      pinned.has(String(row['pk'])) ? { ...row, pinned: true } : row,
    );
    await this.rows.upsert(data);
    for (const row of rows.values()) this.evictions.welcome(String(row['id']));
  }

  async evict(id: string): Promise<boolean> {
    const rows = await this.rowsOfId(id);
    if (rows.length === 0) return false;
    await this.rows.remove(rows);
    this.evictions.add(id, await this.control.writeEvicted(id));
    return true;
  }

  async pin(id: string, pinned: boolean): Promise<boolean> {
    const entry = await this.get(id);
    const row = entry === undefined ? undefined : rowOf({ ...entry, pinned }, this.place());
    if (row === undefined) return false;
    await this.rows.upsert([row]);
    return true;
  }

  async flush(): Promise<void> {
    await this.beginEpoch(Math.max(this.options.clock.nowMs(), this.epoch + 1));
    // A full collection takes long to clean; what is left in it counts no more already.
    void this.clean().catch(() => undefined);
  }

  async stats(): Promise<CacheStats> {
    const filter = this.live();
    const entries = await this.rows.count(filter);
    const weighed = entries === 0 ? [] : await this.rows.find(filter, WEIGHED_MAX, ['bytes']);
    const sum = weighed.reduce((bytes, row) => bytes + Number(row['bytes']), 0);
    const bytes = weighed.length === 0 ? 0 : Math.round((sum / weighed.length) * entries);
    return { entries, bytes, evictions: 0 };
  }

  async get(id: string): Promise<CacheEntry | undefined> {
    return this.entriesOf(await this.rowsOfId(id))[0];
  }

  async list(page: CachePage): Promise<CacheListing> {
    const limit = Math.min(page.limit, ROWS_MAX);
    const after = page.after ?? '';
    if (!/^([0-9a-f]{64})?$/.test(after)) {
      throw new SextantError('invalid_field', 'after is no cursor; give the `next` of the page before.', {
        param: 'after',
      });
    }
    if (limit < 1) return { entries: [], next: undefined };
    const keys = await this.rows.firstKeys(this.live(), after, limit);
    const last = keys.at(-1);
    if (last === undefined) return { entries: [], next: undefined };
    const rows = await this.rows.find(all(oneOf('pk', keys), this.live()), keys.length);
    return { entries: this.entriesOf(rows), next: keys.length === limit ? last : undefined };
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    this.connection.close();
  }

  private async near(
    vector: Float32Array,
    limit: number,
    partition: string | undefined,
  ): Promise<readonly Neighbour[]> {
    this.checkLength(vector);
    if (limit < 1) return [];
    const scope = partition === undefined ? [] : [equals('scope', digestOf(partition))];
    const filter = all(...scope, this.live(), equals('semantic', true));
    const near = await this.rows.nearest(vector, limit, filter);
    return near.flatMap(({ row, score }) =>
      this.entriesOf([row], partition).map((entry) => ({ entry, similarity: score })),
    );
  }

  private async rowsOfId(id: string): Promise<readonly Row[]> {
    const filter = all(equals('id_key', digestOf(id)), this.live());
    return (await this.rows.findWritten(filter, NAMESAKES_MAX)).filter((row) => row['id'] === id);
  }

  /**
   * An id names one entry, so whatever else carries it goes. A new answer to a pinned question stays pinned: gives the
   * keys of those.
   */
  private async makeWay(rows: ReadonlyMap<string, Row>): Promise<ReadonlySet<string>> {
    const ids = [...new Set([...rows.values()].map((row) => String(row['id_key'])))];
    const touched = either(oneOf('id_key', ids), oneOf('pk', [...rows.keys()]));
    const known = await this.rows.find(all(touched, this.live()), ROWS_MAX, ['pk', 'pinned']);
    const namesakes = known.filter((row) => !rows.has(String(row['pk'])));
    if (namesakes.length > 0) await this.rows.remove(namesakes);
    return new Set(known.filter((row) => row['pinned'] === true).map((row) => String(row['pk'])));
  }

  /** Where and how rows are written now. */
  private place() {
    const { settings, encoder } = this.options;
    return { epoch: this.epoch, vectorField: settings.vectorField, dimension: encoder.dimension };
  }

  /** What counts now: of the current epoch, and not expired. */
  private live(): Filter {
    return all(equals('epoch', this.epoch), above('expires', Math.trunc(this.options.clock.nowMs())));
  }

  private entriesOf(rows: readonly Row[], partition?: string): readonly CacheEntry[] {
    const nowMs = this.options.clock.nowMs();
    return rows.flatMap((row) => {
      const entry = entryOf(row);
      if (entry === undefined || Number(row['epoch']) !== this.epoch) return [];
      if (!(entry.expiresAtMs > nowMs) || this.evictions.isGone(entry.id)) return [];
      return partition === undefined || entry.partition === partition ? [entry] : [];
    });
  }

  private checkLength(vector: Float32Array): void {
    const { dimension } = this.options.encoder;
    if (vector.length === dimension) return;
    throw new SextantError(
      'internal_error',
      `The cache holds vectors of ${dimension} numbers but was given one of ${vector.length}. ` +
        'Start the cache with the dimension of the encoder in use.',
    );
  }

  private async beginEpoch(atMs: number): Promise<void> {
    const epoch = Math.trunc(atMs);
    await this.control.writeEpoch(epoch);
    this.epoch = epoch;
  }

  private startJobs(): void {
    if (this.timers.length > 0 || this.closed) return;
    const every = (ms: number, job: () => Promise<void>) => {
      // What fails is tried again soon, and the reads tell whether Milvus is there.
      const timer = setInterval(() => void job().catch(() => undefined), ms);
      timer.unref();
      this.timers.push(timer);
    };
    every(NEWS_EVERY_MS, () => this.hearNews());
    every(CLEAN_EVERY_MS, () => this.clean());
  }

  private async hearNews(): Promise<void> {
    if (this.hearing) return;
    this.hearing = true;
    try {
      const startedMs = this.options.clock.nowMs();
      const news = await this.control.news(this.newsAtMs);
      const missed = this.newsAtMs > 0 && startedMs - this.newsAtMs > TOMBSTONE_MS;
      this.newsAtMs = startedMs;
      const moved = news.epoch !== undefined && news.epoch !== this.epoch;
      if (news.epoch !== undefined) {
        const first = this.epoch === 0;
        this.epoch = news.epoch;
        if ((moved && !first) || missed) this.tell({ kind: 'flushed' });
      }
      for (const { id, atMs } of news.evicted) {
        if (this.evictions.has(id, atMs)) continue;
        this.evictions.add(id, atMs);
        this.tell({ kind: 'evicted', id });
      }
    } finally {
      this.hearing = false;
    }
  }

  /** Takes rows away that expired or were flushed: a page at a time, so that no call grows with the collection. */
  private async clean(): Promise<void> {
    const longDeadMs = Math.trunc(this.options.clock.nowMs()) - CLEAN_AFTER_MS;
    const dead = either(below('expires', longDeadMs), below('epoch', this.epoch));
    for (let page = 0; page < CLEAN_PAGES_MAX; page += 1) {
      const rows = await this.rows.find(dead, CLEAN_PAGE, ['pk']);
      if (rows.length > 0) await this.rows.remove(rows);
      if (rows.length < CLEAN_PAGE) break;
    }
    await this.control.clean();
  }
}
