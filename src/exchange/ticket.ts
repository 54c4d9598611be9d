import { bypassReason, exactOnlyReason } from '../cache/bypass.js';
import { cacheStatus } from '../cache/cache-status.js';
import { tenantKeyOf, tenantOf } from '../cache/identity.js';
import { exactKeyOf } from '../cache/key.js';
import { partitionOf } from '../cache/partition.js';
import type { PromptRequest } from '../openai/request.js';
import type { CacheOutcome } from '../telemetry/contract.js';
import { AUTHORIZATION, CACHE_CONTROL } from './headers.js';
import type { Inquiry } from './inquiry.js';

/** What the cache may do for one request. */
export type Ticket =
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'open';
      readonly partition: string;
      /** Hex HMAC of the tenant, for the store's bounds. */
      readonly tenant: string;
      readonly exactKey: string;
      readonly ask: string;
      /** Why only the very same question may be served, or undefined. */
      readonly exactOnly: string | undefined;
      /** False when the client asked for a fresh answer. */
      readonly lookUp: boolean;
    };

/** Decides whether the cache may be asked at all, and under which keys. */
export function openTicket(inquiry: Inquiry, request: PromptRequest): Ticket {
  const { policy, service, head, ledger } = inquiry;
  if (!policy.cache.enabled) return closed(inquiry, 'off', '');
  const tenant = tenantOf({
    secret: service.secret,
    headers: head.headers,
    tenantHeader: policy.identity.tenantHeader,
    authorization: head.headers.get(AUTHORIZATION),
    scope: policy.cache.scope,
  });
  const use = bypassReason({ request, cacheControl: head.headers.get(CACHE_CONTROL), tenant });
  if (use.kind === 'bypass') return closed(inquiry, 'bypass', use.reason);
  const partition = partitionOf({
    secret: service.secret,
    tenant: use.tenant,
    policyVersion: policy.version,
    encoderHash: service.encoder.hash,
    virtualModel: request.model,
    request,
  });
  const exactKey = exactKeyOf(service.secret, partition, request.ask);
  ledger.cache = 'miss';
  ledger.cacheStatus = cacheStatus({ kind: use.lookUp ? 'miss' : 'request' });
  const exactOnly = exactOnlyReason(request);
  const tenantKey = tenantKeyOf(service.secret, use.tenant);
  return {
    kind: 'open',
    partition,
    tenant: tenantKey,
    exactKey,
    ask: request.ask,
    exactOnly,
    lookUp: use.lookUp,
  };
}

/** Says that the cache has no part in this request, and why. */
export function closed(inquiry: Inquiry, outcome: CacheOutcome, reason: string): Ticket {
  inquiry.ledger.cache = outcome;
  inquiry.ledger.cacheReason = reason;
  inquiry.ledger.cacheStatus = cacheStatus({ kind: 'bypass', detail: reason });
  return { kind: 'closed' };
}
