import { access, mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SextantError } from '../../lib/sextant-error.js';
import type { Logger } from '../../telemetry/contract.js';
import { readSnapshot, writeSnapshot } from './snapshot.js';
import type { SnapshotHeader } from './snapshot-line.js';
import { createMemoryStore, type MemoryStore, type MemoryStoreOptions } from './store.js';

export interface PersistentStoreOptions extends MemoryStoreOptions {
  /** Where the snapshot is. Its folder is made when missing. */
  readonly path: string;
  /** How often what has changed is written. Milliseconds. */
  readonly intervalMs: number;
  /** Hash of the encoder that makes the vectors. */
  readonly encoderHash: string;
  readonly logger: Logger;
}

/** Files that were refused and are kept; beyond it somebody has to look at them. */
const REJECTED_MAX = 99;

/**
 * A memory store that outlives its process. The snapshot is loaded before it opens, and written when something has
 * changed, after a flush, and at `close`. What was put, pinned or evicted since the last one is forgotten by a crash.
 * A snapshot of another encoder, or with a wrong checksum, is renamed and not used; a failed write is tried again at
 * the next interval. Which entry was used when is not kept, so after a restart the order of use begins with that of
 * birth.
 *
 * @throws SextantError `internal_error` when the file or its folder cannot be used; the message says which and why
 */
export async function openPersistentStore(options: PersistentStoreOptions): Promise<MemoryStore> {
  const keeper = new Keeper(options);
  const store = createMemoryStore({
    ...options,
    onFlush: () => keeper.flushed(),
    onClose: () => keeper.close(),
  });
  await keeper.load(store).catch((error: unknown) => {
    throw new SextantError(
      'internal_error',
      `The cache cannot be loaded from ${options.path} (${reasonOf(error)}). ` +
        'Give semantic_cache.persist_path a file that Sextant may read and write, or move this one away.',
      { cause: error },
    );
  });
  keeper.start(store);
  return store;
}

class Keeper {
  private readonly header: SnapshotHeader;
  private store: MemoryStore | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** `changes` of the store when it was last written. */
  private saved = 0;
  private flushes = 0;
  /** The write under way; each waits for the one before. */
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: PersistentStoreOptions) {
    this.header = { encoderHash: options.encoderHash, dimension: options.dimension };
  }

  async load(store: MemoryStore): Promise<void> {
    const { path, logger } = this.options;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const outcome = await readSnapshot(path, this.header, (entry) => store.put(entry));
    if (outcome.kind === 'refused') {
      const kept = await setAside(path);
      logger.warn({ path, kept, why: outcome.why }, `the cache starts empty: ${outcome.why}`);
    } else if (outcome.kind === 'read') {
      const { entries, unreadable } = outcome.value;
      logger.info({ path, entries, unreadable, live: store.stats().entries }, 'the cache was loaded');
    }
  }

  start(store: MemoryStore): void {
    this.store = store;
    this.saved = store.changes();
    this.timer = setInterval(() => void this.save(), this.options.intervalMs);
    // Waiting for the next snapshot is no reason to stay alive; `close` writes the last one.
    this.timer.unref();
  }

  /** Written at once: after a crash nothing that was flushed may come back. */
  flushed(): void {
    this.flushes += 1;
    void this.save();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.save();
  }

  private save(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    const { path, logger } = this.options;
    const { store, header, flushes } = this;
    if (store === undefined) return;
    const changes = store.changes();
    if (changes === this.saved) return;
    try {
      const isStale = () => this.flushes !== flushes;
      const walk: MemoryStore['walk'] = (from, limit) => store.walk(from, limit);
      if (await writeSnapshot(path, { header, walk, isStale })) this.saved = changes;
    } catch (error) {
      logger.warn({ path, reason: reasonOf(error) }, 'the cache could not be written; it is tried again');
    }
  }
}

/** Gives a file that is not used a name under which an operator can look at it; none of them replaces another. */
async function setAside(path: string): Promise<string> {
  for (let count = 1; count <= REJECTED_MAX; count += 1) {
    const name = count === 1 ? `${path}.rejected` : `${path}.rejected.${count}`;
    if (await exists(name)) continue;
    await rename(path, name);
    return name;
  }
  throw new Error(`${REJECTED_MAX} rejected snapshots lie there already`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
