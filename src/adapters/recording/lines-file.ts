import { type FileHandle, open, rename } from 'node:fs/promises';

export interface LinesFileOptions {
  readonly path: string;
  /** What the file and the one before it (`PATH.1`) may weigh together. Bytes. */
  readonly bytesMax: number;
  /** What may wait to be written; what comes then is left out. Bytes. */
  readonly waitingBytesMax: number;
  /** The first line of each file, without its newline. */
  readonly head: string;
  /** Told once that the file cannot be written; nothing is written from then on. */
  readonly onProblem: (problem: unknown) => void;
}

/** A file that lines are added to, and that never grows beyond its bound. */
export interface LinesFile {
  /** Never blocks and never throws. */
  write(line: string): void;
  /** Lines that were left out, because the disk was slower than they came, or it failed. */
  dropped(): number;
  /** Writes what waits, and closes the file. */
  close(): Promise<void>;
}

/** Only the owner may read what is kept, whatever the umask says. */
const MODE = 0o600;

/** The file is opened with the first line, so that whoever records nothing leaves none. */
export function openLinesFile(options: LinesFileOptions): LinesFile {
  const file = new GrowingFile(options);
  return {
    write: (line) => file.add(`${line}\n`),
    dropped: () => file.dropped,
    close: () => file.close(),
  };
}

class GrowingFile {
  dropped = 0;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #handle: FileHandle | undefined;
  #bytes = 0;
  #broken = false;

  constructor(private readonly options: LinesFileOptions) {}

  add(line: string): void {
    const bytes = Buffer.byteLength(line);
    const { waitingBytesMax } = this.options;
    if (
      this.#broken ||
      bytes + this.#headBytes() > this.#halfMax() ||
      this.#waitingBytes + bytes > waitingBytesMax
    ) {
      this.dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += bytes;
    this.#writing ??= this.#writeAll();
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#handle?.close().catch(() => undefined);
    this.#handle = undefined;
    this.#broken = true;
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) await this.#writeSome();
    } catch (problem) {
      this.#broken = true;
      this.dropped += this.#waiting.length;
      this.#waiting = [];
      this.options.onProblem(problem);
    } finally {
      this.#writing = undefined;
    }
  }

  /** As many lines as have room in the file; with the next one another file begins. */
  async #writeSome(): Promise<void> {
    const handle = this.#handle ?? (await this.#open());
    const room = this.#halfMax() - this.#bytes;
    let bytes = 0;
    let count = 0;
    for (const line of this.#waiting) {
      const more = Buffer.byteLength(line);
      if (bytes + more > room) break;
      bytes += more;
      count += 1;
    }
    if (count === 0) return this.#rotate();
    const lines = this.#waiting.splice(0, count);
    this.#waitingBytes -= bytes;
    this.#bytes += bytes;
    await handle.appendFile(lines.join(''));
  }

  async #open(): Promise<FileHandle> {
    const { path, head } = this.options;
    const handle = await open(path, 'a', MODE);
    this.#handle = handle;
    // A file that was there before keeps its mode else.
    await handle.chmod(MODE);
    const { size } = await handle.stat();
    // A restart may have changed what the signals are, so each start says it again.
    await handle.appendFile(`${head}\n`);
    this.#bytes = size + this.#headBytes();
    return handle;
  }

  async #rotate(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
    await rename(this.options.path, `${this.options.path}.1`);
  }

  /** The file and the one before it share the bound. */
  #halfMax(): number {
    return Math.floor(this.options.bytesMax / 2);
  }

  #headBytes(): number {
    return Buffer.byteLength(this.options.head) + 1;
  }
}
