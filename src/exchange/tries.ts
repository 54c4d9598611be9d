import type { HeaderField } from '../lib/headers.js';
import type { CascadePolicy } from '../selection/cascade.js';
import { type FallbackPolicy, type FallbackTrigger, isFailure } from '../selection/fallback.js';
import * as names from './headers.js';
import type { Inquiry } from './inquiry.js';
import { WEAK_STATUS } from './judge-answer.js';
import { wasWeak } from './settle-cascade.js';
import type { ResponseHead } from './verdict.js';

/** Envoy's words for what makes it try again. `5xx` covers the others, since it counts no answer as one of 503. */
const WORDS: Readonly<Record<Exclude<FallbackTrigger, number>, string>> = {
  '5xx': '5xx',
  'connect-failure': 'connect-failure,refused-stream',
  reset: 'reset',
  // A try that took too long is reset.
  timeout: 'reset',
};

/** What a weak answer needs, and no more: the answer itself, and a model that is done in time. */
const CASCADE_ONLY: FallbackPolicy = {
  on: [],
  firstByteTimeoutMs: 0,
  answerTimeoutMs: undefined,
  triesMax: 2,
  models: [],
};

/**
 * Tells Envoy's router, for this request, when and how often another model tries.
 *
 * @param fallback absent where only a weak answer leads to another model
 * @param judged set where the answer of the first model is judged
 */
export function retryHeaders(
  fallback: FallbackPolicy | undefined,
  {
    tries,
    stream,
    judged,
  }: { readonly tries: number; readonly stream: boolean; readonly judged?: CascadePolicy | undefined },
): HeaderField[] {
  const { on, firstByteTimeoutMs, answerTimeoutMs } =
    judged === undefined ? (fallback ?? CASCADE_ONLY) : withJudge(fallback ?? CASCADE_ONLY, judged);
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

/** A model that is not done in time is followed by the next, as one whose answer is weak. */
function withJudge(fallback: FallbackPolicy, { timeoutMs }: CascadePolicy): FallbackPolicy {
  const answerTimeoutMs = Math.min(timeoutMs, fallback.answerTimeoutMs ?? timeoutMs);
  return { ...fallback, on: [...fallback.on, WEAK_STATUS, 'timeout'], answerTimeoutMs };
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
  const weak = wasWeak({ plan });
  for (const [at, model] of asked.slice(0, tries - 1).entries()) {
    health.answered(model, !(weak && at === 0), nowMs);
  }
  ledger.model = asked[tries - 1] ?? ledger.model;
  if (tries > 1) {
    service.learning?.forget(ledger.id);
    plan.conversing?.readBy(ledger.model);
  }
  ledger.tries = tries;
  health.answered(ledger.model, isFailure(head.status), nowMs);
  // A second opinion is no failure, which is what the budget bounds.
  budget.spent(weak && tries > 1 ? tries - 1 : tries, nowMs);
}
