import type { Neighbour } from '../cache/contract.js';
import type { PromptRequest } from '../openai/request.js';
import { candidateThresholdOf, chooseAmong } from './find-similar.js';
import { type Found, hit } from './found.js';
import { type Inquiry, leadFlight } from './inquiry.js';
import type { FlightQuestion, NearFlight } from './near-flights.js';
import type { OpenTicket, Ticket } from './ticket.js';
import { mayWait, waitForAnswer } from './wait-for-answer.js';

/** How often a request looks for flights to follow before it asks for itself: each look may find new ones. */
const LOOKS_MAX = 8;

/**
 * When the same question in other words is on its way upstream, waits for its answer. Whether it is the same is
 * decided as for a stored answer, before the wait, so that nobody waits for what cannot be served. A request that
 * finds no such flight opens one.
 */
export async function waitForNear(
  inquiry: Inquiry,
  ticket: Ticket,
  request: PromptRequest,
): Promise<Found | undefined> {
  if (ticket.kind === 'closed' || ticket.onlyIfCached) return undefined;
  const question = questionOf(inquiry, ticket);
  if (question === undefined) return undefined;
  const refused = new Set<string>();
  let handOvers = 0;
  for (let look = 0; look < LOOKS_MAX && mayWait(inquiry, request); look += 1) {
    const flights = inquiry.service.nearFlights
      .near(question.partition, question.vector, candidateThresholdOf(inquiry))
      .filter((flight) => !refused.has(flight.question.id));
    // No step may wait between this look and the flight that is opened below, or two who ask the same both lead.
    if (flights.length === 0) break;
    const flight = await chosenOf(inquiry, ticket, flights);
    if (flight === undefined) {
      for (const { question: other } of flights) refused.add(other.id);
      continue;
    }
    const landing = await waitForAnswer(inquiry, flight.wait);
    if (landing.kind === 'alone') return undefined;
    if (landing.kind === 'again') handOvers = landing.handOvers;
    else {
      inquiry.ledger.cacheReason = 'shared-flight';
      return hit(inquiry, 'hit-semantic', { entry: landing.entry, similarity: flight.similarity });
    }
  }
  if (!inquiry.plan.goesAlone) lead(inquiry, question, handOvers);
  return undefined;
}

/** The question, when a stored answer to it in other words could have been served: then one on its way can be, too. */
function questionOf(inquiry: Inquiry, ticket: OpenTicket): FlightQuestion | undefined {
  const { store, goesAlone } = inquiry.plan;
  // Where two stored answers contradict each other, a third one settles nothing.
  if (goesAlone || inquiry.ledger.cacheReason === 'ambiguous') return undefined;
  // An error bound vouches for entries that it knows, and of what is on its way there is none yet.
  if (inquiry.policy.cache.maxErrorRate !== undefined) return undefined;
  if (!ticket.lookUp || store?.embedding === undefined) return undefined;
  const { partition, ask, embedding } = store;
  return { id: inquiry.ledger.id, partition, ask, vector: embedding.vector };
}

async function chosenOf(
  inquiry: Inquiry,
  ticket: OpenTicket,
  flights: readonly NearFlight[],
): Promise<NearFlight | undefined> {
  const neighbours = flights.map((flight) => expected(inquiry, flight));
  const { hit } = await chooseAmong(inquiry, ticket, neighbours);
  return flights.find(({ question }) => question.id === hit?.entry.id);
}

/** The entry that will come of a flight, as far as it is known before its answer is there. */
function expected(inquiry: Inquiry, { question, similarity }: NearFlight): Neighbour {
  const nowMs = inquiry.service.clock.nowMs();
  return {
    similarity,
    entry: {
      ...question,
      tenant: '',
      exactKey: '',
      completion: { api: 'chat', object: {}, usage: undefined, finishReasons: [] },
      model: '',
      decision: '',
      createdAtMs: nowMs,
      expiresAtMs: nowMs + inquiry.policy.cache.ttlSeconds * 1000,
      bytes: 0,
      pinned: false,
    },
  };
}

function lead(inquiry: Inquiry, question: FlightQuestion, handOvers: number): void {
  const settle = inquiry.service.nearFlights.open(question, handOvers);
  if (settle !== undefined) leadFlight(inquiry.plan, settle);
}
