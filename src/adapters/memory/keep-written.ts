import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeSealed } from './sealed-file.js';

export interface KeepOptions {
  /** Its folder is made when missing. */
  readonly path: string;
  /** How often what has changed is written. Milliseconds. */
  readonly intervalMs: number;
  /** `changes()` of what stands in the file. */
  readonly written: number;
  /** Grows with each change that is worth a write. */
  changes(): number;
  /** Each with its newline. */
  lines(): AsyncIterable<string>;
  /** Told of a write that failed, with a code that names no path; it is tried again. */
  failed(reason: string): void;
}

export interface Kept {
  /** Writes what has changed a last time. */
  close(): Promise<void>;
}

/** Writes a small state to a sealed file each time it has changed. Never rejects. */
export function keepWritten(options: KeepOptions): Kept {
  let { written } = options;
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const changes = options.changes();
    if (changes === written) return;
    try {
      await mkdir(dirname(options.path), { recursive: true, mode: 0o700 });
      await writeSealed(options.path, options.lines());
      written = changes;
    } catch (error) {
      options.failed(codeOf(error));
    }
  };
  const save = (): Promise<void> => {
    writing = writing.then(write);
    return writing;
  };
  const timer = setInterval(() => void save(), options.intervalMs);
  // Waiting for the next write is no reason to stay alive; `close` makes the last one.
  timer.unref();
  return {
    close: () => {
      clearInterval(timer);
      return save();
    },
  };
}

/** What the system calls a failure: its message may quote a path. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
