import type { CacheEntry } from './contract.js';

/** What a request may be answered with. */
export interface EntryTerms {
  readonly partition: string;
  /** How old an answer the client takes at most; undefined takes any that has not expired. Seconds. */
  readonly maxAgeSeconds: number | undefined;
}

/**
 * Whether an entry that a store gave back may be served at all. Stores are asked for one partition and live entries
 * only; that they keep to it is checked here again, since a filter that fails in a store elsewhere would otherwise
 * hand one tenant's answer to another.
 */
export function isOwnEntry(
  entry: Pick<CacheEntry, 'partition' | 'createdAtMs' | 'expiresAtMs'>,
  { partition, maxAgeSeconds }: EntryTerms,
  nowMs: number,
): boolean {
  if (entry.partition !== partition || entry.expiresAtMs <= nowMs) return false;
  return maxAgeSeconds === undefined || nowMs - entry.createdAtMs <= maxAgeSeconds * 1000;
}
