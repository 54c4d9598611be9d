import type { Clock } from '../lib/clock.js';
import { within } from '../lib/deadline.js';
import { SextantError } from '../lib/sextant-error.js';
import type { Timers } from '../lib/timers.js';
import { Breaker, type BreakerState } from './breaker.js';
import type { CacheEntry } from './contract.js';
import { type WriteBatch, WriteBehind, type WriteTask } from './write-behind.js';

/** What the way to a far store needs to know of it. */
interface FarStore {
  findExact(partition: string, exactKey: string): unknown;
  putAll(entries: readonly CacheEntry[]): Promise<void>;
  evict(id: string): boolean | Promise<boolean>;
  pin(id: string, pinned: boolean): boolean | Promise<boolean>;
  flush(): void | Promise<void>;
  recover(): Promise<void>;
}

export interface BackDoorOptions {
  readonly back: FarStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly readDeadlineMs: number;
  readonly writeDeadlineMs: number;
  readonly queue: { readonly entriesMax: number; readonly bytesMax: number };
  readonly onTurn?: (turn: { readonly up: boolean; readonly cause?: unknown }) => void;
}

export interface BackDoorStats {
  readonly breaker: BreakerState;
  /** Tasks that wait to be written. */
  readonly queueLength: number;
  readonly queueBytes: number;
  /** Tasks that were given up since the start. */
  readonly dropped: number;
  /** Reads and writes that failed or came too late since the start. */
  readonly failures: number;
  /** Reads that were not tried, because the store was known to be away or too many were under way. */
  readonly skipped: number;
}

/** So many failures in a row, and the far store counts as away. */
const FAILURES_MAX = 3;
/** After one failure reads go without the far store for this many deadlines. */
const REST_DEADLINES = 2;
const READS_MAX = 256;
/** Between two probes. With the time that a probe takes it stays below the two seconds in which a hit is due again. */
const PROBE_EVERY_MS = 500;
const PROBE_READ_MS = 1000;
/** Making a collection and loading it takes seconds; a store that is not there must say so sooner by itself. */
const RECOVER_TIMEOUT_MS = 60_000;
/** Entries that the far store itself refuses so often are given up; it is more than open the breaker. */
const REFUSALS_MAX = 2 * FAILURES_MAX;
/** Evicted entries that a late answer of the far store must not bring back. */
const GONE_MAX = 4096;

/** The way to a far store: its deadline, its breaker, and the queue of what is to be written to it. */
export class BackDoor {
  private readonly breaker: Breaker;
  private readonly queue: WriteBehind;
  private readonly gone = new Set<string>();
  private reads = 0;
  private failures = 0;
  private skipped = 0;
  private flushes = 0;
  private given = 0;
  private refusals = 0;
  private writing: Promise<void> | undefined;
  private closed = false;
  private stopProbe: () => void = () => {};

  constructor(private readonly options: BackDoorOptions) {
    const { clock, readDeadlineMs, queue } = options;
    this.breaker = new Breaker({
      failuresMax: FAILURES_MAX,
      restMs: REST_DEADLINES * readDeadlineMs,
      clock,
    });
    this.queue = new WriteBehind(queue);
  }

  /** Looks for the far store now, and from then on whenever it is away. */
  open(): void {
    void this.probe();
  }

  /** What the far store says, or undefined when it says nothing in time. Never throws. */
  async ask<T>(read: () => T | Promise<T>, deadlineMs = this.options.readDeadlineMs): Promise<T | undefined> {
    if (!this.breaker.allows() || this.reads >= READS_MAX || this.flushes > 0) {
      this.skipped += 1;
      return undefined;
    }
    this.reads += 1;
    try {
      const said = await within(this.attempt(read), deadlineMs, this.options.timers);
      this.breaker.succeeded();
      return said;
    } catch (cause) {
      this.noteFailure(cause);
      return undefined;
    } finally {
      this.reads -= 1;
    }
  }

  /** Leaves a task to be done soon. */
  write(task: WriteTask): void {
    if (this.closed) {
      if (task.kind !== 'put') task.done(false);
      return;
    }
    if (task.kind === 'evict') this.forget(task.id);
    if (task.kind === 'put') this.gone.delete(task.entry.id);
    this.queue.add(task.kind === 'flush' ? this.awaited(task.done) : task);
    this.pump();
  }

