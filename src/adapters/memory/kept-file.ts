import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from '../../telemetry/contract.js';
import { readSealed, writeSealed } from './sealed-file.js';

/** What is kept over a restart, as lines of text. */
export interface KeptState {
  /** Names it in the log: `what decisions have learnt`. */
  readonly what: string;
  /** Grows with each change that is worth a write. */
  changes(): number;
  /** Without newlines. */
  lines(): readonly string[];
  /**
   * Takes up what `lines` gave once; says why not, where the lines make no sense. Then nothing of them was taken.
   */
  take(lines: readonly string[]): string | undefined;
}

export interface KeptFileOptions {
  /** Its folder is made when missing. */
  readonly path: string;
  readonly state: KeptState;
  /** How often what has changed is written. Milliseconds. */
  readonly intervalMs: number;
  readonly logger: Logger;
}

export interface KeptFile {
  /** Writes what has changed a last time. */
  close(): Promise<void>;
}

/** Whatever is kept so is small; a file with more was written by somebody else. */
const LINES_MAX = 10_000;

/**
 * Keeps a small state over a restart, in a file with a checksum that only its owner may read. A file that cannot be taken
 * up is put aside, so that somebody can look at it, and the state starts anew.
 *
 * Never rejects: to forget is better than not to serve.
 */
export async function openKeptFile(options: KeptFileOptions): Promise<KeptFile> {
  const keeper = new Keeper(options);
  await keeper.load();
  return keeper.start();
}

class Keeper {
  private saved: number;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: KeptFileOptions) {
    this.saved = options.state.changes();
  }

  async load(): Promise<void> {
    const { path, state, logger } = this.options;
    try {
      const outcome = await readSealed(path, async (lines) => {
        const all: string[] = [];
        for await (const line of lines) {
          if (all.length >= LINES_MAX) return { kind: 'refused', why: 'it has too many lines' };
          all.push(line);
        }
        const why = state.take(all);
        return why === undefined ? { kind: 'read', value: all.length } : { kind: 'refused', why };
      });
      if (outcome.kind === 'refused') await this.putAside(outcome.why);
      else if (outcome.kind === 'read') logger.info({ path }, `${state.what}: the file was loaded`);
    } catch (error) {
      logger.warn({ path, reason: reasonOf(error) }, `${state.what}: starts anew, the file cannot be read`);
    }
    this.saved = state.changes();
  }

  start(): KeptFile {
    const timer = setInterval(() => void this.save(), this.options.intervalMs);
    // Waiting for the next write is no reason to stay alive; `close` makes the last one.
    timer.unref();
    return {
      close: () => {
        clearInterval(timer);
        return this.save();
      },
    };
  }

  private async putAside(why: string): Promise<void> {
    const { path, state, logger } = this.options;
    const aside = `${path}.broken`;
    await rename(path, aside);
    logger.warn({ path: aside, why }, `${state.what}: starts anew, since ${why}; the file was put aside`);
  }

  private save(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    const { path, state, logger } = this.options;
    const changes = state.changes();
    if (changes === this.saved) return;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeSealed(path, withNewlines(state.lines()));
      this.saved = changes;
    } catch (error) {
      logger.warn(
        { path, reason: reasonOf(error) },
        `${state.what}: could not be written; it is tried again`,
      );
    }
  }
}

async function* withNewlines(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield `${line}\n`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
