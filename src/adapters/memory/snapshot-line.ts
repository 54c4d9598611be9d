import type { CacheEntry } from '../../cache/contract.js';
import { storedCompletion } from '../../cache/stored-completion.js';
import { isJsonObject, type JsonObject, parseJson } from '../../lib/json.js';
import { vectorOf, vectorText } from '../../lib/vectors.js';

/** Says what the entries that follow belong to. */
export interface SnapshotHeader {
  /** Hash of the encoder that made the vectors. */
  readonly encoderHash: string;
  readonly dimension: number;
}

export const SNAPSHOT_VERSION = 1;
const FORMAT = 'sextant-cache';

export function headerLine({ encoderHash, dimension }: SnapshotHeader): string {
  return `${JSON.stringify({ format: FORMAT, version: SNAPSHOT_VERSION, encoderHash, dimension })}\n`;
}

/** Why a snapshot with this first line does not belong here; undefined when it does. */
export function headerProblem(line: string, expected: SnapshotHeader): string | undefined {
  const header = parsed(line);
  if (header === undefined || header['format'] !== FORMAT) return 'it is no snapshot of a cache';
  if (header['version'] !== SNAPSHOT_VERSION) {
    return `it is of version ${JSON.stringify(header['version'])}, and this Sextant reads ${SNAPSHOT_VERSION}`;
  }
  if (header['encoderHash'] !== expected.encoderHash || header['dimension'] !== expected.dimension) {
    return 'its vectors are of another encoder';
  }
  return undefined;
}

/** Undefined for an answer that cannot be written: nested too deep, or longer than a string may be. */
export function entryLine(entry: CacheEntry): string | undefined {
  try {
    return `${JSON.stringify({ ...entry, vector: entry.vector && vectorText(entry.vector) })}\n`;
  } catch {
    return undefined;
  }
}

/** Undefined when the line is no entry with a vector of that length, or with none. */
export function entryOf(line: string, dimension: number): CacheEntry | undefined {
  const value = parsed(line);
  if (value === undefined || !hasFields(value)) return undefined;
  const completion = storedCompletion(value['completion']);
  const text = value['vector'];
  const vector = typeof text === 'string' ? vectorOf(text) : undefined;
  if (completion === undefined || (text !== undefined && vector?.length !== dimension)) return undefined;
  // The fields were looked at one by one; those that a later version adds are kept as they are.
  return { ...value, vector, completion } as unknown as CacheEntry;
}

const TEXTS = ['id', 'partition', 'tenant', 'exactKey', 'ask', 'model', 'decision'];
const NUMBERS = ['createdAtMs', 'expiresAtMs', 'bytes'];

function hasFields(value: JsonObject): boolean {
  return (
    TEXTS.every((name) => typeof value[name] === 'string') &&
    NUMBERS.every((name) => typeof value[name] === 'number') &&
    typeof value['pinned'] === 'boolean'
  );
}

function parsed(line: string): JsonObject | undefined {
  const value = parseJson(line);
  return isJsonObject(value) ? value : undefined;
}
