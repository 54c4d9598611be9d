import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { type AdminOptions, adminClient } from './admin-client.js';
import { CliError, messageOf, OK, type Output } from './output.js';

export interface ExportOptions extends AdminOptions {
  readonly vectors?: boolean;
  readonly json?: boolean;
}

/** The last line is far shorter. Bytes. */
const TAIL_BYTES = 4096;
/** Questions and answers are nobody's business but the operator's. */
const OWNER_ONLY = 0o600;
const PROGRESS_BYTES = 64 * 1024 * 1024;

/** `sextant cache export FILE`: the file is there whole, or not at all. */
export async function cacheExport(file: string, options: ExportOptions, output: Output): Promise<number> {
  const pieces = await adminClient(options).stream(`/cache/export?vectors=${options.vectors === true}`);
  const part = `${file}.part`;
  try {
    const entries = entriesIn(await write(pieces, part, output));
    if (entries === undefined) throw new CliError('the export ended early; nothing was written. Try again.');
    await rename(part, file);
    output.out(
      options.json === true ? JSON.stringify({ file, entries }) : `exported ${entries} entries to ${file}`,
    );
    return OK;
  } catch (thrown) {
    if (thrown instanceof CliError) throw thrown;
    throw new CliError(`${file} cannot be written: ${messageOf(thrown)}`);
  } finally {
    await rm(part, { force: true });
  }
}

/** Gives back the end of what was written. */
async function write(pieces: AsyncIterable<Uint8Array>, file: string, output: Output): Promise<Buffer> {
  let handle: FileHandle | undefined;
  let tail = Buffer.alloc(0);
  let bytes = 0;
  let nextWordAt = PROGRESS_BYTES;
  try {
    handle = await open(file, 'w', OWNER_ONLY);
    for await (const piece of pieces) {
      await handle.writeFile(piece);
      tail = Buffer.concat([tail, piece.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
      bytes += piece.length;
      if (bytes < nextWordAt) continue;
      nextWordAt = bytes + PROGRESS_BYTES;
      output.err(`${Math.floor(bytes / 1024 / 1024)} MiB so far`);
    }
    await handle.sync();
    return tail;
  } finally {
    await handle?.close();
  }
}

/** How many entries the last line tells of; undefined when it is not there. */
function entriesIn(tail: Buffer): number | undefined {
  const [line = ''] = tail.toString('utf8').trimEnd().split('\n').slice(-1);
  try {
    const { sextant_cache_end: end, entries } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    return end === undefined || typeof entries !== 'number' ? undefined : entries;
  } catch {
    return undefined;
  }
}
