import type { HeaderField } from '../lib/headers.js';
import { SextantError } from '../lib/sextant-error.js';
import { completionToJson, completionToSse } from '../openai/render.js';
import type { PromptRequest } from '../openai/request.js';
import type { Found } from './cache-steps.js';
import type { Blocked } from './decide-route.js';
import { AGE, CONTENT_TYPE } from './headers.js';
import type { Inquiry } from './inquiry.js';
import { answerHeaders, type Ledger } from './ledger.js';
import type { Verdict } from './verdict.js';

/** Answers from the cache, in the form that this client asked for: one JSON body or a stream of events. */
export function serve(inquiry: Inquiry, request: PromptRequest, found: Found): Verdict {
  const { ledger, service } = inquiry;
  const { entry } = found;
  const nowMs = service.clock.nowMs();
  ledger.path = 'cache';
  ledger.model = entry.model;
  ledger.decision = entry.decision;
  ledger.status = 200;
  const options = { id: replyId(request, ledger), createdS: Math.floor(nowMs / 1000), model: entry.model };
  const body = request.stream
    ? completionToSse(entry.completion, { ...options, includeUsage: request.includeUsage })
    : completionToJson(entry.completion, options);
  const ageS = Math.max(0, Math.floor((nowMs - entry.createdAtMs) / 1000));
  return {
    kind: 'reply',
    status: 200,
    headers: [
      { name: CONTENT_TYPE, value: request.stream ? 'text/event-stream; charset=utf-8' : 'application/json' },
      { name: AGE, value: String(ageS) },
    ],
    body,
  };
}

/** Refuses because the policy says so; the message is the policy's own. */
export function block(inquiry: Inquiry, blocked: Blocked): Verdict {
  inquiry.ledger.path = 'blocked';
  inquiry.ledger.decision = blocked.decision;
  return rejectWith(inquiry.ledger, new SextantError('blocked_by_policy', blocked.message));
}

/** Refuses because the request cannot be answered as it is, or because something of ours failed. */
export function refuse(inquiry: Inquiry, error: SextantError): Verdict {
  inquiry.ledger.path = 'error';
  return rejectWith(inquiry.ledger, error);
}

export function rejectWith(ledger: Ledger, error: SextantError): Verdict & { readonly kind: 'reject' } {
  ledger.error = error.code;
  return { kind: 'reject', error, headers: [] };
}

/** Adds the headers that every answer carries; done last, so that they tell the end of the story. */
export function signed(verdict: Verdict, ledger: Ledger): Verdict {
  if (verdict.kind !== 'reply' && verdict.kind !== 'reject') return verdict;
  const headers: HeaderField[] = [...verdict.headers, ...answerHeaders(ledger)];
  return { ...verdict, headers };
}

function replyId(request: PromptRequest, ledger: Ledger): string {
  return `${request.api === 'chat' ? 'chatcmpl' : 'cmpl'}-${ledger.id}`;
}
