import { errorBody, type UpstreamError } from './errors.js';
import type { Choice } from './generate.js';
import type { Step, Timing } from './pace.js';
import { DONE } from './stream.js';
import { splitTokens } from './tokens.js';

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
  /** Says that it cannot help, in a good answer's form. */
  'refusal',
  /** Says half of its answer, and that it ran out of tokens. */
  'length',
  /** Says nothing, in a good answer's form. */
  'empty',
  /** Says of every token that it was a poor guess, where log-probabilities are asked for. */
  'unsure',
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

/** Of each token of an answer that is not sure of itself. */
const UNSURE_LOGPROB = -3;

/** The choices of an answer as a fault of the model leaves them, not one of the server. */
export function spoilChoices(
  choices: readonly Choice[],
  fault: Fault | undefined,
  simulator: string,
): readonly Choice[] {
  const end = { finishReason: 'stop', stopReason: null } as const;
  switch (fault) {
    case 'refusal': {
      const tokens = splitTokens(`[simulated answer by ${simulator}] I cannot help with that.`);
      return choices.map((choice) => ({ ...choice, ...end, tokens, toolCall: undefined }));
    }
    case 'empty':
      return choices.map((choice) => ({ ...choice, ...end, tokens: [], toolCall: undefined }));
    case 'length':
      return choices.map((choice) => ({
        ...choice,
        tokens: choice.tokens.slice(0, Math.ceil(choice.tokens.length / 2)),
        finishReason: 'length',
        stopReason: null,
      }));
    case 'unsure':
      return choices.map((choice) => ({ ...choice, logprob: UNSURE_LOGPROB }));
    default:
      return choices;
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
