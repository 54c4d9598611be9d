import { rename } from 'node:fs/promises';
import type { Logger } from '../../telemetry/contract.js';
import { codeOf, type Kept, keepWritten } from './keep-written.js';
import { readSealed } from './sealed-file.js';

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

/** Whatever is kept so is small; a file with more was written by somebody else. */
const LINES_MAX = 10_000;

/**
 * Keeps a small state over a restart, in a file with a checksum that only its owner may read. A file that cannot be taken
 * up is put aside, so that somebody can look at it, and the state starts anew.
 *
 * Never rejects: to forget is better than not to serve.
 */
export async function openKeptFile(options: KeptFileOptions): Promise<Kept> {
  await load(options);
  const { path, state, intervalMs, logger } = options;
  return keepWritten({
    path,
    intervalMs,
    written: state.changes(),
    changes: () => state.changes(),
    lines: () => withNewlines(state.lines()),
    failed: (reason) =>
      logger.warn({ path, reason }, `${state.what}: could not be written; it is tried again`),
  });
}

async function load({ path, state, logger }: KeptFileOptions): Promise<void> {
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
    if (outcome.kind === 'refused') {
      const aside = `${path}.broken`;
      await rename(path, aside);
      const told = `${state.what}: starts anew, since ${outcome.why}; the file was put aside`;
      logger.warn({ path: aside, why: outcome.why }, told);
    } else if (outcome.kind === 'read') logger.info({ path }, `${state.what}: the file was loaded`);
  } catch (error) {
    logger.warn({ path, reason: codeOf(error) }, `${state.what}: starts anew, the file cannot be read`);
  }
}

async function* withNewlines(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield `${line}\n`;
}
