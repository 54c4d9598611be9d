import type { PromptRequest } from '../openai/request.js';
import type { Inquiry } from './inquiry.js';
import { wholeWayMs } from './looking-time.js';
import type { Landing } from './waiting-room.js';

const STAGE = 'wait';

/**
 * Whether this request may wait for the answer to another one. A client that streams wants its first token soon, so it
 * does not wait unless the policy says so.
 */
export function mayWait(inquiry: Inquiry, request: PromptRequest): boolean {
  if (inquiry.plan.goesAlone || leftMs(inquiry) <= 0) return false;
  return !request.stream || inquiry.policy.cache.streamFollowersWait;
}

/** Waits for what is left of the time that the policy gives to all waits of one request together. */
export async function waitForAnswer(
  inquiry: Inquiry,
  wait: (ms: number, signal: AbortSignal) => Promise<Landing>,
): Promise<Landing> {
  const { ledger, plan, service } = inquiry;
  // Envoy's message timer would end the wait.
  inquiry.askForTime(wholeWayMs(inquiry));
  plan.stopWaiting ??= new AbortController();
  const startedMs = service.clock.monotonicMs();
  const landing = await wait(leftMs(inquiry), plan.stopWaiting.signal);
  ledger.stagesMs[STAGE] = waitedMs(inquiry) + service.clock.monotonicMs() - startedMs;
  if (landing.kind === 'alone') plan.goesAlone = true;
  return landing;
}

/** What a request has spent waiting so far, which is the upstream's time and not ours. Milliseconds. */
export function waitedMs({ ledger }: Pick<Inquiry, 'ledger'>): number {
  return ledger.stagesMs[STAGE] ?? 0;
}

function leftMs(inquiry: Inquiry): number {
  return inquiry.policy.cache.maxWaitMs - waitedMs(inquiry);
}
