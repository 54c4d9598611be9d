import type { Logger } from '../../telemetry/contract.js';
import type { EncodedText, EncoderThread } from './encoder-thread.js';
import type { ScanText, TextPair } from './protocol.js';
import type { TextWindow } from './text-window.js';

export interface ThreadPoolOptions {
  readonly threads: readonly EncoderThread[];
  /** Starts one that takes the place of a thread that ended. */
  readonly start: () => Promise<EncoderThread>;
  readonly logger: Logger;
  /** Wait before the first try to replace a thread; it doubles with each failure. Milliseconds. */
  readonly restartMsMin?: number;
  readonly restartMsMax?: number;
}

/** Threads that are replaced when they die. */
export interface ThreadPool {
  /** Threads that are up, busy ones included. */
  alive(): number;
  /** Whether a task would be taken now. */
  free(): boolean;
  /** Only while `free()`. One result for each window, in their order. */
  encode(windows: readonly TextWindow[]): Promise<readonly EncodedText[]>;
  /** Only while `free()`. Probability of an attack in each text, 0 to 1, by words alone. */
  scan(texts: readonly ScanText[]): Promise<readonly number[]>;
  /** Only while `free()`. One logit for each pair, in their order. */
  judge(pairs: readonly TextPair[]): Promise<readonly number[]>;
  /** Called each time a thread becomes free. */
  onFree(listener: () => void): void;
  close(): Promise<void>;
}

const RESTART_MS_MIN = 100;
const RESTART_MS_MAX = 10_000;

export function createThreadPool(options: ThreadPoolOptions): ThreadPool {
  return new ReplacingPool(options);
}

class ReplacingPool implements ThreadPool {
  readonly #options: ThreadPoolOptions;
  readonly #alive = new Set<EncoderThread>();
  readonly #free: EncoderThread[] = [];
  readonly #restarts = new Set<NodeJS.Timeout>();
  /** Deaths and failed starts since a task last succeeded. */
  #failures = 0;
  #closed = false;
  #listener: () => void = () => {};

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
    for (const thread of options.threads) this.#admit(thread);
  }

  alive(): number {
    return this.#alive.size;
  }

  free(): boolean {
    return this.#free.length > 0;
  }

  encode(windows: readonly TextWindow[]): Promise<readonly EncodedText[]> {
    return this.#take((thread) => thread.encode(windows));
  }

  scan(texts: readonly ScanText[]): Promise<readonly number[]> {
    return this.#take((thread) => thread.scan(texts));
  }

  judge(pairs: readonly TextPair[]): Promise<readonly number[]> {
    return this.#take((thread) => thread.judge(pairs));
  }

  onFree(listener: () => void): void {
    this.#listener = listener;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#free.length = 0;
    for (const restart of this.#restarts) clearTimeout(restart);
    await Promise.all([...this.#alive].map((thread) => thread.close()));
  }

  async #take<T>(work: (thread: EncoderThread) => Promise<T>): Promise<T> {
    const thread = this.#free.pop();
    if (thread === undefined) throw new Error('no encoder thread is free');
    try {
      const done = await work(thread);
      this.#failures = 0;
      return done;
    } finally {
      this.#release(thread);
    }
  }

  #admit(thread: EncoderThread): void {
    this.#alive.add(thread);
    void thread.ended.then((reason) => this.#bury(thread, reason));
    this.#release(thread);
  }

  #release(thread: EncoderThread): void {
    // A task that failed because its thread died ends before the death is told.
    if (this.#closed || !thread.isUp()) return;
    this.#free.push(thread);
    this.#listener();
  }

  #bury(thread: EncoderThread, reason: string): void {
    this.#alive.delete(thread);
    const index = this.#free.indexOf(thread);
    if (index >= 0) this.#free.splice(index, 1);
    if (this.#closed) return;
    this.#options.logger.error(
      { reason, alive: this.#alive.size },
      'an encoder thread ended and is started again',
    );
    this.#replaceLater();
  }

  /** The wait doubles, so that a model which kills its thread at once does not keep a core busy with loading. */
  #replaceLater(): void {
    const { restartMsMin = RESTART_MS_MIN, restartMsMax = RESTART_MS_MAX } = this.#options;
    const waitMs = Math.min(restartMsMax, restartMsMin * 2 ** Math.min(this.#failures, 16));
    this.#failures += 1;
    const restart = setTimeout(() => {
      this.#restarts.delete(restart);
      void this.#replace();
    }, waitMs);
    this.#restarts.add(restart);
  }

  async #replace(): Promise<void> {
    try {
      const thread = await this.#options.start();
      if (this.#closed) return await thread.close();
      this.#options.logger.info({ alive: this.#alive.size + 1 }, 'an encoder thread is up again');
      this.#admit(thread);
    } catch (error) {
      if (this.#closed) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.logger.error(
        { reason, alive: this.#alive.size },
        'an encoder thread could not be started again',
      );
      this.#replaceLater();
    }
  }
}
