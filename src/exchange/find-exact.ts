import { isOwnEntry } from '../cache/own-entry.js';
import type { PromptRequest } from '../openai/request.js';
import { type Found, hit } from './found.js';
import { type Inquiry, leadFlight } from './inquiry.js';
import type { OpenTicket, Ticket } from './ticket.js';
import { mayWait, waitForAnswer } from './wait-for-answer.js';
import type { Landing } from './waiting-room.js';

/** Looks for the very same question. Costs microseconds, so it comes before the encoder. */
export async function findExact(inquiry: Inquiry, ticket: Ticket): Promise<Found | undefined> {
  if (ticket.kind === 'closed' || !ticket.lookUp) return undefined;
  const entry = await inquiry.service.store.findExact(ticket.partition, ticket.exactKey);
  if (entry === undefined || entry.exactKey !== ticket.exactKey) return undefined;
  if (!isOwnEntry(entry, ticket, inquiry.service.clock.nowMs())) return undefined;
  return hit(inquiry, 'hit-exact', { entry, similarity: 1 });
}

/**
 * When the very same question is on its way upstream already, waits for its answer instead of asking twice. Should the
 * one who asks fail, one of those who wait asks next.
 */
export async function waitForTwin(
  inquiry: Inquiry,
  ticket: Ticket,
  request: PromptRequest,
): Promise<Found | undefined> {
  // Who takes a stored answer or none would lead a flight to nowhere.
  if (ticket.kind === 'closed' || !ticket.lookUp || ticket.onlyIfCached) return undefined;
  let handOvers = 0;
  for (;;) {
    const place = inquiry.service.flights.join(ticket.exactKey, handOvers);
    if (place.kind === 'leader') {
      leadFlight(inquiry.plan, place.settle);
      return undefined;
    }
    if (place.kind === 'full' || !mayWait(inquiry, request)) return undefined;
    const landing = await waitForAnswer(inquiry, place.wait);
    if (landing.kind === 'alone') return undefined;
    if (landing.kind === 'answer') return shared(inquiry, ticket, landing);
    handOvers = landing.handOvers;
  }
}

/**
 * What the leader found for the question in other words is no more than that for those who waited, and may be too old
 * or too far for a client that asks for more than the leader's did: that one goes alone.
 */
function shared(
  inquiry: Inquiry,
  ticket: OpenTicket,
  landing: Landing & { kind: 'answer' },
): Found | undefined {
  const { entry, similarity } = landing;
  const near = similarity >= (ticket.exactOnly === undefined ? ticket.minSimilarity : 1);
  if (!near || !isOwnEntry(entry, ticket, inquiry.service.clock.nowMs())) {
    inquiry.plan.goesAlone = true;
    return undefined;
  }
  inquiry.ledger.cacheReason = 'shared-flight';
  return hit(inquiry, landing.similarity < 1 ? 'hit-semantic' : 'hit-exact', landing);
}
