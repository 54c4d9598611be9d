import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CacheEntry } from '../../cache/contract.js';
import type { Walked } from './pages.js';
import { entryLine, entryOf, headerLine, headerProblem, type SnapshotHeader } from './snapshot-line.js';

export interface SnapshotSource {
  readonly header: SnapshotHeader;
  walk(from: number, limit: number): Walked;
  /** True when what was walked so far is no longer to be kept. */
  isStale(): boolean;
}

export type ReadOutcome =
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'read'; readonly entries: number; readonly unreadable: number };

const PAGE_ENTRIES = 64;
/** Text that is gathered before it is written; serialising it takes about a millisecond. */
const CHUNK_CHARACTERS = 256 * 1024;
/** V8 has no longer strings, so no line that was written is longer. Bytes. */
const LINE_BYTES_MAX = 512 * 1024 * 1024;
const TRAILER_BYTES = 'sha256 '.length + 64 + 1;

/**
 * Writes header, a line for each entry, and the SHA-256 of all that. Whoever reads the path sees the snapshot before
 * or the whole new one, also after a power cut: the text goes to a file beside it, to the disk, and then takes its
 * name. Only the owner may read it, since it holds prompts. Between chunks requests are served.
 *
 * @returns false when the source went stale, and the snapshot before is kept
 * @throws Error of the file system
 */
export async function writeSnapshot(path: string, source: SnapshotSource): Promise<boolean> {
  const temporary = `${path}.tmp`;
  // One that a crash left behind; `wx` then makes sure that the file is ours and has our mode.
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx', 0o600);
  let isWhole = false;
  try {
    await writeLines(file, source);
    await file.sync();
    isWhole = !source.isStale();
  } finally {
    await file.close();
    if (!isWhole) await rm(temporary, { force: true });
  }
  if (!isWhole) return false;
  await rename(temporary, path);
  await syncFolder(dirname(path));
  return true;
}

async function writeLines(file: FileHandle, source: SnapshotSource): Promise<void> {
  const hash = createHash('sha256');
  let text = headerLine(source.header);
  const write = async () => {
    const bytes = Buffer.from(text);
    text = '';
    hash.update(bytes);
    await file.writeFile(bytes);
  };
  for (let from: number | undefined = 0; from !== undefined && !source.isStale(); ) {
    const page: Walked = source.walk(from, PAGE_ENTRIES);
    for (const entry of page.entries) {
      text += entryLine(entry) ?? '';
      if (text.length > CHUNK_CHARACTERS) await write();
    }
    from = page.next;
    await nextTurn();
  }
  await write();
  await file.writeFile(`sha256 ${hash.digest('hex')}\n`);
}

/** A name lies in its folder, and a folder has to reach the disk as a file has. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Hands every entry of a snapshot to `take`, oldest first, once the checksum of the whole file was found right.
 *
 * @throws Error of the file system, unless there is no such file
 */
export async function readSnapshot(
  path: string,
  expected: SnapshotHeader,
  take: (entry: CacheEntry) => void,
): Promise<ReadOutcome> {
  const file = await openIfThere(path);
  if (file === undefined) return { kind: 'absent' };
  try {
    const bodyBytes = (await file.stat()).size - TRAILER_BYTES;
    if (bodyBytes < 1 || !(await isIntact(file, bodyBytes))) {
      return { kind: 'refused', why: 'its checksum is wrong, so it was cut off or altered' };
    }
    return await readLines(file, bodyBytes, { expected, take });
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function isIntact(file: FileHandle, bodyBytes: number): Promise<boolean> {
  const hash = createHash('sha256');
  for await (const chunk of chunksOf(file, bodyBytes)) hash.update(chunk);
  const trailer = Buffer.alloc(TRAILER_BYTES);
  await file.read(trailer, 0, TRAILER_BYTES, bodyBytes);
  return trailer.toString('latin1') === `sha256 ${hash.digest('hex')}\n`;
}

async function readLines(
  file: FileHandle,
  bodyBytes: number,
  { expected, take }: { readonly expected: SnapshotHeader; readonly take: (entry: CacheEntry) => void },
): Promise<ReadOutcome> {
  let [entries, unreadable] = [0, 0];
  let isFirst = true;
  for await (const line of linesOf(chunksOf(file, bodyBytes))) {
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
  return { kind: 'read', entries, unreadable };
}

function chunksOf(file: FileHandle, bodyBytes: number): AsyncIterable<Buffer> {
  return file.createReadStream({ start: 0, end: bodyBytes - 1, autoClose: false, highWaterMark: 1 << 18 });
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end));
      yield Buffer.concat(parts).toString('utf8');
      [parts, bytes] = [[], 0];
      start = end + 1;
    }
    bytes += chunk.length - start;
    if (bytes > LINE_BYTES_MAX) throw new Error('a line of the snapshot is longer than any that was written');
    parts.push(chunk.subarray(start));
  }
}
