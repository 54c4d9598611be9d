import { Worker } from 'node:worker_threads';
import { err, type Result } from '../../lib/result.js';
import { SextantError } from '../../lib/sextant-error.js';
import type { Embedding } from '../../signals/contract.js';
import type {
  ScanText,
  SessionOptions,
  TaskReply,
  TextPair,
  WorkerReply,
  WorkerRequest,
} from './protocol.js';
import type { TextWindow } from './text-window.js';

/** One worker thread with one session; does one task at a time. */
export interface EncoderThread {
  /**
   * Gives one result for each window, in their order.
   *
   * @throws SextantError `internal_error` when the whole task failed or the thread ended under it
   */
  encode(windows: readonly TextWindow[]): Promise<readonly EncodedText[]>;
  /**
   * Gives the probability of an attack in each text, 0 to 1, by words alone.
   *
   * @throws SextantError `internal_error` as `encode` does
   */
  scan(texts: readonly ScanText[]): Promise<readonly number[]>;
  /**
   * Gives one logit for each pair, in their order.
   *
   * @throws SextantError `internal_error` as `encode` does
   */
  judge(pairs: readonly TextPair[]): Promise<readonly number[]>;
  /** False from the moment on at which the thread is known to have ended. */
  isUp(): boolean;
  /** Settles when the thread has ended, for whatever reason, with that reason. */
  readonly ended: Promise<string>;
  /** Frees the session and ends the thread, after the pass that runs. */
  close(): Promise<void>;
}

export type EncodedText = Result<Embedding, SextantError>;

/** A thread that runs its script but has no model yet. It keeps no process alive, so nobody has to end it. */
export interface PreparedThread {
  readonly worker: Worker;
  /** Settles when the thread has ended, with the reason. */
  readonly ended: Promise<string>;
}

export interface EncoderThreadOptions {
  readonly thread: PreparedThread;
  readonly session: SessionOptions;
  /** A thread that is not ready after this counts as failed. Milliseconds. */
  readonly loadMsMax: number;
  /** A task that takes longer than this is stuck, and its thread is ended. Milliseconds. */
  readonly passMsMax: number;
  /** How long a thread that is to end may take to do so before it is ended by force. Milliseconds. */
  readonly closeMsMax?: number;
}

/** The script that a thread runs. Node cannot run it from TypeScript, so from source the built one is taken. */
export const ENCODER_WORKER = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/adapters/onnx/encoder-worker.js' : './encoder-worker.js',
  import.meta.url,
);

/** Starts a thread that loads the runtime, which takes as long as a model does and needs to know nothing of it. */
export function prepareEncoderThread(script: URL = ENCODER_WORKER): PreparedThread {
  const worker = new Worker(script);
  worker.unref();
  return { worker, ended: endOf(worker) };
}

/**
 * Opens the model in a prepared thread, which is used up by it, and waits until it is loaded and warm.
 *
 * @throws Error with the reason when it does not get there
 */
export async function startEncoderThread(options: EncoderThreadOptions): Promise<EncoderThread> {
  const { worker, ended } = options.thread;
  worker.ref();
  const thread = new RunningThread(worker, ended, options);
  worker.postMessage({ kind: 'open', session: options.session } satisfies WorkerRequest);
  const late = timer(options.loadMsMax, `it was not ready after ${options.loadMsMax} ms`);
  const failure = await Promise.race([
    thread.loaded,
    late.reached,
    ended.then((reason) => `its thread ended: ${reason}`),
  ]);
  late.cancel();
  if (failure === undefined) return thread;
  letEnd(worker);
  throw new Error(failure);
}

/** For a thread that gets no model after all. */
export function abandonPreparedThread({ worker }: PreparedThread): void {
  letEnd(worker);
}

/**
 * Lets a thread end by itself, once it is through with what it does. By force it must not be ended then: the runtime
 * throws when its thread is stopped while it loads a model or runs a pass, and nothing catches that, so that the whole
 * process aborts.
 */
function letEnd(worker: Worker): void {
  worker.postMessage({ kind: 'close' } satisfies WorkerRequest);
}

