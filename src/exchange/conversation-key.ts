import { createHmac } from 'node:crypto';
import { outerTrimmed } from '../cache/key.js';
import type { Role, Turn } from '../openai/request.js';
import { callerOf } from './caller.js';
import type { Inquiry } from './inquiry.js';

/** What people and models said. System prompts often hold the time, and what tools say stands between two answers. */
const SPOKEN: ReadonlySet<Role> = new Set(['user', 'assistant']);

/**
 * Names a conversation up to its last user turn, by which the answer to it is known again once the conversation goes on.
 * Hex HMAC of who asks and of all that was said; no text leaves this function. Undefined where nobody is named: then one
 * caller could speak for another.
 */
export function conversationKey(
  inquiry: Pick<Inquiry, 'service' | 'policy' | 'head'>,
  turns: readonly Turn[],
): string | undefined {
  // Answers may be shared on a public route; what is said of them is still each caller's own.
  const tenant = callerOf(inquiry, 'tenant');
  const last = turns.findLastIndex(({ role }) => role === 'user');
  if (tenant.kind === 'none' || last < 0) return undefined;
  const hash = createHmac('sha256', inquiry.service.secret).update('sextant conversation 1\n');
  // JSON shows where each value ends, so no value can reach into its neighbour's place.
  hash.update(JSON.stringify([inquiry.policy.name, tenant.tenant]));
  for (const { role, text, modalities } of turns.slice(0, last + 1)) {
    if (SPOKEN.has(role)) hash.update(JSON.stringify([role, outerTrimmed(text), modalities]));
  }
  return hash.digest('hex');
}
