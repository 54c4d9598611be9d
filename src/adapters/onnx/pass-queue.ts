import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { systemClock } from '../../lib/clock.js';
import { SextantError } from '../../lib/sextant-error.js';
import type { Embedding } from '../../signals/contract.js';
import { type TextWindow, windowOf } from './text-window.js';
import type { ThreadPool } from './thread-pool.js';

export interface PassQueueOptions {
  readonly pool: ThreadPool;
  /** Texts that may wait for a thread. */
  readonly queueMax: number;
  /** Embeddings of recent texts that are kept. */
  readonly memoMax: number;
}

/** Texts on their way to a thread: first come, first served, equal texts together. */
export interface PassQueue {
  encode(text: string, deadlineMs: number): Promise<Embedding>;
  /** Texts that wait for a thread. */
  length(): number;
  /** Refuses whatever waits, and whatever comes. */
  close(): void;
}

/** Callers that may share one pass; above it something is wrong with the callers. */
const SHARERS_MAX = 4096;
/** Node fires a timer at once when its delay does not fit into 31 bits. */
const TIMER_MS_MAX = 2 ** 31 - 1;

interface Pass {
  readonly key: string;
  readonly window: TextWindow;
  readonly waiting: Set<Waiter>;
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
  #closed = false;

  constructor(options: PassQueueOptions) {
    this.#options = options;
    this.#memo = new LRUCache({ max: options.memoMax });
  }

  length(): number {
    return this.#queued.size;
  }

  async encode(text: string, deadlineMs: number): Promise<Embedding> {
    if (this.#closed) throw shutDown();
    const window = windowOf(text);
    const key = keyOf(window);
    const known = this.#memo.get(key);
    if (known !== undefined) return known;
    if (!(deadlineMs > 0)) throw tooLate(deadlineMs);
    const pass = this.#running.get(key) ?? this.#queued.get(key) ?? this.#enqueue(key, window);
    if (pass.waiting.size >= SHARERS_MAX) throw tooMany(pass.waiting.size);
    const embedding = this.#join(pass, deadlineMs);
    this.pump();
    return embedding;
  }

  close(): void {
    this.#closed = true;
    for (const pass of [...this.#queued.values(), ...this.#running.values()]) {
      settle(pass, (waiter) => waiter.reject(shutDown()));
    }
    this.#queued.clear();
  }

  /** Gives waiting texts to free threads. */
  pump(): void {
    while (this.#options.pool.free()) {
      const next = this.#queued.values().next();
      if (next.done === true) return;
      this.#queued.delete(next.value.key);
      this.#running.set(next.value.key, next.value);
      void this.#run(next.value);
    }
  }

  #enqueue(key: string, window: TextWindow): Pass {
    if (!this.#options.pool.free() && this.#queued.size >= this.#options.queueMax)
      throw tooMany(this.#queued.size);
    const pass: Pass = { key, window, waiting: new Set() };
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

  async #run(pass: Pass): Promise<void> {
    try {
      const embedding = await this.#options.pool.encode(pass.window);
      this.#memo.set(pass.key, embedding);
      this.#running.delete(pass.key);
      settle(pass, (waiter) => answer(waiter, embedding));
    } catch (error) {
      this.#running.delete(pass.key);
      settle(pass, (waiter) => waiter.reject(error));
    }
  }
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
