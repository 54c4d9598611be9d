import type { CacheEntry } from '../../src/cache/contract.js';

/** A stored answer of which only what is given matters. */
export function entryOf(overrides: Partial<CacheEntry> = {}): CacheEntry {
  return {
    id: 'i',
    partition: 'p',
    tenant: 't',
    exactKey: 'k',
    ask: 'a',
    vector: undefined,
    completion: { api: 'chat', object: {}, usage: undefined, finishReasons: ['stop'] },
    model: 'm',
    decision: 'd',
    createdAtMs: 0,
    expiresAtMs: 1,
    bytes: 1,
    pinned: false,
    ...overrides,
  };
}
