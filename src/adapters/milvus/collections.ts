import { DataType, type FieldType, LoadState, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { SextantError } from '../../lib/sextant-error.js';
import type { MilvusConnection } from './connection.js';
import { FIELDS, NAME_BYTES_MAX, TEXT_BYTES_MAX } from './rows.js';
import type { MilvusSettings } from './settings.js';

/** Which encoder the vectors come from. */
export interface EncoderMark {
  readonly hash: string;
  readonly dimension: number;
}

/** An existing collection that must not be used: nothing heals that but an operator. */
export class CollectionMismatch extends Error {
  override readonly name = 'CollectionMismatch';
}

/** The vector that Milvus wants in every collection, of the control collection. */
export const CONTROL_VECTOR = 'unused';
const DIGEST_CHARS = 64;
const ENCODER_PROPERTY = 'sextant.encoder';

export function controlName(settings: MilvusSettings): string {
  return `${settings.collection}_control`;
}

/**
 * Makes both collections where they are missing, and loads them.
 *
 * @throws CollectionMismatch when the existing collection holds vectors of another dimension or encoder
 */
export async function ensureCollections(
  connection: MilvusConnection,
  settings: MilvusSettings,
  encoder: EncoderMark,
): Promise<void> {
  await ensure(connection, settings, {
    name: settings.collection,
    description: markedDescription(settings, encoder),
    properties: { [ENCODER_PROPERTY]: encoder.hash },
    fields: entryFields(settings, encoder.dimension),
    index: entryIndex(settings),
    check: (found) => checkEntries(found, settings, encoder),
  });
  await ensure(connection, settings, {
    name: controlName(settings),
    description: 'What the processes that share the cache tell one another',
    properties: { [ENCODER_PROPERTY]: encoder.hash },
    fields: controlFields(),
    index: { field_name: CONTROL_VECTOR, index_type: 'FLAT', metric_type: 'IP' },
    check: () => {},
  });
}

interface Wanted {
  readonly name: string;
  readonly description: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly fields: FieldType[];
  readonly index: { readonly field_name: string; readonly index_type: string; readonly metric_type: string };
  readonly check: (found: Found) => void;
}

interface Found {
  readonly description: string;
  readonly properties: readonly { readonly key: string; readonly value: unknown }[];
  readonly fields: readonly {
    readonly name: string;
    readonly type_params?: readonly { readonly key: string; readonly value: unknown }[];
  }[];
}

async function ensure(connection: MilvusConnection, settings: MilvusSettings, wanted: Wanted): Promise<void> {
  const { name: collection_name } = wanted;
  const quick = <T extends object>(what: string, run: (client: MilvusClient) => Promise<T>) =>
    connection.call(what, run, connection.quickMs);
  const timeout = settings.connectTimeoutMs;
  const slow = <T extends object>(what: string, run: (client: MilvusClient) => Promise<T>) =>
    connection.call(what, run, timeout);
  const known = await quick('a collection', (client) => client.hasCollection({ collection_name }));
  if (known.value !== true) {
    const { description, fields } = wanted;
    const consistency_level = settings.consistencyLevel;
    // Another process may have made it in the meantime; what stands there then is looked at below.
    await slow('a new collection', (client) =>
      client.createCollection({ collection_name, description, fields, consistency_level, timeout }),
    ).catch((error: unknown) => {
      if (!(error instanceof SextantError) || error.code !== 'internal_error') throw error;
    });
    const { properties } = wanted;
    await quick('a mark', (client) => client.alterCollectionProperties({ collection_name, properties }));
  }
  const found = await quick('a collection', (client) => client.describeCollection({ collection_name }));
  wanted.check({ ...(found.schema as Omit<Found, 'properties'>), properties: found.properties });
  const state = await quick('a collection', (client) => client.getLoadState({ collection_name }));
  if (state.state === LoadState.LoadStateLoaded) return;
  await slow('an index', (client) => client.createIndex({ collection_name, ...wanted.index, timeout }));
  await slow('to load a collection', (client) => client.loadCollectionSync({ collection_name, timeout }));
}

/** The configured words, and after them whose vectors these are: made with the collection, so nobody can race it. */
function markedDescription({ description }: MilvusSettings, { hash }: EncoderMark): string {
  return `${description} (encoder ${hash})`;
}

function checkEntries(found: Found, settings: MilvusSettings, encoder: EncoderMark): void {
  const refuse = (message: string): never => {
    throw new CollectionMismatch(`The Milvus collection "${settings.collection}" ${message}`);
  };
  const advice = 'Name another collection.name in the file of the Milvus backend, or drop this one.';
  const vector = found.fields.find(({ name }) => name === settings.vectorField);
  const missing = FIELDS.filter((field) => !found.fields.some(({ name }) => name === field));
  if (vector === undefined) missing.push(settings.vectorField as (typeof FIELDS)[number]);
  if (missing.length > 0)
    refuse(`was not made by this cache: it lacks the fields ${missing.join(', ')}. ${advice}`);
  const dimension = Number(vector?.type_params?.find(({ key }) => key === 'dim')?.value);
  if (dimension !== encoder.dimension) {
    refuse(
      `holds vectors of ${dimension} numbers, but the encoder makes vectors of ${encoder.dimension}. ${advice}`,
    );
  }
  // Milvus Lite keeps no description; the property is written after the collection is made, so it comes second.
  const property = found.properties.find(({ key }) => key === ENCODER_PROPERTY)?.value;
  const hash = /\(encoder ([^()]{1,200})\)$/.exec(found.description)?.[1] ?? String(property ?? 'unknown');
  if (hash !== encoder.hash) {
    refuse(
      `holds vectors of the encoder ${hash}, but this process runs the encoder ${encoder.hash}. ${advice}`,
    );
  }
}

function entryFields(settings: MilvusSettings, dim: number): FieldType[] {
  const digest = (name: string) => ({ name, data_type: DataType.VarChar, max_length: DIGEST_CHARS });
  const integer = (name: string) => ({ name, data_type: DataType.Int64 });
  const flag = (name: string) => ({ name, data_type: DataType.Bool });
  const text = (name: string, max_length: number) => ({ name, data_type: DataType.VarChar, max_length });
  const names = ['id', 'partition', 'tenant', 'exact_key', 'model', 'decision'];
  return [
    { ...digest('pk'), is_primary_key: true },
    ...['scope', 'id_key'].map(digest),
    ...['epoch', 'created', 'expires', 'bytes'].map(integer),
    ...['semantic', 'pinned'].map(flag),
    ...names.map((name) => text(name, NAME_BYTES_MAX)),
    ...['meaning', 'ask', 'answer'].map((name) => text(name, TEXT_BYTES_MAX)),
    { name: settings.vectorField, data_type: DataType.FloatVector, dim },
  ];
}

function entryIndex({ vectorField, metricType, index }: MilvusSettings) {
  const params = index.type === 'HNSW' ? { M: index.m, efConstruction: index.efConstruction } : {};
  return { field_name: vectorField, index_type: index.type, metric_type: metricType, params };
}

function controlFields(): FieldType[] {
  return [
    { name: 'pk', data_type: DataType.VarChar, max_length: DIGEST_CHARS, is_primary_key: true },
    { name: 'kind', data_type: DataType.VarChar, max_length: DIGEST_CHARS },
    { name: 'at', data_type: DataType.Int64 },
    { name: 'value', data_type: DataType.VarChar, max_length: NAME_BYTES_MAX },
    { name: CONTROL_VECTOR, data_type: DataType.FloatVector, dim: 2 },
  ];
}
