import type { PromptRequest } from '../openai/request.js';
import { type Found, hit } from './found.js';
import type { Inquiry } from './inquiry.js';
import { restOfWayMs } from './looking-time.js';
import type { Ticket } from './ticket.js';
import { timed } from './timed.js';

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