  /** What waits to be written is older than a flush by another process. */
  discardEntries(): void {
    this.queue.discardEntries();
  }

  /** Whether this process has evicted the entry, so that it must not come back from the far store. */
  isGone(id: string): boolean {
    return this.gone.has(id);
  }

  stats(): BackDoorStats {
    return {
      breaker: this.breaker.state,
      queueLength: this.queue.length,
      queueBytes: this.queue.bytes,
      dropped: this.queue.dropped + this.given,
      failures: this.failures,
      skipped: this.skipped,
    };
  }

  /** Writes what waits, for `ms` milliseconds at most, and probes no more. */
  async close(ms: number): Promise<void> {
    this.closed = true;
    this.stopProbe();
    this.pump();
    const written = this.writing ?? Promise.resolve();
    await within(written, ms, this.options.timers).catch(() => undefined);
  }

  private async attempt<T>(work: () => T | Promise<T>): Promise<T> {
    return work();
  }

  /** Until a flush is done, what the far store holds does not count. */
  private awaited(done: (done: boolean) => void): WriteTask {
    this.flushes += 1;
    return {
      kind: 'flush',
      done: (flushed) => {
        this.flushes -= 1;
        done(flushed);
      },
    };
  }

  private forget(id: string): void {
    this.gone.add(id);
    const oldest = this.gone.values().next().value;
    if (this.gone.size > GONE_MAX && oldest !== undefined) this.gone.delete(oldest);
  }

  private noteFailure(cause: unknown): void {
    this.failures += 1;
    if (!this.breaker.failed()) return;
    this.options.onTurn?.({ up: false, cause });
    this.probeLater();
  }

  private probeLater(): void {
    if (this.closed) return;
    this.stopProbe();
    this.stopProbe = this.options.timers.after(PROBE_EVERY_MS, () => void this.probe());
  }

  /** The far store is back when it is in place and answers as fast as a request wants it to. */
  private async probe(): Promise<void> {
    if (this.closed || !this.breaker.startProbe()) return;
    const { back, timers, readDeadlineMs } = this.options;
    try {
      await within(back.recover(), RECOVER_TIMEOUT_MS, timers);
      // The first read over a new connection is slower than all that follow.
      await within(
        this.attempt(() => back.findExact('', '')),
        PROBE_READ_MS,
        timers,
      );
      await within(
        this.attempt(() => back.findExact('', '')),
        readDeadlineMs,
        timers,
      );
      this.breaker.endProbe(true);
      this.options.onTurn?.({ up: true });
      this.pump();
    } catch {
      this.failures += 1;
      this.breaker.endProbe(false);
      this.probeLater();
    }
  }

  private pump(): void {
    if (this.writing !== undefined || this.breaker.state !== 'closed') return;
    this.writing = this.writeAll().finally(() => {
      this.writing = undefined;
      // What came while the last batch ended has nobody else to start it.
      if (this.queue.length > 0) this.pump();
    });
  }

  private async writeAll(): Promise<void> {
    const { timers, writeDeadlineMs } = this.options;
    while (this.breaker.state === 'closed') {
      const batch = this.queue.next();
      if (batch === undefined) return;
      try {
        const found = await within(this.doBatch(batch), writeDeadlineMs, timers);
        this.breaker.succeeded();
        this.refusals = 0;
        if (batch.kind !== 'puts') batch.done(found);
      } catch (cause) {
        this.retry(batch, cause);
      }
    }
  }

  /** An order stays until it is done: nobody asks for it again. Entries that are refused for good would block it. */
  private retry(batch: WriteBatch, cause: unknown): void {
    const refused = cause instanceof SextantError && cause.code === 'internal_error';
    if (refused) this.refusals += 1;
    if (batch.kind === 'puts' && refused && this.refusals >= REFUSALS_MAX) {
      this.given += batch.entries.length;
      this.refusals = 0;
    } else {
      this.queue.giveBack(batch);
    }
    this.noteFailure(cause);
  }

  private async doBatch(batch: WriteBatch): Promise<boolean> {
    const { back } = this.options;
    switch (batch.kind) {
      case 'puts':
        await back.putAll(batch.entries);
        return true;
      case 'evict':
        return back.evict(batch.id);
      case 'pin':
        return back.pin(batch.id, batch.pinned);
      case 'flush':
        await back.flush();
        return true;
    }
  }
}