/** Far longer than a pass takes on a machine that is not starved; what takes longer than this never ends. Milliseconds. */
const CLOSE_MS_MAX = 10_000;

interface Task {
  readonly resolve: (reply: TaskReply) => void;
  readonly watchdog: NodeJS.Timeout;
}

class RunningThread implements EncoderThread {
  readonly ended: Promise<string>;
  /** Settles with undefined once the model is warm, or with the reason why it never will be. */
  readonly loaded: Promise<string | undefined>;
  readonly #worker: Worker;
  readonly #passMsMax: number;
  readonly #closeMsMax: number;
  #task: Task | undefined;
  #up = true;

  constructor(
    worker: Worker,
    ended: Promise<string>,
    { passMsMax, closeMsMax = CLOSE_MS_MAX }: EncoderThreadOptions,
  ) {
    this.#worker = worker;
    this.#passMsMax = passMsMax;
    this.#closeMsMax = closeMsMax;
    this.loaded = new Promise((resolve) => {
      worker.on('message', (reply: WorkerReply) => {
        if (reply.kind === 'ready') resolve(undefined);
        else if (reply.kind === 'unavailable') resolve(reply.reason);
        else this.#settle(reply);
      });
    });
    this.ended = ended.then((reason) => {
      this.#up = false;
      this.#settle({ kind: 'failed', reason: `its thread ended: ${reason}` });
      return reason;
    });
  }

  async encode(windows: readonly TextWindow[]): Promise<readonly EncodedText[]> {
    const reply = await this.#ask({ kind: 'encode', windows });
    if (reply.kind !== 'encoded') throw failureOf(reply);
    return reply.results.map((result) => (result.ok ? result : err(passFailure(result.error))));
  }

  async scan(texts: readonly ScanText[]): Promise<readonly number[]> {
    const reply = await this.#ask({ kind: 'scan', texts });
    if (reply.kind !== 'scanned') throw failureOf(reply);
    return reply.attacks;
  }

  async judge(pairs: readonly TextPair[]): Promise<readonly number[]> {
    const reply = await this.#ask({ kind: 'judge', pairs });
    if (reply.kind !== 'judged') throw failureOf(reply);
    return reply.logits;
  }

  isUp(): boolean {
    return this.#up;
  }

  async close(): Promise<void> {
    letEnd(this.#worker);
    const late = timer(this.#closeMsMax, 'late');
    await Promise.race([this.ended, late.reached]);
    late.cancel();
    await this.#worker.terminate();
  }

  #ask(request: WorkerRequest): Promise<TaskReply> {
    if (this.#task !== undefined || !this.#up) {
      return Promise.resolve({ kind: 'failed', reason: 'the thread takes no task now' });
    }
    return new Promise((resolve) => {
      const watchdog = setTimeout(() => this.#giveUp(), this.#passMsMax);
      this.#task = { resolve, watchdog };
      this.#worker.postMessage(request);
    });
  }

  /** Nobody waits any longer for what runs there; the thread is replaced once it has ended. */
  #giveUp(): void {
    this.#up = false;
    this.#settle({ kind: 'failed', reason: `it took longer than ${this.#passMsMax} ms` });
    void this.close();
  }

  #settle(reply: TaskReply): void {
    const task = this.#task;
    if (task === undefined) return;
    this.#task = undefined;
    clearTimeout(task.watchdog);
    task.resolve(reply);
  }
}

function endOf(worker: Worker): Promise<string> {
  return new Promise((resolve) => {
    worker.on('error', (error) => resolve(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => resolve(`exit code ${code}`));
  });
}

function failureOf(reply: TaskReply): SextantError {
  return passFailure(reply.kind === 'failed' ? reply.reason : `the thread answered with "${reply.kind}"`);
}

function passFailure(reason: string): SextantError {
  return new SextantError('internal_error', 'the encoder failed on this prompt; try again', {
    cause: new Error(reason),
  });
}

function timer(ms: number, reason: string): { readonly reached: Promise<string>; cancel(): void } {
  let handle: NodeJS.Timeout | undefined;
  const reached = new Promise<string>((resolve) => {
    handle = setTimeout(() => resolve(reason), ms);
  });
  return { reached, cancel: () => clearTimeout(handle) };
}
