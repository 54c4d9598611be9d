import type { JsonObject } from '../lib/json.js';

/** The simulator is always equally sure of itself. */
const LOGPROB = -0.25;

/** Log probabilities in the shape of chat answers; null when nobody asked for them. */
export function tokenLogprobs(tokens: readonly string[], top: number | undefined): JsonObject | null {
  if (top === undefined) return null;
  return {
    content: tokens.map((token) => ({ ...scored(token), top_logprobs: top === 0 ? [] : [scored(token)] })),
  };
}

/**
 * Log probabilities in the older shape of `/v1/completions`.
 *
 * @param startOffset characters of the text before these tokens
 */
export function completionLogprobs(
  tokens: readonly string[],
  top: number | undefined,
  startOffset: number,
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
    token_logprobs: tokens.map(() => LOGPROB),
    tokens: [...tokens],
    top_logprobs: tokens.map((token) => ({ [token]: LOGPROB })),
  };
}

function scored(token: string): JsonObject {
  return { token, logprob: LOGPROB, bytes: [...Buffer.from(token)] };
}
