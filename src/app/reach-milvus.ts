import { MilvusConnection } from '../adapters/milvus/connection.js';
import type { MilvusConfig } from '../config/config.js';

/**
 * Asks Milvus one question, as whoever is let in may, and makes nothing there.
 *
 * @throws SextantError that says why Milvus cannot be reached
 */
export async function reachMilvus(config: MilvusConfig, timeoutMs: number): Promise<void> {
  const connection = new MilvusConnection(config, config.deadlineMs);
  try {
    await connection.reopen(timeoutMs);
  } finally {
    connection.close();
  }
}
