import type { FieldData } from '@zilliz/milvus2-sdk-node';
import type { CacheEntry } from '../../cache/contract.js';
import { storedCompletion } from '../../cache/stored-completion.js';
import { parseJson } from '../../lib/json.js';
import { vectorOf, vectorText } from '../../lib/vectors.js';
import { digestOf } from './digest.js';

/** The longest text that Milvus holds in one field. Bytes. */
export const TEXT_BYTES_MAX = 65_535;
/** Room for ids, partitions and names. Bytes. */
export const NAME_BYTES_MAX = 1024;

/** Rows as the SDK takes and gives them. */
export type Row = Readonly<Record<string, FieldData>>;

/**
 * All fields of a row but the vector, whose name the operator chooses. The vector itself is written twice and read from
 * `meaning` alone: Milvus 2.3 answers a search in 7 ms, and in 400 ms when the vector field is asked for as well.
 */
export const FIELDS = [
  'pk',
  'scope',
  'id_key',
  'epoch',
  'created',
  'expires',
  'semantic',
  'meaning',
  'pinned',
  'bytes',
  'id',
  'partition',
  'tenant',
  'exact_key',
  'model',
  'decision',
  'ask',
  'answer',
] as const;

/**
 * One question has one row, whichever process writes it. Each epoch has rows of its own: whoever cleans up after a flush
 * deletes by key, and must not hit what was written since.
 */
export function pkOf(partition: string, exactKey: string, epoch: number): string {
  return digestOf(partition, exactKey, String(epoch));
}

/** The row of an entry, or undefined when a field of Milvus cannot hold it. */
export function rowOf(
  entry: CacheEntry,
  place: { readonly epoch: number; readonly vectorField: string; readonly dimension: number },
): Row | undefined {
  const { completion } = entry;
  const answer = JSON.stringify({
    api: completion.api,
    object: completion.object,
    usage: completion.usage ?? null,
    finishReasons: completion.finishReasons,
  });
  const meaning = entry.vector === undefined ? '' : vectorText(entry.vector);
  const names = [entry.id, entry.partition, entry.tenant, entry.exactKey, entry.model, entry.decision];
  const fits =
    meaning.length <= TEXT_BYTES_MAX &&
    Buffer.byteLength(answer) <= TEXT_BYTES_MAX &&
    Buffer.byteLength(entry.ask) <= TEXT_BYTES_MAX &&
    names.every((name) => Buffer.byteLength(name) <= NAME_BYTES_MAX) &&
    [entry.createdAtMs, entry.expiresAtMs, entry.bytes].every(Number.isFinite);
  if (!fits) return undefined;
  return {
    pk: pkOf(entry.partition, entry.exactKey, place.epoch),
    scope: digestOf(entry.partition),
    id_key: digestOf(entry.id),
    epoch: place.epoch,
    created: Math.trunc(entry.createdAtMs),
    expires: Math.trunc(entry.expiresAtMs),
    semantic: entry.vector !== undefined,
    meaning,
    pinned: entry.pinned,
    bytes: Math.trunc(entry.bytes),
    id: entry.id,
    partition: entry.partition,
    tenant: entry.tenant,
    exact_key: entry.exactKey,
    model: entry.model,
    decision: entry.decision,
    ask: entry.ask,
    answer,
    // Every row needs a vector; `semantic` keeps the ones without a meaning out of every search.
    [place.vectorField]: Array.from(entry.vector ?? new Float32Array(place.dimension)),
  };
}

/** The entry of a row, or undefined when it is not one that we wrote. */
export function entryOf(row: Row): CacheEntry | undefined {
  const { answer, meaning } = row;
  const completion = isText(answer) ? storedCompletion(parseJson(answer)) : undefined;
  const texts = ['id', 'partition', 'tenant', 'exact_key', 'model', 'decision', 'ask'].map(
    (name) => row[name],
  );
  const numbers = ['created', 'expires', 'bytes'].map((name) => Number(row[name]));
  if (completion === undefined || !texts.every(isText) || !numbers.every(Number.isFinite)) return undefined;
  const [id = '', partition = '', tenant = '', exactKey = '', model = '', decision = '', ask = ''] = texts;
  const [createdAtMs = 0, expiresAtMs = 0, bytes = 0] = numbers;
  return {
    id,
    partition,
    tenant,
    exactKey,
    ask,
    vector: row['semantic'] === true && isText(meaning) ? vectorOf(meaning) : undefined,
    completion,
    model,
    decision,
    createdAtMs,
    expiresAtMs,
    bytes,
    pinned: row['pinned'] === true,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
