import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { systemClock } from '../../lib/clock.js';
import { SextantError } from '../../lib/sextant-error.js';
import type { Embedding } from '../../signals/contract.js';
import type { EncodedText } from './encoder-thread.js';
import { bucketOfChars, textsPerPass } from './length-buckets.js';
import type { ScanText, TextPair } from './protocol.js';
import { leadOf, type TextWindow, windowOf } from './text-window.js';
import type { ThreadPool } from './thread-pool.js';
import { behindLead } from './window-spans.js';

export interface PassQueueOptions {
  readonly pool: ThreadPool;
  /** Texts that may wait for a thread. */
  readonly queueMax: number;
  /** Embeddings of recent texts that are kept. */
  readonly memoMax: number;
}

/**
 * Texts on their way to a thread: first come, first served, equal texts together. Where several wait, those of like
 * length share a pass.
 */
export interface PassQueue {
  encode(text: string, deadlineMs: number): Promise<Embedding>;
  /** What is known of a text that came lately, without a pass. */
  recall(text: string): Embedding | undefined;
  /**
   * Searches texts for an attack by their words alone, 0 to 1 each; takes turns with the texts that wait to be encoded.
   *
   * @throws SextantError `deadline_exceeded` when no thread got to it in time, `internal_error` when it failed
   */
  scan(texts: readonly ScanText[], deadlineMs: number): Promise<readonly number[]>;
  /**
   * One logit for each pair of texts, in their order; takes turns as `scan` does.
   *
   * @throws SextantError `deadline_exceeded` and `internal_error` as `scan` does, `overloaded` when too many wait
   */
  judge(pairs: readonly TextPair[], deadlineMs: number): Promise<readonly number[]>;
  /** Texts that wait for a thread to encode them. */
  length(): number;
  /** Texts so far that were known already when they came. */
  memoHits(): number;
  /** Refuses whatever waits, and whatever comes. */
  close(): void;
}

/** Callers that may share one pass; above it something is wrong with the callers. */
const SHARERS_MAX = 4096;
/** Node fires a timer at once when its delay does not fit into 31 bits. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** How far the queue is looked through for texts that may share a pass. */
const COMPANY_LOOK_MAX = 64;

interface Pass {
  readonly key: string;
  readonly window: TextWindow;
  readonly bucket: number | undefined;
  readonly waiting: Set<Waiter>;
}

/** Other work for a thread than to encode: it shares no pass and is not remembered. */
interface Errand {
  readonly run: (pool: ThreadPool) => Promise<readonly number[]>;
  readonly resolve: (numbers: readonly number[]) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

interface Waiter {
  readonly resolve: (embedding: Embedding) => void;
  readonly reject: (error: unknown) => void;
  readonly deadlineMs: number;
  readonly expiresAtMs: number;
  readonly timer: NodeJS.Timeout;
}

export function createPassQueue(options: PassQueueOptions): PassQueue {
  const queue = new SharingQueue(options);
  options.pool.onFree(() => queue.pump());
  return queue;
}

class SharingQueue implements PassQueue {
  readonly #options: PassQueueOptions;
  readonly #memo: LRUCache<string, Embedding>;
  /** A map keeps the order of arrival and gives up an entry from its middle at no cost. */
  readonly #queued = new Map<string, Pass>();
  readonly #running = new Map<string, Pass>();
  readonly #errands = new Set<Errand>();
  /** Whether the next free thread goes on an errand, if one waits. */
  #errandIsNext = true;
  #memoHits = 0;
  #closed = false;

  constructor(options: PassQueueOptions) {
    this.#options = options;
    this.#memo = new LRUCache({ max: options.memoMax });
  }

  length(): number {
    return this.#queued.size;
  }

  memoHits(): number {
    return this.#memoHits;
  }

  scan(texts: readonly ScanText[], deadlineMs: number): Promise<readonly number[]> {
    return this.#send((pool) => pool.scan(texts), deadlineMs);
  }

