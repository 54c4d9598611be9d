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
  /** Frees the session and ends the thread; a running pass is not waited for longer than a moment. */
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
  const thread = new RunningThread(worker, ended, options.passMsMax);
  worker.postMessage({ kind: 'open', session: options.session } satisfies WorkerRequest);
  const late = timer(options.loadMsMax, `it was not ready after ${options.loadMsMax} ms`);
  const failure = await Promise.race([
    thread.loaded,
    late.reached,
    ended.then((reason) => `its thread ended: ${reason}`),
  ]);
  late.cancel();
  if (failure === undefined) return thread;
  await worker.terminate();
  throw new Error(failure);
}

/** How long a thread may take to free its session before it is ended by force. Milliseconds. */
const CLOSE_MS_MAX = 500;

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
  #task: Task | undefined;
  #up = true;

  constructor(worker: Worker, ended: Promise<string>, passMsMax: number) {
    this.#worker = worker;
    this.#passMsMax = passMsMax;
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
    this.#post({ kind: 'close' });
    const late = timer(CLOSE_MS_MAX, 'late');
    await Promise.race([this.ended, late.reached]);
    late.cancel();
    await this.#worker.terminate();
  }

  #ask(request: WorkerRequest): Promise<TaskReply> {
    if (this.#task !== undefined || !this.#up) {
      return Promise.resolve({ kind: 'failed', reason: 'the thread takes no task now' });
    }
    return new Promise((resolve) => {
      const watchdog = setTimeout(() => void this.#worker.terminate(), this.#passMsMax);
      this.#task = { resolve, watchdog };
      this.#post(request);
    });
  }

  #post(request: WorkerRequest): void {
    this.#worker.postMessage(request);
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
