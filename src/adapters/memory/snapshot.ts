import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CacheEntry } from '../../cache/contract.js';
import type { Walked } from './pages.js';
import { readSealed, type SealedOutcome, writeSealed } from './sealed-file.js';
import { entryLine, entryOf, headerLine, headerProblem, type SnapshotHeader } from './snapshot-line.js';

export interface SnapshotSource {
  readonly header: SnapshotHeader;
  walk(from: number, limit: number): Walked;
  /** True when what was walked so far is no longer to be kept. */
  isStale(): boolean;
}

export interface SnapshotCounts {
  readonly entries: number;
  readonly unreadable: number;
}

const PAGE_ENTRIES = 64;

/**
 * Writes header, a line for each entry, and the SHA-256 of all that. It holds prompts. Between pages requests are
 * served.
 *
 * @returns false when the source went stale, and the snapshot before is kept
 * @throws Error of the file system
 */
export function writeSnapshot(path: string, source: SnapshotSource): Promise<boolean> {
  return writeSealed(path, linesOf(source), () => source.isStale());
}

async function* linesOf(source: SnapshotSource): AsyncGenerator<string> {
  yield headerLine(source.header);
  for (let from: number | undefined = 0; from !== undefined && !source.isStale(); ) {
    const page: Walked = source.walk(from, PAGE_ENTRIES);
    for (const entry of page.entries) yield entryLine(entry) ?? '';
    from = page.next;
    await nextTurn();
  }
}

/**
 * Hands every entry of a snapshot to `take`, oldest first, once the checksum of the whole file was found right.
 *
 * @throws Error of the file system, unless there is no such file
 */
export function readSnapshot(
  path: string,
  expected: SnapshotHeader,
  take: (entry: CacheEntry) => void,
): Promise<SealedOutcome<SnapshotCounts>> {
  return readSealed(path, (lines) => readLines(lines, expected, take));
}

async function readLines(
  lines: AsyncIterable<string>,
  expected: SnapshotHeader,
  take: (entry: CacheEntry) => void,
): Promise<SealedOutcome<SnapshotCounts>> {
  let [entries, unreadable] = [0, 0];
  let isFirst = true;
  for await (const line of lines) {
    if (isFirst) {
      const why = headerProblem(line, expected);
      if (why !== undefined) return { kind: 'refused', why };
      isFirst = false;
      continue;
    }
    const entry = entryOf(line, expected.dimension);
    if (entry === undefined) {
      unreadable += 1;
      continue;
    }
    take(entry);
    entries += 1;
    if (entries % PAGE_ENTRIES === 0) await nextTurn();
  }
  return { kind: 'read', value: { entries, unreadable } };
}
