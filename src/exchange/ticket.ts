import { bypassReason, exactOnlyReason } from '../cache/bypass.js';
import { cacheStatus } from '../cache/cache-status.js';
import { type CacheControls, readControls } from '../cache/controls.js';
import { tenantKeyOf } from '../cache/identity.js';
import { exactKeyOf } from '../cache/key.js';
import { partitionOf } from '../cache/partition.js';
import type { Headers } from '../lib/headers.js';
import type { PromptRequest } from '../openai/request.js';
import type { CacheOutcome } from '../telemetry/contract.js';
import { callerOf } from './caller.js';
import type { SignalBoard } from './classify.js';
import * as names from './headers.js';
import type { Inquiry } from './inquiry.js';
import { note } from './trail.js';

/** What the cache may do for one request. */
export type Ticket =
  | {
      readonly kind: 'closed';
      /** True when the client takes a stored answer or none. */
      readonly onlyIfCached: boolean;
    }
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
      /** How near a stored question must be for this client, beside what the policy asks. 0 to 1. */
      readonly minSimilarity: number;
      /** How old an answer this client takes at most. Seconds. */
      readonly maxAgeSeconds: number | undefined;
      /** How long this client lets its answer be kept at most, beside what the policy says. Seconds. */
      readonly ttlSecondsMax: number | undefined;
      readonly onlyIfCached: boolean;
    };

export type OpenTicket = Ticket & { readonly kind: 'open' };

/** Decides whether the cache may be asked at all, and under which keys. */
export function openTicket(inquiry: Inquiry, request: PromptRequest, board: SignalBoard): Ticket {
  const { policy, service, head, ledger } = inquiry;
  const controls = controlsOf(head.headers, request);
  const { onlyIfCached } = controls;
  if (!policy.cache.enabled) return closed(inquiry, { outcome: 'off', reason: '', onlyIfCached });
  const tenant = callerOf(inquiry, policy.cache.scope);
  const use = bypassReason({ request, policy: policy.cache, controls, tenant });
  if (use.kind === 'bypass') return bypassed(inquiry, use.reason, onlyIfCached);
  const keyed = {
    secret: service.secret,
    tenant: use.tenant,
    namespaces: controls.namespaces,
    judged: board.beyondKey(),
    policyVersion: policy.version,
    encoderHash: service.encoder.hash,
    virtualModel: request.model,
    relaxed: policy.cache.partition,
    request,
  };
  const partition = partitionOf(keyed);
  const tenantKey = tenantKeyOf(service.secret, use.tenant);
  const exactKey = exactKeyOf(service.secret, partition, request.ask);
  note(inquiry, { keyed, keys: { partition, tenant: tenantKey, exactKey } });
  ledger.cache = 'miss';
  ledger.cacheStatus = cacheStatus({ kind: use.lookUp ? 'miss' : 'request' });
  return {
    kind: 'open',
    partition,
    tenant: tenantKey,
    exactKey,
    ask: request.ask,
    exactOnly: exactOnlyReason(request, controls),
    lookUp: use.lookUp,
    minSimilarity: controls.minSimilarity,
    maxAgeSeconds: controls.maxAgeSeconds,
    ttlSecondsMax: controls.ttlSecondsMax,
    onlyIfCached,
  };
}

/** Says that the cache has no part in this request, and why. */
export function bypassed(inquiry: Inquiry, reason: string, onlyIfCached: boolean): Ticket {
  return closed(inquiry, { outcome: 'bypass', reason, onlyIfCached });
}

interface Closing {
  readonly outcome: CacheOutcome;
  readonly reason: string;
  readonly onlyIfCached: boolean;
}

function closed(inquiry: Inquiry, { outcome, reason, onlyIfCached }: Closing): Ticket {
  inquiry.ledger.cache = outcome;
  inquiry.ledger.cacheReason = reason;
  inquiry.ledger.cacheStatus = cacheStatus({ kind: 'bypass', detail: reason });
  return { kind: 'closed', onlyIfCached };
}

function controlsOf(headers: Headers, request: PromptRequest): CacheControls {
  return readControls({
    cacheControl: headers.get(names.CACHE_CONTROL),
    ownControl: headers.get(names.OWN_CACHE_CONTROL),
    bodyCache: request.body['cache'],
    portkey: {
      forceRefresh: headers.get(names.PORTKEY_CACHE_FORCE_REFRESH),
      mode: headers.get(names.PORTKEY_CACHE),
      namespace: headers.get(names.PORTKEY_CACHE_NAMESPACE),
    },
    bifrost: {
      noStore: headers.get(names.BIFROST_CACHE_NO_STORE),
      ttl: headers.get(names.BIFROST_CACHE_TTL),
      threshold: headers.get(names.BIFROST_CACHE_THRESHOLD),
      type: headers.get(names.BIFROST_CACHE_TYPE),
      key: headers.get(names.BIFROST_CACHE_KEY),
    },
  });
}
