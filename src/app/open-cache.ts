import type { MemoryStore, MemoryStoreOptions } from '../adapters/memory/store.js';
import type { OnnxEncoder } from '../adapters/onnx/encoder.js';
import type { CacheBackend } from '../cache/contract.js';
import type { Config } from '../config/config.js';
import { systemClock } from '../lib/clock.js';
import type { Logger } from '../telemetry/contract.js';
import type { SharedCache } from './shared-cache.js';

export interface OpenedCache {
  /** In this process. */
  readonly near: MemoryStore;
  /** Where several processes share one. */
  readonly shared: SharedCache | undefined;
  /** What serves: `near`, or both of them. */
  readonly store: CacheBackend;
  /** Keys the hashes of tenants, partitions and questions. */
  readonly secret: Uint8Array;
}

/** What of the config says where the cache lives. */
export type CacheSettings = Pick<
  Config['semanticCache'],
  'maxEntries' | 'bytesMax' | 'evictionPolicy' | 'persistPath' | 'persistIntervalS' | 'secretFile' | 'milvus'
>;

export interface OpenCacheParts {
  readonly encoder: Pick<OnnxEncoder, 'dimension' | 'hash'>;
  readonly logger: Logger;
  readonly createMemoryStore: (options: MemoryStoreOptions) => MemoryStore;
}

/**
 * Opens the stores that the config names, and finds the secret. When one of them fails, those that are open already are
 * closed again.
 */
export async function openCache(cache: CacheSettings, parts: OpenCacheParts): Promise<OpenedCache> {
  const near = await openNear(cache, parts);
  let store: CacheBackend = near;
  try {
    const shared = await openShared(cache, near, parts);
    store = shared?.backend ?? near;
    return { near, shared, store, secret: await secretOf(cache, shared, parts.logger) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * The persistent store is loaded only where a path asks for it. Before Milvus it would bring back what other processes
 * have flushed meanwhile.
 */
async function openNear(cache: CacheSettings, parts: OpenCacheParts): Promise<MemoryStore> {
  const { encoder, logger } = parts;
  const options = {
    maxEntries: cache.maxEntries,
    bytesMax: cache.bytesMax,
    evictionPolicy: cache.evictionPolicy,
    dimension: encoder.dimension,
    clock: systemClock,
    onProblem: (problem: unknown) =>
      logger.warn(
        { problem: String(problem) },
        'large partitions are searched slowly: usearch does not load',
      ),
  };
  if (cache.persistPath === undefined || cache.milvus !== undefined) return parts.createMemoryStore(options);
  const { openPersistentStore } = await import('../adapters/memory/persistent-store.js');
  return openPersistentStore({
    ...options,
    path: cache.persistPath,
    intervalMs: 1000 * cache.persistIntervalS,
    encoderHash: encoder.hash,
    logger,
  });
}

/** Loads what speaks to Milvus only where the config names it. */
async function openShared(
  { milvus }: CacheSettings,
  front: CacheBackend,
  { encoder, logger }: OpenCacheParts,
): Promise<SharedCache | undefined> {
  if (milvus === undefined) return undefined;
  const { openSharedCache } = await import('./shared-cache.js');
  const mark = { hash: encoder.hash, dimension: encoder.dimension };
  return openSharedCache({ config: milvus, encoder: mark, front, logger });
}

async function secretOf(
  cache: CacheSettings,
  shared: SharedCache | undefined,
  logger: Logger,
): Promise<Uint8Array> {
  const { cacheSecret } = await import('./cache-secret.js');
  return cacheSecret({
    fromEnvironment: process.env['SEXTANT_CACHE_SECRET'],
    file: cache.secretFile,
    shared: shared === undefined ? undefined : () => shared.readOrCreateSharedSecret(),
    persistPath: cache.persistPath,
    logger,
  });
}
