import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createMemoryStore } from '../../../src/adapters/memory/store.js';
import { type CacheSettings, type OpenCacheParts, openCache } from '../../../src/app/open-cache.js';
import { noLogger } from '../../../src/telemetry/contract.js';

const folder = mkdtempSync(join(tmpdir(), 'sextant-open-cache-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CACHE: CacheSettings = {
  maxEntries: 10,
  bytesMax: 1_000_000,
  evictionPolicy: 'lru',
  persistPath: undefined,
  persistIntervalS: 300,
  secretFile: undefined,
  milvus: undefined,
};

/** The stores that were closed, beside what opens them. */
function watched(): { readonly parts: OpenCacheParts; readonly closed: number[] } {
  const closed: number[] = [];
  let opened = 0;
  const parts: OpenCacheParts = {
    encoder: { dimension: 4, hash: 'encoder' },
    logger: noLogger,
    createMemoryStore(options) {
      opened += 1;
      const number = opened;
      return createMemoryStore({ ...options, onClose: async () => void closed.push(number) });
    },
  };
  return { parts, closed };
}

describe('openCache', () => {
  test('serves from memory alone where no Milvus is named', async () => {
    const { parts, closed } = watched();
    const { near, store, shared, secret } = await openCache(CACHE, parts);
    expect(store).toBe(near);
    expect(shared).toBeUndefined();
    expect(secret).toHaveLength(32);
    expect(closed).toEqual([]);
    await store.close();
  });

  test('closes the store again where the secret is refused', async () => {
    const { parts, closed } = watched();
    const secretFile = join(folder, 'short');
    writeFileSync(secretFile, 'short', { mode: 0o600 });
    await expect(openCache({ ...CACHE, secretFile }, parts)).rejects.toThrow('16 bytes or more');
    expect(closed).toEqual([1]);
  });
});
