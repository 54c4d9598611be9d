import type { JsonObject } from '../lib/json.js';

/** The simulator is always equally sure of itself, unless a fault says otherwise. */
const LOGPROB = -0.25;

/** Log probabilities in the shape of chat answers; null when nobody asked for them. */
export function tokenLogprobs(
  tokens: readonly string[],
  top: number | undefined,
  logprob = LOGPROB,
): JsonObject | null {
  if (top === undefined) return null;
  return {
    content: tokens.map((token) => ({
      ...scored(token, logprob),
      top_logprobs: top === 0 ? [] : [scored(token, logprob)],
    })),
  };
}

/**
 * Log probabilities in the older shape of `/v1/completions`.
 */
export function completionLogprobs(
  tokens: readonly string[],
  {
    top,
    logprob = LOGPROB,
    startOffset = 0,
  }: {
    readonly top: number | undefined;
    readonly logprob?: number | undefined;
    /** Characters of the text before these tokens. */
    readonly startOffset?: number;
  },
): JsonObject | null {
  if (top === undefined) return null;
  let offset = startOffset;
  const offsets = tokens.map((token) => {
    const at = offset;
    offset += token.length;
    return at;
  });
  return {
    text_offset: offsets,
    token_logprobs: tokens.map(() => logprob),
    tokens: [...tokens],
    top_logprobs: tokens.map((token) => ({ [token]: logprob })),
  };
}

function scored(token: string, logprob: number): JsonObject {
  return { token, logprob, bytes: [...Buffer.from(token)] };
}
