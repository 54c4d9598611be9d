import { createMilvusBackend, type MilvusBackend } from '../../src/adapters/milvus/backend.js';
import type { MilvusSettings } from '../../src/adapters/milvus/settings.js';
import { milvusSettings } from '../support/milvus.js';
import type { BackendSetup } from './backend-setup.js';

/** A flushed backend: making a collection takes seconds, so all tests of a file share one. */
export async function emptyMilvus(
  port: number,
  setup: BackendSetup,
  given: Partial<MilvusSettings> = {},
): Promise<MilvusBackend> {
  const backend = createMilvusBackend({
    settings: milvusSettings(port, given),
    encoder: { hash: 'test-encoder', dimension: setup.dimension },
    clock: setup.clock,
    readDeadlineMs: 30_000,
  });
  await backend.recover();
  await backend.flush();
  return backend;
}
