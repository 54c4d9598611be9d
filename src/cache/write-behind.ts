import type { CacheEntry } from './contract.js';

/** What is still to be done to the store behind. */
export type WriteTask =
  | { readonly kind: 'put'; readonly entry: CacheEntry }
  | { readonly kind: 'evict'; readonly id: string; readonly done: (found: boolean) => void }
  | {
      readonly kind: 'pin';
      readonly id: string;
      readonly pinned: boolean;
      readonly done: (found: boolean) => void;
    }
  | { readonly kind: 'flush'; readonly done: (done: boolean) => void };

/** What can be done in one go: many entries, or one of the operator's orders. */
export type WriteBatch =
  | { readonly kind: 'puts'; readonly entries: readonly CacheEntry[] }
  | Exclude<WriteTask, { kind: 'put' }>;

export interface WriteBehindLimits {
  readonly entriesMax: number;
  /** Sum of what waiting entries weigh. Bytes. */
  readonly bytesMax: number;
}

/** Entries of one batch at most. */
const BATCH_MAX = 64;

/**
 * Keeps what is to be written in the order in which it came. When it is full the oldest entries go, since the newest
 * are the likeliest to be asked for; an operator's order goes only when nothing but orders waits. What went is counted.
 */
export class WriteBehind {
  private tasks: WriteTask[] = [];
  private weight = 0;
  private lost = 0;

  constructor(private readonly limits: WriteBehindLimits) {}

  get length(): number {
    return this.tasks.length;
  }

  get bytes(): number {
    return this.weight;
  }

  /** Entries and orders that had to go since the start. */
  get dropped(): number {
    return this.lost;
  }

  add(task: WriteTask): void {
    // What a flush or an eviction would take away again need not be written first.
    if (task.kind === 'flush') this.discardEntries();
    else if (task.kind === 'evict') this.keep(({ id }) => id !== task.id);
    else if (task.kind === 'put') this.keep((entry) => !isSameQuestion(entry, task.entry));
    this.tasks.push(task);
    this.weight += weightOf(task);
    this.shrink();
  }

  /** Forgets every entry that waits; orders stay. */
  discardEntries(): void {
    this.keep(() => false);
  }

  /** What comes next, taken out; undefined when nothing waits. */
  next(): WriteBatch | undefined {
    const first = this.tasks[0];
    if (first === undefined) return undefined;
    if (first.kind !== 'put') {
      this.tasks.shift();
      return first;
    }
    const entries: CacheEntry[] = [];
    for (const task of this.tasks) {
      if (task.kind !== 'put' || entries.length === BATCH_MAX) break;
      entries.push(task.entry);
      this.weight -= weightOf(task);
    }
    this.tasks.splice(0, entries.length);
    return { kind: 'puts', entries };
  }

  /** Puts back what could not be written; it comes first again. */
  giveBack(batch: WriteBatch): void {
    // What was flushed or replaced while it was on its way is not to come back.
    const newer = this.tasks.flatMap((task) => (task.kind === 'put' ? [task.entry] : []));
    const gone = new Set(this.tasks.flatMap((task) => (task.kind === 'evict' ? [task.id] : [])));
    const flushed = this.tasks.some(({ kind }) => kind === 'flush');
    const again: readonly WriteTask[] =
      batch.kind !== 'puts'
        ? [batch]
        : batch.entries
            .filter((entry) => !flushed && !gone.has(entry.id))
            .filter((entry) => !newer.some((other) => isSameQuestion(entry, other)))
            .map((entry) => ({ kind: 'put', entry }));
    this.tasks = [...again, ...this.tasks];
    for (const task of again) this.weight += weightOf(task);
    this.shrink();
  }

  private keep(isKept: (entry: CacheEntry) => boolean): void {
    this.tasks = this.tasks.filter((task) => {
      if (task.kind !== 'put' || isKept(task.entry)) return true;
      this.weight -= weightOf(task);
      return false;
    });
  }

  private shrink(): void {
    while (this.tasks.length > this.limits.entriesMax || this.weight > this.limits.bytesMax) {
      const oldest = this.tasks.findIndex(({ kind }) => kind === 'put');
      const [dropped] = this.tasks.splice(Math.max(0, oldest), 1);
      if (dropped === undefined) return;
      this.weight -= weightOf(dropped);
      this.lost += 1;
      if (dropped.kind !== 'put') dropped.done(false);
    }
  }
}

function isSameQuestion(one: CacheEntry, other: CacheEntry): boolean {
  return one.exactKey === other.exactKey && one.partition === other.partition;
}

function weightOf(task: WriteTask): number {
  return task.kind === 'put' ? task.entry.bytes : 0;
}
