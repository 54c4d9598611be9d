import type { PersonalDataPolicy } from '../cache/contract.js';
import type { Passage, PersonalData, PromptView, Span } from '../signals/contract.js';
import { charsIn, passagesOf } from '../signals/passages.js';
import { searchAll } from '../signals/pii/search.js';
import { isByPatternsAlone } from '../signals/pii/types.js';
import type { Readers } from './classify.js';
import { type Inquiry, settleFlight } from './inquiry.js';
import { bypassed, type OpenTicket, type Ticket } from './ticket.js';

/** Score at or above which a find counts. 0 to 1. */
const SCORE_MIN = 0.5;

/**
 * A conversation above this is not searched for the cache's sake, and not cached: the search of this much takes tens of
 * milliseconds at most, which Envoy's message timeout has room for. Characters.
 */
const SEARCH_CHARS_MAX = 256 * 1024;

/**
 * Closes the ticket of a conversation in which patterns find personal data. It comes after the exact tier: there, an
 * entry under the very same words is proof that nothing was found in them when they were stored.
 */
export async function keepPersonalOut(
  inquiry: Inquiry,
  ticket: Ticket,
  view: PromptView,
  { search }: Pick<Readers, 'search'>,
): Promise<Ticket> {
  const { personalData } = inquiry.policy.cache;
  if (ticket.kind === 'closed' || personalData.action === 'allow') return ticket;
  if (charsIn(passagesOf(view)) > SEARCH_CHARS_MAX) return bypassed(inquiry, 'unread', ticket.onlyIfCached);
  const found = await search();
  if (holdsAny(found, personalData)) return bypassed(inquiry, 'personal', ticket.onlyIfCached);
  return found.unsearchedChars > 0 ? bypassed(inquiry, 'unread', ticket.onlyIfCached) : ticket;
}

/**
 * The same by what the token head found, which alone knows street addresses. It costs no pass of its own: it looks at
 * the reading that a signal asked for, else at the pass over the question, which the cache needs anyway.
 */
export async function keepReadPersonalOut(
  inquiry: Inquiry,
  ticket: Ticket,
  view: PromptView,
  readers: Readers,
): Promise<Ticket> {
  const { personalData } = inquiry.policy.cache;
  if (ticket.kind === 'closed' || personalData.action === 'allow') return ticket;
  if (personalData.types.every(isByPatternsAlone)) return ticket;
  const found = await readFinds(inquiry, ticket, view, readers);
  return found === undefined || !holdsAny(found, personalData) ? ticket : keepRedactedOut(inquiry, ticket);
}

/** What a model was asked with placeholders is answered to one client alone, whatever the cache's own policy says. */
export function keepRedactedOut(inquiry: Inquiry, ticket: Ticket): Ticket {
  if (ticket.kind === 'closed') return ticket;
  settleFlight(inquiry.plan, undefined);
  return bypassed(inquiry, 'personal', ticket.onlyIfCached);
}

/** Whether any find is of a type that counts, and sure enough. */
export function holdsAny({ finds }: PersonalData, { types }: Pick<PersonalDataPolicy, 'types'>): boolean {
  return finds.some(({ type, score, count }) => count > 0 && score >= SCORE_MIN && types.includes(type));
}

async function readFinds(
  { ledger, policy }: Inquiry,
  ticket: OpenTicket,
  view: PromptView,
  { readWhole, search, embed }: Readers,
): Promise<PersonalData | undefined> {
  if (ledger.windows !== undefined) return search(readWhole);
  if (ticket.exactOnly !== undefined) return undefined;
  const embedded = await embed();
  const heads = embedded.ok ? embedded.value.heads : undefined;
  if (heads === undefined || !heads.spans.some((span) => counts(span, policy.cache.personalData))) {
    return undefined;
  }
  const passages: readonly Passage[] = [{ text: view.ask, role: 'prompt' }];
  return searchAll(passages, {
    windows: [{ passage: 0, start: 0, end: view.ask.length, heads }],
    unread: [],
  });
}

function counts({ type }: Span, { types }: PersonalDataPolicy): boolean {
  return types.includes(type) && !isByPatternsAlone(type);
}
