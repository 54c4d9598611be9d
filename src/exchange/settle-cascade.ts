import { CONTENT_TYPE } from './headers.js';
import type { Inquiry } from './inquiry.js';
import type { ResponseHead, Verdict } from './verdict.js';

/** Tells what was judged to those who learn from it. Comes before the tries are noted. */
export function teachVerdict({ service, plan, ledger }: Inquiry): void {
  const verdict = plan.judging?.verdict;
  if (verdict === undefined || verdict.kind === 'none') return;
  service.learning?.sign(ledger.id, { kind: 'cascade', score: verdict.kind === 'good' ? 1 : 0 });
}

/** True where the first model gave an answer, and a weak one: then it did not fail. */
export function wasWeak({ plan }: Pick<Inquiry, 'plan'>): boolean {
  return plan.judging?.verdict.kind === 'weak';
}

/**
 * What became of the answer that was judged, once it is known who answered in its place. Where nobody could, the client
 * gets the weak answer after all: that is the reply.
 */
export function settleCascade(
  { service, plan, ledger }: Inquiry,
  head: ResponseHead,
): (Verdict & { readonly kind: 'reply' }) | undefined {
  const { judging } = plan;
  if (judging === undefined) return undefined;
  const { model, verdict } = judging;
  const good = head.status >= 200 && head.status < 300;
  service.judging?.remove(ledger.id);
  if (verdict.kind === 'good') {
    ledger.cascade = { outcome: 'kept', reason: '' };
    return undefined;
  }
  if (verdict.kind === 'none') {
    const reason = verdict.why === 'unasked' && ledger.tries > 1 ? 'failed' : verdict.why;
    ledger.cascade = { outcome: 'unjudged', reason };
    return undefined;
  }
  if (good) {
    // Envoy had let it pass before it heard the verdict: the first model has answered.
    if (ledger.tries < 2) ledger.cascade = { outcome: 'unjudged', reason: 'unasked' };
    else ledger.cascade = { outcome: 'escalated', reason: verdict.weakness, model, usage: verdict.usage };
    return undefined;
  }
  ledger.cascade = { outcome: 'kept', reason: 'escalation-failed' };
  ledger.model = model;
  plan.conversing?.readBy(model);
  ledger.status = 200;
  ledger.usage = verdict.usage;
  // Nobody shall be served a weak answer again.
  if (plan.store !== undefined) ledger.stored = 'weak';
  return {
    kind: 'reply',
    status: 200,
    headers: [{ name: CONTENT_TYPE, value: 'application/json' }],
    body: verdict.body,
  };
}
