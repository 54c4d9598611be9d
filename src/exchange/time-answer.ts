import type { Usage } from '../openai/completion.js';
import { createTokenWatch } from '../openai/token-watch.js';
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
 * Undefined where nobody wants to know, and where the time would tell nothing of the model: it failed, others were asked
 * before it, or it wrote several answers at a time.
 */
export function timeAnswer({ service, plan, ledger }: Inquiry, head: ResponseHead): AnswerTimer | undefined {
  const latency = service.sight?.latency;
  const { sentMs, request } = plan;
  if (latency === undefined || sentMs === undefined || request === undefined) return undefined;
  if (head.status < 200 || head.status > 299 || ledger.tries > 1) return undefined;
  if ((request.body['n'] ?? 1) !== 1) return undefined;
  const streams = head.headers.get(CONTENT_TYPE)?.startsWith('text/event-stream') === true;
  const watch = createTokenWatch();
  const sinceMs = () => service.clock.monotonicMs() - sentMs;
  let firstTokenMs: number | undefined;
  return {
    push: (piece) => {
      if (streams && watch.push(piece)) firstTokenMs ??= sinceMs();
    },
    finish: (endOfStream, usage) => {
      const counted = streams ? Math.max(0, watch.events() - CLOSING_EVENTS) : undefined;
      latency.answered(ledger.model, {
        firstTokenMs,
        totalMs: endOfStream ? sinceMs() : undefined,
        tokens: usage?.completionTokens ?? counted,
      });
    },
  };
}
