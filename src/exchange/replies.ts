import type { CacheEntry } from '../cache/contract.js';
import type { HeaderField } from '../lib/headers.js';
import { SextantError } from '../lib/sextant-error.js';
import { type AnswerPace, paceOf } from '../openai/answer-pace.js';
import { estimateAnswerTokens } from '../openai/answer-tokens.js';
import { httpStatusOf } from '../openai/errors.js';
import { completionToJson, completionToSse } from '../openai/render.js';
import type { PromptRequest } from '../openai/request.js';
import { estimateTokens } from '../signals/view.js';
import type { Blocked } from './decide-route.js';
import type { Found } from './found.js';
import { AGE, CACHE_STATUS, CONTENT_TYPE } from './headers.js';
import type { Inquiry } from './inquiry.js';
import { answerHeaders, type Ledger } from './ledger.js';
import type { Verdict } from './verdict.js';

/**
 * Answers from the cache, in the form that this client asked for: one JSON body or a stream of events. Where the policy
 * wants the stream to be one on the wire too, the verdict says so, and how fast.
 */
export function serve(inquiry: Inquiry, request: PromptRequest, found: Found): Verdict {
  const { ledger, service } = inquiry;
  const { entry } = found;
  const nowMs = service.clock.nowMs();
  ledger.path = 'cache';
  ledger.model = entry.model;
  ledger.decision = entry.decision;
  ledger.status = 200;
  ledger.reused = {
    model: entry.model,
    usage: entry.completion.usage ?? {
      promptTokens: estimateTokens(request),
      completionTokens: estimateAnswerTokens(entry.completion),
    },
  };
  const options = { id: replyId(request, ledger), createdS: Math.floor(nowMs / 1000), model: entry.model };
  const streamHits = request.stream ? inquiry.policy.cache.streamHits : undefined;
  const pace = paceFor(entry, streamHits?.tokensPerSecond);
  const body = request.stream
    ? completionToSse(entry.completion, {
        ...options,
        includeUsage: request.includeUsage,
        ...(pace === undefined ? {} : { pieceChars: pace.pieceChars }),
      })
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
    ...(streamHits === undefined ? {} : { stream: { eventsPerSecond: pace?.piecesPerSecond } }),
  };
}

/** An entry weighs more than the characters of its answer, which is near enough: only long answers are cut coarser. */
function paceFor({ bytes }: CacheEntry, tokensPerSecond: number | undefined): AnswerPace | undefined {
  return tokensPerSecond === undefined ? undefined : paceOf(tokensPerSecond, { chars: bytes });
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

/** What a client is told that takes a stored answer or none. */
export function notInCache(): SextantError {
  return new SextantError(
    'not_in_cache',
    'There is no stored answer to this, and `only-if-cached` asks that no model be called. Leave it out to ask one.',
  );
}

export function rejectWith(ledger: Ledger, error: SextantError): Verdict & { readonly kind: 'reject' } {
  ledger.error = error.code;
  ledger.status = httpStatusOf(error.code);
  return { kind: 'reject', error, headers: [] };
}

/**
 * Adds the headers that every answer carries; done last, so that they tell the end of the story. An answer that passes
 * through gets them when it comes. Where we shall not hear of it, they go along with the request, and the rendered
 * route copies them from there: Cache-Status is its own, since a client may send one of its own too.
 */
export function signed(verdict: Verdict, ledger: Ledger, hearsAnswer: boolean): Verdict {
  if (verdict.kind === 'reply' || verdict.kind === 'reject') {
    const headers: HeaderField[] = [...verdict.headers, ...answerHeaders(ledger)];
    return { ...verdict, headers };
  }
  if (hearsAnswer) return verdict;
  const told = answerHeaders(ledger).filter(({ name }) => name !== CACHE_STATUS);
  return { ...verdict, setHeaders: [...verdict.setHeaders, ...told] };
}

function replyId(request: PromptRequest, ledger: Ledger): string {
  return `${request.api === 'chat' ? 'chatcmpl' : 'cmpl'}-${ledger.id}`;
}
