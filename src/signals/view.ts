import type { Headers } from '../lib/headers.js';
import type { Json, JsonObject } from '../lib/json.js';
import type { PromptRequest } from '../openai/request.js';
import type { PromptView } from './contract.js';

/** What the signals may look at, taken from a request that was read and checked. */
export function viewOf(request: PromptRequest, headers: Headers, metadata?: JsonObject): PromptView {
  const { body } = request;
  return {
    ask: request.ask,
    turns: request.turns,
    contextTokens: estimateTokens(request),
    modalities: request.modalities,
    hasTools: request.hasTools,
    headers,
    metadata,
    wishes: {
      stream: request.stream,
      maxTokens: tokensOf(body['max_completion_tokens']) ?? tokensOf(body['max_tokens']),
    },
  };
}

function tokensOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}

/** Chat templates spend about this many tokens on each turn for its role and separators. */
const TOKENS_PER_TURN = 4;

/**
 * Estimated tokens of the whole conversation: a quarter token for each character of ASCII, 0.6 for other alphabets,
 * one for each Chinese, Japanese or Korean character, four for each turn. Images, audio and files count nothing.
 *
 * The script is read off the length in UTF-8, where a character of ASCII takes one byte, of most alphabets two, of
 * CJK three: counting bytes is native code, which takes 200 KB in well under a millisecond.
 */
export function estimateTokens(request: Pick<PromptRequest, 'turns'>): number {
  let chars = 0;
  let bytes = 0;
  for (const turn of request.turns) {
    chars += turn.text.length;
    bytes += Buffer.byteLength(turn.text, 'utf8');
  }
  return Math.ceil(chars / 4 + ((bytes - chars) * 3) / 8) + request.turns.length * TOKENS_PER_TURN;
}
