import { cacheStatus } from '../cache/cache-status.js';
import type { CacheEntry } from '../cache/contract.js';
import type { CacheOutcome } from '../telemetry/contract.js';
import { type Inquiry, settleFlight } from './inquiry.js';

/** A stored answer that may be served. */
export interface Found {
  readonly entry: CacheEntry;
}

/** Notes a hit, and tells those who wait for this answer. */
export function hit(
  inquiry: Inquiry,
  outcome: CacheOutcome,
  found: { readonly entry: CacheEntry; readonly similarity: number },
): Found {
  const { ledger, policy, service, plan } = inquiry;
  const { entry, similarity } = found;
  ledger.cache = outcome;
  ledger.similarity = similarity;
  const ttlS = Math.max(0, Math.floor((entry.expiresAtMs - service.clock.nowMs()) / 1000));
  ledger.cacheStatus = cacheStatus({ kind: 'hit', ttlS, detail: outcome });
  service.served?.note(ledger.id, { route: policy.name, entryId: entry.id, basis: plan.basis });
  settleFlight(plan, entry, similarity);
  return { entry };
}
