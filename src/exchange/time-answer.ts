import type { Usage } from '../openai/completion.js';
import { createTokenWatch, type TokenWatch } from '../openai/token-watch.js';
import { estimateTokens } from '../signals/view.js';
import { CONTENT_TYPE } from './headers.js';
import type { Inquiry } from './inquiry.js';
import type { ResponseHead } from './verdict.js';

/** Takes the time of one answer as it passes. */
export interface AnswerTimer {
  push(piece: Uint8Array): void;
  /** @param usage what the upstream counted, where it did */
  finish(endOfStream: boolean, usage: Usage | undefined): void;
}

/** Each stream ends with an event that says so. */
const CLOSING_EVENTS = 1;

/**
 * Undefined where nobody wants to know, or the model failed. What it tells of the model is kept only where no other was
 * asked before, and it wrote one answer at a time. Where the model says no usage, its pieces are counted instead.
 */
export function timeAnswer(inquiry: Inquiry, head: ResponseHead): AnswerTimer | undefined {
  const { service, plan, ledger, policy } = inquiry;
  const latency = service.sight?.latency;
  const { sentMs, request } = plan;
  if (sentMs === undefined || request === undefined) return undefined;
  if (head.status < 200 || head.status > 299) return undefined;
  const tellsOfModel = ledger.tries <= 1 && (request.body['n'] ?? 1) === 1;
  if (!policy.readUsage && (latency === undefined || !tellsOfModel)) return undefined;
  const streams = head.headers.get(CONTENT_TYPE)?.startsWith('text/event-stream') === true;
  const watch = createTokenWatch();
  const sinceMs = () => service.clock.monotonicMs() - sentMs;
  let firstTokenMs: number | undefined;
  return {
    push: (piece) => {
      if (streams && watch.push(piece)) firstTokenMs ??= sinceMs();
    },
    finish: (endOfStream, usage) => {
      if (streams && usage === undefined && policy.readUsage) ledger.guessed = guess(inquiry, watch);
      if (!tellsOfModel) return;
      const counted = streams ? Math.max(0, watch.events() - CLOSING_EVENTS) : undefined;
      const totalMs = endOfStream ? sinceMs() : undefined;
      const tokens = usage?.completionTokens ?? counted;
      latency?.answered(ledger.model, { firstTokenMs, totalMs, tokens });
      if (firstTokenMs === undefined) return;
      ledger.firstTokenMs = firstTokenMs;
      const later = (tokens ?? 0) - 1;
      if (totalMs !== undefined && later > 0) ledger.tokenMs = (totalMs - firstTokenMs) / later;
    },
  };
}

/** A model sends nearly every token as a piece of its own; of a chat, each choice opens with a piece that names its role. */
function guess({ plan: { request } }: Inquiry, watch: TokenWatch): Usage | undefined {
  if (request === undefined) return undefined;
  const choices = request.body['n'];
  const opening = request.api === 'chat' ? (typeof choices === 'number' ? choices : 1) : 0;
  return {
    promptTokens: estimateTokens(request),
    completionTokens: Math.max(0, watch.events() - opening - CLOSING_EVENTS),
  };
}
