import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export type SealedOutcome<T> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'read'; readonly value: T };

/** Text that is gathered before it is written. */
const CHUNK_CHARACTERS = 256 * 1024;
/** V8 has no longer strings, so no line that was written is longer. Bytes. */
const LINE_BYTES_MAX = 512 * 1024 * 1024;
const TRAILER_BYTES = 'sha256 '.length + 64 + 1;

/**
 * Writes lines and the SHA-256 of all of them. Whoever reads the path sees the file before or the whole new one, also
 * after a power cut: the text goes to a file beside it, to the disk, and then takes its name. Only the owner may read
 * it.
 *
 * @param lines each with its newline
 * @param isStale asked at the end; once it says yes, the file before is kept
 * @returns false when the lines went stale
 * @throws Error of the file system
 */
export async function writeSealed(
  path: string,
  lines: AsyncIterable<string>,
  isStale: () => boolean = () => false,
): Promise<boolean> {
  const temporary = `${path}.tmp`;
  // One that a crash left behind; `wx` then makes sure that the file is ours and has our mode.
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx', 0o600);
  let isWhole = false;
  try {
    await writeLines(file, lines);
    await file.sync();
    isWhole = !isStale();
  } finally {
    await file.close();
    if (!isWhole) await rm(temporary, { force: true });
  }
  if (!isWhole) return false;
  await rename(temporary, path);
  await syncFolder(dirname(path));
  return true;
}

async function writeLines(file: FileHandle, lines: AsyncIterable<string>): Promise<void> {
  const hash = createHash('sha256');
  let text = '';
  const write = async () => {
    const bytes = Buffer.from(text);
    text = '';
    hash.update(bytes);
    await file.writeFile(bytes);
  };
  for await (const line of lines) {
    text += line;
    if (text.length > CHUNK_CHARACTERS) await write();
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
 * Hands the lines to `read`, without their newlines, once the checksum of the whole file was found right.
 *
 * @throws Error of the file system, unless there is no such file, and what `read` throws
 */
export async function readSealed<T>(
  path: string,
  read: (lines: AsyncIterable<string>) => Promise<SealedOutcome<T>>,
): Promise<SealedOutcome<T>> {
  const file = await openIfThere(path);
  if (file === undefined) return { kind: 'absent' };
  try {
    const bodyBytes = (await file.stat()).size - TRAILER_BYTES;
    if (bodyBytes < 1 || !(await isIntact(file, bodyBytes))) {
      return { kind: 'refused', why: 'its checksum is wrong, so it was cut off or altered' };
    }
    return await read(linesOf(chunksOf(file, bodyBytes)));
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
    if (bytes > LINE_BYTES_MAX) throw new Error('a line of the file is longer than any that was written');
    parts.push(chunk.subarray(start));
  }
}
