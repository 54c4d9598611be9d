import { semanticTierReason } from '../cache/bypass.js';
import { chooseHit, type HitChoice, type HitQuestion, type Judging } from '../cache/choose.js';
import type { Neighbour } from '../cache/contract.js';
import { isOwnEntry } from '../cache/own-entry.js';
import type { Embedding } from '../signals/contract.js';
import type { Embed } from './classify.js';
import type { RouteDecision } from './decide-route.js';
import { type Found, hit } from './found.js';
import { countAsked, heedBound } from './heed-bound.js';
import { type Inquiry, settleFlight } from './inquiry.js';
import { bypassed, type OpenTicket, type Ticket } from './ticket.js';
import { timed } from './timed.js';
import { note, type SeenNeighbour } from './trail.js';

/** How many neighbours the verification may look at before a question counts as new. */
const NEIGHBOURS_MAX = 8;

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
    bypassed(inquiry, kept, ticket.onlyIfCached);
    settleFlight(inquiry.plan, undefined);
    return undefined;
  }
  const meaning = await meaningOf(ticket, embed);
  const { partition, tenant, exactKey, ask, ttlSecondsMax } = ticket;
  const embedding = meaning.kind === 'vector' ? meaning.embedding : undefined;
  inquiry.plan.store = { partition, tenant, exactKey, ask, embedding, ttlSecondsMax };
  if (meaning.kind === 'exact-only') {
    inquiry.ledger.cacheReason = meaning.reason;
    return undefined;
  }
  if (!ticket.lookUp) {
    inquiry.ledger.cacheReason = 'no-cache';
    return undefined;
  }
  return timed(inquiry, 'search', () => searchNear(inquiry, ticket, meaning.embedding));
}

type Meaning =
  | { readonly kind: 'vector'; readonly embedding: Embedding }
  | { readonly kind: 'exact-only'; readonly reason: string };

async function meaningOf(ticket: OpenTicket, embed: Embed): Promise<Meaning> {
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
  ticket: OpenTicket,
  embedding: Embedding,
): Promise<Found | undefined> {
  const { service, ledger } = inquiry;
  countAsked(inquiry);
  const neighbours = await service.store.findNearest(ticket.partition, embedding.vector, NEIGHBOURS_MAX);
  const choice = await chooseAmong(inquiry, ticket, neighbours);
  if (choice.hit !== undefined) {
    return heedBound(inquiry, choice, neighbours) ? hit(inquiry, 'hit-semantic', choice.hit) : undefined;
  }
  ledger.similarity = choice.nearest;
  ledger.cacheReason = choice.reason;
  return undefined;
}

/** What of these may be served to this client, be it stored already or still on its way. */
export function chooseAmong(
  inquiry: Inquiry,
  ticket: OpenTicket,
  neighbours: readonly Neighbour[],
): Promise<HitChoice> {
  const { service, policy } = inquiry;
  const nowMs = service.clock.nowMs();
  return chooseHit({
    ask: ticket.ask,
    neighbours: neighbours.filter(
      ({ entry, similarity }) => similarity >= ticket.minSimilarity && isOwnEntry(entry, ticket, nowMs),
    ),
    threshold: policy.cache.similarityThreshold,
    judging: judgingOf(inquiry),
    seen: watcherOf(inquiry, neighbours),
  });
}

/** Notes what becomes of each neighbour where somebody wants to know. */
function watcherOf(inquiry: Inquiry, neighbours: readonly Neighbour[]): HitQuestion['seen'] {
  if (inquiry.trail === undefined) return undefined;
  const byId = new Map<string, SeenNeighbour>();
  for (const { entry, similarity } of neighbours)
    byId.set(entry.id, { id: entry.id, ask: entry.ask, similarity });
  note(inquiry, { neighbours: [...byId.values()] });
  return ({ entry }, verdict, judged) => {
    const seen = byId.get(entry.id);
    if (seen !== undefined) Object.assign(seen, judged === undefined ? { verdict } : { verdict, judged });
  };
}

/** Similarity from which something may be among those to choose from. 0 to 1. */
export function candidateThresholdOf(inquiry: Inquiry): number {
  return judgingOf(inquiry)?.threshold ?? inquiry.policy.cache.similarityThreshold;
}

/** The judge gets what the encoder has left of its time: Envoy waits no longer for the two than for one. */
export function judgingOf({ service, policy, ledger }: Inquiry): Judging | undefined {
  const { pairJudge } = service;
  if (pairJudge === undefined) return undefined;
  return {
    judge: pairJudge,
    threshold: policy.cache.candidateThreshold ?? policy.cache.similarityThreshold,
    deadlineMs: Math.max(0, policy.encodeDeadlineMs - (ledger.stagesMs['encode'] ?? 0)),
  };
}
