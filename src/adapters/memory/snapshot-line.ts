import type { CacheEntry } from '../../cache/contract.js';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.js';

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
    return `${JSON.stringify({ ...entry, vector: entry.vector && base64Of(entry.vector) })}\n`;
  } catch {
    return undefined;
  }
}

/** Undefined when the line is no entry with a vector of that length, or with none. */
export function entryOf(line: string, dimension: number): CacheEntry | undefined {
  const value = parsed(line);
  if (value === undefined || !hasFields(value)) return undefined;
  const completion = completionOf(value['completion']);
  const text = value['vector'];
  const vector = typeof text === 'string' ? vectorOf(text, dimension) : undefined;
  if (completion === undefined || (text !== undefined && vector === undefined)) return undefined;
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

function completionOf(value: Json | undefined): CacheEntry['completion'] | undefined {
  if (!isJsonObject(value) || !isJsonObject(value['object'])) return undefined;
  const { api, object, finishReasons, usage } = value;
  if ((api !== 'chat' && api !== 'completions') || !Array.isArray(finishReasons)) return undefined;
  return { api, object, finishReasons: finishReasons.map(reasonOf), usage: usageOf(usage) };
}

function reasonOf(value: Json): string | null {
  return typeof value === 'string' ? value : null;
}

function usageOf(value: Json | undefined): CacheEntry['completion']['usage'] {
  if (!isJsonObject(value)) return undefined;
  const { promptTokens, completionTokens } = value;
  if (typeof promptTokens !== 'number' || typeof completionTokens !== 'number') return undefined;
  return { promptTokens, completionTokens };
}

/** Every machine that Sextant runs on keeps the lowest byte first. */
function base64Of(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}

function vectorOf(text: string, dimension: number): Float32Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  const vector = new Float32Array(dimension);
  if (bytes.length !== vector.byteLength) return undefined;
  // Copied, since a buffer from the pool may begin where no float may.
  new Uint8Array(vector.buffer).set(bytes);
  return vector;
}

function parsed(line: string): JsonObject | undefined {
  try {
    const value = JSON.parse(line) as Json;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
