import { errorBody, type UpstreamError } from './errors.js';
import type { Step, Timing } from './pace.js';
import { DONE } from './stream.js';

/** What can go wrong on demand, and how it looks from outside. */
export const FAULTS = [
  /** 500 with a vLLM error body. */
  '500',
  /** 503 with a vLLM error body. */
  '503',
  /** 429 with `retry-after`. */
  '429',
  /** Takes the request and never answers. */
  'hang',
  /** Closes the socket before the answer's head. */
  'reset',
  /** Closes the socket in the middle of the answer, JSON or stream. */
  'cut',
  /** Answers five times slower. */
  'slow',
  /** Answers with a gzip body that nobody asked for. */
  'gzip',
  /** Ends a stream properly for HTTP, yet without `[DONE]`; a JSON answer is left as it is. */
  'no-done',
  /** Says an error inside a stream that began well, as vLLM does when its engine fails; JSON answers become 500. */
  'stream-error',
  /** 200 with a body that is not JSON. */
  'malformed',
] as const;

export type Fault = (typeof FAULTS)[number];

const SLOW_FACTOR = 5;
const SLOW_TTFT_MS_MIN = 500;
/** Pace of a slow answer of a simulator that otherwise answers at once. */
const SLOW_TOKENS_PER_SECOND = 20;

export function isFault(value: string): value is Fault {
  return (FAULTS as readonly string[]).includes(value);
}

/** The error that a fault answers with, for those that answer with one. */
export function faultError(fault: Fault | undefined): UpstreamError | undefined {
  switch (fault) {
    case '500':
      return { status: 500, type: 'InternalServerError', message: 'Simulated engine failure.', param: null };
    case '503':
      return { status: 503, type: 'ServiceUnavailableError', message: 'Simulated overload.', param: null };
    case '429':
      return { status: 429, type: 'RateLimitError', message: 'Simulated rate limit.', param: null };
    default:
      return undefined;
  }
}

/** What a stream that began well says when its engine fails. */
export const STREAM_FAILED: UpstreamError = {
  status: 500,
  type: 'InternalServerError',
  message: 'Simulated failure in the middle of an answer.',
  param: null,
};

export function slowed(timing: Timing): Timing {
  const { ttftMs, tokensPerSecond } = timing;
  return {
    ttftMs: Math.max(ttftMs * SLOW_FACTOR, SLOW_TTFT_MS_MIN),
    tokensPerSecond: tokensPerSecond === 0 ? SLOW_TOKENS_PER_SECOND : tokensPerSecond / SLOW_FACTOR,
  };
}

/** The steps of a stream as a fault leaves them. */
export function spoilSteps(steps: readonly Step[], fault: Fault | undefined): readonly Step[] {
  switch (fault) {
    case 'cut':
      return firstHalf(steps);
    case 'no-done':
      return steps.map(({ afterTokens, text }) => ({ afterTokens, text: text.replace(DONE, '') }));
    case 'stream-error':
      return endingIn(steps, `data: ${errorBody(STREAM_FAILED)}\n\n${DONE}`);
    case 'malformed':
      return endingIn(steps, 'data: {"id":\n\n');
    default:
      return steps;
  }
}

function firstHalf(steps: readonly Step[]): readonly Step[] {
  return steps.slice(0, Math.ceil(steps.length / 2));
}

function endingIn(steps: readonly Step[], text: string): readonly Step[] {
  const half = firstHalf(steps);
  return [...half, { afterTokens: half.at(-1)?.afterTokens ?? 0, text }];
}
