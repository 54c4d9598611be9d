import { bypassReason, exactOnlyReason, semanticTierReason } from '../cache/bypass.js';
import { cacheStatus } from '../cache/cache-status.js';
import { chooseHit } from '../cache/choose.js';
import type { CacheEntry } from '../cache/contract.js';
import { tenantOf } from '../cache/identity.js';
import { exactKeyOf } from '../cache/key.js';
import { partitionOf } from '../cache/partition.js';
import type { PromptRequest } from '../openai/request.js';
import type { Embedding } from '../signals/contract.js';
import type { CacheOutcome } from '../telemetry/contract.js';
import type { Embed } from './classify.js';
import type { RouteDecision } from './decide-route.js';
import { AUTHORIZATION, CACHE_CONTROL } from './headers.js';
import { type Inquiry, settleFlight } from './inquiry.js';
import { restOfWayMs } from './looking-time.js';
import { timed } from './timed.js';

/** How many neighbours the verification may look at before a question counts as new. */
const NEIGHBOURS_MAX = 8;

/** What the cache may do for one request. */
export type Ticket =
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'open';
      readonly partition: string;
      readonly exactKey: string;
      readonly ask: string;
      /** Why only the very same question may be served, or undefined. */
      readonly exactOnly: string | undefined;
      /** False when the client asked for a fresh answer. */
      readonly lookUp: boolean;
    };

/** A stored answer that may be served. */
export interface Found {
  readonly entry: CacheEntry;
}

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
  return { kind: 'open', partition, exactKey, ask: request.ask, exactOnly, lookUp: use.lookUp };
}

/** Looks for the very same question. Costs microseconds, so it comes before the encoder. */
export async function findExact(inquiry: Inquiry, ticket: Ticket): Promise<Found | undefined> {
  if (ticket.kind === 'closed' || !ticket.lookUp) return undefined;
  const entry = await inquiry.service.store.findExact(ticket.partition, ticket.exactKey);
  return entry === undefined ? undefined : hit(inquiry, 'hit-exact', { entry, similarity: 1 });
}

/**
 * When the very same question is on its way upstream already, waits for its answer instead of asking twice. A client
 * that streams wants its first token soon, so it does not wait unless the policy says so.
 */
export async function waitForTwin(
  inquiry: Inquiry,
  ticket: Ticket,
  request: PromptRequest,
): Promise<Found | undefined> {
  if (ticket.kind === 'closed' || !ticket.lookUp) return undefined;
  const { policy, service, plan } = inquiry;
  const place = service.flights.join(ticket.exactKey);
  if (place.kind === 'leader') {
    plan.settleFlight = place.settle;
    return undefined;
  }
  if (place.kind === 'full' || (request.stream && !policy.cache.streamFollowersWait)) return undefined;
  // Envoy's message timer would end the wait; the rest of the way after a vain wait needs its time as well.
  inquiry.askForTime(policy.cache.maxWaitMs + restOfWayMs(inquiry));
  const stop = new AbortController();
  plan.stopWaiting = stop;
  const entry = await timed(inquiry, 'wait', () => place.wait(policy.cache.maxWaitMs, stop.signal));
  if (entry === undefined) return undefined;
  inquiry.ledger.cacheReason = 'shared-flight';
  return hit(inquiry, 'hit-exact', { entry, similarity: 1 });
}

/**
 * Looks for the same question in other words. Similarity only proposes; what is served must also pass the checks of
 * the cache's policy. Whatever comes of it, the answer that follows may be stored under this question.
 */
export async function findSimilar(
  inquiry: Inquiry,
  ticket: Ticket,
  decided: RouteDecision,
  embed: Embed,
): Promise<Found | undefined> {
  if (ticket.kind === 'closed') return undefined;
  // The exact tier comes before the guard, so what passed in part unread must not enter it.
  const kept = !decided.cache ? 'decision' : (inquiry.ledger.unreadChars ?? 0) > 0 ? 'unread' : undefined;
  if (kept !== undefined) {
    closed(inquiry, 'bypass', kept);
    settleFlight(inquiry.plan, undefined);
    return undefined;
  }
  const meaning = await meaningOf(ticket, embed);
  const { partition, exactKey, ask } = ticket;
  const embedding = meaning.kind === 'vector' ? meaning.embedding : undefined;
  inquiry.plan.store = { partition, exactKey, ask, embedding };
  if (meaning.kind === 'exact-only') {
    inquiry.ledger.cacheReason = meaning.reason;
    return undefined;
  }
  if (!ticket.lookUp) {
    inquiry.ledger.cacheReason = 'no-cache';
    return undefined;
  }
  return timed(inquiry, 'search', () => searchNear(inquiry, partition, ask, meaning.embedding));
}

type Meaning =
  | { readonly kind: 'vector'; readonly embedding: Embedding }
  | { readonly kind: 'exact-only'; readonly reason: string };

async function meaningOf(ticket: Ticket & { kind: 'open' }, embed: Embed): Promise<Meaning> {
  if (ticket.exactOnly !== undefined) return { kind: 'exact-only', reason: ticket.exactOnly };
  const embedded = await embed();
  if (!embedded.ok) return { kind: 'exact-only', reason: 'encoder' };
  const reason = semanticTierReason(embedded.value);
  return reason === undefined
    ? { kind: 'vector', embedding: embedded.value }
    : { kind: 'exact-only', reason };
}

async function searchNear(
  inquiry: Inquiry,
  partition: string,
  ask: string,
  embedding: Embedding,
): Promise<Found | undefined> {
  const { policy, service, ledger } = inquiry;
  const neighbours = await service.store.findNearest(partition, embedding.vector, NEIGHBOURS_MAX);
  const choice = chooseHit({ ask, neighbours, threshold: policy.cache.similarityThreshold });
  if (choice.hit !== undefined) return hit(inquiry, 'hit-semantic', choice.hit);
  ledger.similarity = choice.nearest;
  ledger.cacheReason = choice.reason;
  return undefined;
}

function hit(
  inquiry: Inquiry,
  outcome: CacheOutcome,
  found: { readonly entry: CacheEntry; readonly similarity: number },
): Found {
  const { ledger, service, plan } = inquiry;
  const { entry, similarity } = found;
  ledger.cache = outcome;
  ledger.similarity = similarity;
  const ttlS = Math.max(0, Math.floor((entry.expiresAtMs - service.clock.nowMs()) / 1000));
  ledger.cacheStatus = cacheStatus({ kind: 'hit', ttlS, detail: outcome });
  settleFlight(plan, entry);
  return { entry };
}

function closed(inquiry: Inquiry, outcome: CacheOutcome, reason: string): Ticket {
  inquiry.ledger.cache = outcome;
  inquiry.ledger.cacheReason = reason;
  inquiry.ledger.cacheStatus = cacheStatus({ kind: 'bypass', detail: reason });
  return { kind: 'closed' };
}
