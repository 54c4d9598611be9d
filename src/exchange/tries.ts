import type { HeaderField } from '../lib/headers.js';
import { type FallbackPolicy, type FallbackTrigger, isFailure } from '../selection/fallback.js';
import * as names from './headers.js';
import type { Inquiry } from './inquiry.js';
import type { ResponseHead } from './verdict.js';

/** Envoy's words for what makes it try again. `5xx` covers the others, since it counts no answer as one of 503. */
const WORDS: Readonly<Record<Exclude<FallbackTrigger, number>, string>> = {
  '5xx': '5xx',
  'connect-failure': 'connect-failure,refused-stream',
  reset: 'reset',
  // A try that took too long is reset.
  timeout: 'reset',
};

/** Tells Envoy's router, for this request, when and how often another model tries. */
export function retryHeaders(
  { on, firstByteTimeoutMs, answerTimeoutMs }: FallbackPolicy,
  { tries, stream }: { readonly tries: number; readonly stream: boolean },
): HeaderField[] {
  const statuses = on.filter((trigger) => typeof trigger === 'number');
  const words = on.flatMap((trigger) => (typeof trigger === 'number' ? [] : WORDS[trigger].split(',')));
  const said = [...new Set([...words, ...(statuses.length > 0 ? ['retriable-status-codes'] : [])])];
  const timeoutMs = stream ? firstByteTimeoutMs : answerTimeoutMs;
  return [
    { name: names.PLAN, value: String(tries) },
    { name: names.RETRY_ON, value: said.join(',') },
    { name: names.MAX_RETRIES, value: String(tries - 1) },
    ...(statuses.length > 0 ? [{ name: names.RETRIABLE_STATUS_CODES, value: statuses.join(',') }] : []),
    ...(on.includes('timeout') && timeoutMs !== undefined
      ? [{ name: names.PER_TRY_TIMEOUT_MS, value: String(timeoutMs) }]
      : []),
  ];
}

/**
 * Learns from the head of an answer which model gave it, and which failed before. Envoy says how many tries it took;
 * one that Envoy answered itself counts as a failure of the last model, which is what it is.
 */
export function noteTries({ service, plan, ledger }: Inquiry, head: ResponseHead): void {
  const { asked } = plan;
  if (asked === undefined || service.fallback === undefined) return;
  const { health, budget } = service.fallback;
  const tries = Math.min(asked.length, Math.max(1, Number(head.headers.get(names.ATTEMPT_COUNT)) || 1));
  const nowMs = service.clock.monotonicMs();
  for (const model of asked.slice(0, tries - 1)) health.answered(model, true, nowMs);
  ledger.model = asked[tries - 1] ?? ledger.model;
  if (tries > 1) {
    service.learning?.forget(ledger.id);
    plan.conversing?.readBy(ledger.model);
  }
  ledger.tries = tries;
  health.answered(ledger.model, isFailure(head.status), nowMs);
  budget.spent(tries, nowMs);
}
