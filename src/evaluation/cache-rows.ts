import { outerTrimmed } from '../cache/key.js';
import { seededRandom, shuffledIndices } from '../lib/random.js';
import { DataError } from './data-error.js';
import { type DataFile, type DataRow, readJsonLines, textField } from './data-file.js';

/** A stored question and one that is asked. */
export interface PairRow {
  /** Stored. */
  readonly a: string;
  /** Asked. */
  readonly b: string;
  /** Whether the answer to `a` is right for `b`. */
  readonly same: boolean;
  /** What is different, or only looks so; absent where the file does not say. */
  readonly kind: string | undefined;
}

/** Fewer entries would make a hit on one of them too unlikely to be counted. */
export const ENTRIES_MIN = 1000;

/** @throws DataError with file and line where a row is not `{"a": text, "b": text, "same": 0 or 1}` */
export async function readPairs(path: string): Promise<readonly PairRow[]> {
  const file = await readJsonLines(path);
  return file.rows.map((row) => ({
    a: textField(file, row, ['a']),
    b: textField(file, row, ['b']),
    same: sameField(file, row),
    kind: 'kind' in row.fields ? textField(file, row, ['kind']) : undefined,
  }));
}

/** The questions of entries that nobody asks for. @throws DataError when they are fewer than `ENTRIES_MIN` */
export async function readEntries(path: string): Promise<readonly string[]> {
  const file = await readJsonLines(path);
  const asks = new Set(file.rows.map((row) => textField(file, row, ['ask'])));
  if (asks.size >= ENTRIES_MIN) return [...asks];
  throw new DataError(`${path}: has ${asks.size} unlike questions; at least ${ENTRIES_MIN} are needed`);
}

/** Those that no row holds word for word: such an entry is not unrelated. */
export function unrelatedTo(rows: readonly PairRow[], entries: readonly string[]): readonly string[] {
  const asked = new Set(rows.flatMap(({ a, b }) => [outerTrimmed(a), outerTrimmed(b)]));
  return entries.filter((ask) => !asked.has(outerTrimmed(ask)));
}

/** So many of the rows, drawn by a seed, in their order. */
export function sampleOf<T>(
  rows: readonly T[],
  { limit, seed }: { limit: number; seed: number },
): readonly T[] {
  if (limit >= rows.length) return rows;
  const drawn = new Set(shuffledIndices(rows.length, seededRandom(seed)).subarray(0, limit));
  return rows.filter((_, index) => drawn.has(index));
}

function sameField({ path }: DataFile, { line, fields }: DataRow): boolean {
  const { same } = fields;
  if (same === 0 || same === 1) return same === 1;
  throw new DataError(`${path}:${line}: "same" must be 0 or 1`);
}
