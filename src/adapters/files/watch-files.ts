import { stat } from 'node:fs/promises';
import type { Timers } from '../../lib/timers.js';

export interface FileWatchOptions {
  /** Asked at each look: what is watched may change with what the files say. */
  readonly paths: () => readonly string[];
  /** How often the files are looked at. Milliseconds. */
  readonly intervalMs: number;
  readonly timers: Timers;
  /** Called once the files are no longer changing, and awaited. Must not reject. */
  readonly changed: () => Promise<unknown>;
}

export interface FileWatch {
  close(): void;
}

/**
 * Looks at files again and again, through whatever links lead to them. An orchestrator swaps a link two folders further up,
 * an editor puts another file in the place of the old one, and network volumes and files mounted one by one send no
 * events: what the path leads to tells of all of these.
 *
 * Files count as changed when two looks in a row find the same that is not what was there before, so that a file which is
 * being written is left alone. The first look counts as a change, since what was read before it may be older.
 */
export function watchFiles({ paths, intervalMs, timers, changed }: FileWatchOptions): FileWatch {
  let taken: string | undefined;
  let pending: string | undefined;
  let isClosed = false;
  let stop = (): void => undefined;
  const look = async (): Promise<void> => {
    const seen = await marksOf(paths());
    if (isClosed) return;
    const isSettled = seen === pending;
    pending = seen;
    if (seen !== taken && isSettled) {
      taken = seen;
      await changed();
    }
    later();
  };
  const later = (): void => {
    if (!isClosed) stop = timers.after(intervalMs, () => void look());
  };
  later();
  return {
    close: () => {
      isClosed = true;
      stop();
    },
  };
}

async function marksOf(paths: readonly string[]): Promise<string> {
  const marks = await Promise.all(paths.map(async (path) => [path, await markOf(path)]));
  return JSON.stringify(marks);
}

/** Changes with whatever is put in the file's place, and with each write to it. */
async function markOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch {
    return 'not there';
  }
}