  async judge(pairs: readonly TextPair[], deadlineMs: number): Promise<readonly number[]> {
    if (!(deadlineMs > 0)) throw tooLate(deadlineMs);
    if (this.#errands.size >= this.#options.queueMax) throw tooMany(this.#errands.size);
    return this.#send((pool) => pool.judge(pairs), deadlineMs);
  }

  #send(run: Errand['run'], deadlineMs: number): Promise<readonly number[]> {
    if (this.#closed) return Promise.reject(shutDown());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          this.#errands.delete(errand);
          reject(tooLate(deadlineMs));
        },
        Math.min(deadlineMs, TIMER_MS_MAX),
      );
      const errand: Errand = { run, resolve, reject, timer };
      this.#errands.add(errand);
      this.pump();
    });
  }

  async encode(text: string, deadlineMs: number): Promise<Embedding> {
    if (this.#closed) throw shutDown();
    const window = windowOf(text);
    const key = keyOf(window);
    const lead = leadOf(text);
    const known = this.#known(key, lead);
    if (known !== undefined) return known;
    if (!(deadlineMs > 0)) throw tooLate(deadlineMs);
    const pass = this.#running.get(key) ?? this.#queued.get(key) ?? this.#enqueue(key, window);
    if (pass.waiting.size >= SHARERS_MAX) throw tooMany(pass.waiting.size);
    const embedding = this.#join(pass, deadlineMs);
    this.pump();
    return behindLead(await embedding, lead);
  }

  recall(text: string): Embedding | undefined {
    return this.#known(keyOf(windowOf(text)), leadOf(text));
  }

  #known(key: string, lead: number): Embedding | undefined {
    const known = this.#memo.get(key);
    if (known === undefined) return undefined;
    this.#memoHits += 1;
    return behindLead(known, lead);
  }

  close(): void {
    this.#closed = true;
    for (const pass of [...this.#queued.values(), ...this.#running.values()]) {
      settle(pass, (waiter) => waiter.reject(shutDown()));
    }
    this.#queued.clear();
    for (const errand of this.#errands) endErrand(errand, () => errand.reject(shutDown()));
    this.#errands.clear();
  }

  /** Gives what waits to free threads. */
  pump(): void {
    while (this.#options.pool.free()) {
      const [errand] = this.#errands;
      const goes = errand !== undefined && (this.#errandIsNext || this.#queued.size === 0);
      this.#errandIsNext = !goes;
      if (goes) {
        this.#errands.delete(errand);
        void this.#goOn(errand);
        continue;
      }
      const passes = this.#nextPasses();
      if (passes.length === 0) return;
      for (const pass of passes) {
        this.#queued.delete(pass.key);
        this.#running.set(pass.key, pass);
      }
      void this.#run(passes);
    }
  }

  /** The text that waits longest, and others that may share its pass. */
  #nextPasses(): readonly Pass[] {
    const passes: Pass[] = [];
    let looked = 0;
    for (const pass of this.#queued.values()) {
      const [first] = passes;
      if (first === undefined || pass.bucket === first.bucket) passes.push(pass);
      looked += 1;
      if (looked === COMPANY_LOOK_MAX || passes.length === textsPerPass(passes[0]?.bucket)) break;
    }
    return passes;
  }

  #enqueue(key: string, window: TextWindow): Pass {
    if (!this.#options.pool.free() && this.#queued.size >= this.#options.queueMax)
      throw tooMany(this.#queued.size);
    const bucket = bucketOfChars(window.head.length + window.tail.length);
    const pass: Pass = { key, window, bucket, waiting: new Set() };
    this.#queued.set(key, pass);
    return pass;
  }

  #join(pass: Pass, deadlineMs: number): Promise<Embedding> {
    return new Promise((resolve, reject) => {
      const expiresAtMs = systemClock.monotonicMs() + deadlineMs;
      const timer = setTimeout(() => this.#leave(pass, waiter), Math.min(deadlineMs, TIMER_MS_MAX));
      const waiter: Waiter = { resolve, reject, deadlineMs, expiresAtMs, timer };
      pass.waiting.add(waiter);
    });
  }

  /** A text that nobody waits for any more is not encoded, unless it already runs: that cannot be stopped. */
  #leave(pass: Pass, waiter: Waiter): void {
    pass.waiting.delete(waiter);
    if (pass.waiting.size === 0) this.#queued.delete(pass.key);
    waiter.reject(tooLate(waiter.deadlineMs));
  }

  async #run(passes: readonly Pass[]): Promise<void> {
    let results: readonly EncodedText[] = [];
    try {
      results = await this.#options.pool.encode(passes.map(({ window }) => window));
    } catch (error) {
      for (const pass of passes) this.#fail(pass, error);
      return;
    }
    passes.forEach((pass, index) => {
      const result = results[index];
      if (result?.ok === true) this.#answer(pass, result.value);
      else this.#fail(pass, result?.error);
    });
  }

  #answer(pass: Pass, embedding: Embedding): void {
    this.#memo.set(pass.key, embedding);
    this.#running.delete(pass.key);
    settle(pass, (waiter) => answer(waiter, embedding));
  }

  #fail(pass: Pass, error: unknown): void {
    this.#running.delete(pass.key);
    settle(pass, (waiter) => waiter.reject(error));
  }

  async #goOn(errand: Errand): Promise<void> {
    try {
      const numbers = await errand.run(this.#options.pool);
      endErrand(errand, () => errand.resolve(numbers));
    } catch (error) {
      endErrand(errand, () => errand.reject(error));
    }
  }
}

function endErrand(errand: Errand, tell: () => void): void {
  clearTimeout(errand.timer);
  tell();
}

/** The memo holds no text: whoever reads the memory of the process finds a hash. */
function keyOf(window: TextWindow): string {
  const parts =
    window.tail === '' ? ['whole', window.head] : ['ends', `${window.head.length}`, window.head, window.tail];
  return createHash('sha256').update(parts.join('\n')).digest('base64');
}

/** The event loop may have been busy past the deadline, with the answer and the timer both waiting for it. */
function answer(waiter: Waiter, embedding: Embedding): void {
  if (systemClock.monotonicMs() > waiter.expiresAtMs) waiter.reject(tooLate(waiter.deadlineMs));
  else waiter.resolve(embedding);
}

function settle(pass: Pass, tell: (waiter: Waiter) => void): void {
  for (const waiter of pass.waiting) {
    clearTimeout(waiter.timer);
    tell(waiter);
  }
  pass.waiting.clear();
}

function tooMany(waiting: number): SextantError {
  return new SextantError('overloaded', `${waiting} prompts already wait for the encoder; try again shortly`);
}

function tooLate(deadlineMs: number): SextantError {
  const message = `the encoder did not get to this prompt within ${Math.round(deadlineMs)} ms; try again shortly`;
  return new SextantError('deadline_exceeded', message);
}

function shutDown(): SextantError {
  return new SextantError('overloaded', 'the encoder is shutting down; try again shortly');
}
