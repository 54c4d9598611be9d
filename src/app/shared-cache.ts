import { createMilvusBackend, type MilvusBackend } from '../adapters/milvus/backend.js';
import { CollectionMismatch, type EncoderMark } from '../adapters/milvus/collections.js';
import type { BackDoorStats } from '../cache/back-door.js';
import type { CacheBackend } from '../cache/contract.js';
import { createTieredBackend, type TieredBackend } from '../cache/tiered.js';
import type { MilvusConfig } from '../config/config.js';
import { systemClock } from '../lib/clock.js';
import { within } from '../lib/deadline.js';
import { systemTimers } from '../lib/timers.js';
import type { Logger } from '../telemetry/contract.js';

/** A cache in this process before one in Milvus. */
export interface SharedCache {
  readonly backend: TieredBackend;
  /** How Milvus is doing, for the metrics. */
  stats(): BackDoorStats & { readonly tooLarge: number };
  /** @throws SextantError when Milvus is not there */
  readOrCreateSharedSecret(): Promise<Uint8Array>;
}

/** How long a start waits for Milvus before it goes on without. Milliseconds. */
const START_WAIT_MS = 60_000;
/** How long one write may take, or one look of an operator. Milliseconds. */
const WRITE_DEADLINE_MS = 5000;
/** What may wait to be written while Milvus is away. */
const QUEUE = { entriesMax: 1000, bytesMax: 64 * 1024 * 1024 };

/**
 * Loaded only where the config names Milvus. A Milvus that is not there keeps nobody from serving: the near store works
 * alone, and Milvus is taken in when it comes.
 *
 * @throws CollectionMismatch when the collection belongs to another encoder
 */
export async function openSharedCache(parts: {
  readonly config: MilvusConfig;
  readonly encoder: EncoderMark;
  readonly front: CacheBackend;
  readonly logger: Logger;
}): Promise<SharedCache> {
  const { config, encoder, front, logger } = parts;
  if (config.dimension !== undefined && config.dimension !== encoder.dimension) {
    logger.warn(
      { configured: config.dimension, encoder: encoder.dimension },
      'vector_field.dimension of the milvus file is not what the encoder makes; the encoder counts',
    );
  }
  const back = createMilvusBackend({
    settings: config,
    encoder,
    clock: systemClock,
    readDeadlineMs: config.deadlineMs,
  });
  await meet(back, logger);
  const backend = createTieredBackend({
    front,
    back,
    clock: systemClock,
    timers: systemTimers,
    readDeadlineMs: config.deadlineMs,
    writeDeadlineMs: WRITE_DEADLINE_MS,
    queue: QUEUE,
    onTurn: ({ up, cause }) => {
      if (up) logger.info({}, 'the cache reaches milvus');
      else logger.warn({ reason: reasonOf(cause) }, 'the cache goes without milvus until it answers again');
    },
  });
  return {
    backend,
    stats: () => ({ ...backend.backStats(), tooLarge: back.tooLarge() }),
    readOrCreateSharedSecret: () => back.readOrCreateSharedSecret(),
  };
}

async function meet(back: MilvusBackend, logger: Logger): Promise<void> {
  try {
    await within(back.recover(), START_WAIT_MS, systemTimers);
  } catch (thrown) {
    if (thrown instanceof CollectionMismatch) {
      await back.close();
      throw thrown;
    }
    logger.warn({ reason: reasonOf(thrown) }, 'milvus is not there; the cache begins in this process alone');
  }
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : 'unknown reason';
}
