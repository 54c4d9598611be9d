import type { JsonObject } from '../lib/json.js';
import type { Ask } from './ask.js';
import { type Choice, tokenCount } from './generate.js';
import { completionLogprobs, tokenLogprobs } from './logprobs.js';

/** What every part of one answer repeats. */
export interface Envelope {
  /** `chatcmpl-…` or `cmpl-…`. */
  readonly id: string;
  /** Seconds since the Unix epoch. */
  readonly created: number;
}

/** The mark in every answer by which a reader tells a simulator from a model. */
export const FINGERPRINT = 'simulator';

/** The whole answer as one JSON text, with the fields that vLLM writes even when they are null. */
export function replyJson(ask: Ask, choices: readonly Choice[], envelope: Envelope): string {
  const chat = ask.api === 'chat';
  return JSON.stringify({
    id: envelope.id,
    object: chat ? 'chat.completion' : 'text_completion',
    created: envelope.created,
    model: ask.model,
    choices: choices.map((choice) => (chat ? chatChoice(choice, ask) : textChoice(choice, ask))),
    service_tier: null,
    system_fingerprint: FINGERPRINT,
    usage: { ...usageOf(ask, choices), prompt_tokens_details: null },
    ...(chat ? { prompt_logprobs: null, prompt_token_ids: null } : {}),
    kv_transfer_params: null,
  });
}

/** Token counts of an answer, summed over its choices. */
export function usageOf(ask: Ask, choices: readonly Choice[]): JsonObject {
  const completion = choices.reduce((sum, choice) => sum + tokenCount(choice), 0);
  return {
    prompt_tokens: ask.promptTokens,
    total_tokens: ask.promptTokens + completion,
    completion_tokens: completion,
  };
}

function chatChoice(choice: Choice, ask: Ask): JsonObject {
  const { toolCall } = choice;
  return {
    index: choice.index,
    message: {
      role: 'assistant',
      content: toolCall === undefined ? choice.tokens.join('') : null,
      refusal: null,
      annotations: null,
      audio: null,
      function_call: null,
      tool_calls:
        toolCall === undefined
          ? []
          : [
              {
                id: toolCall.id,
                type: 'function',
                function: { name: toolCall.name, arguments: toolCall.arguments },
              },
            ],
      reasoning_content: choice.reasoning.length === 0 ? null : choice.reasoning.join(''),
    },
    logprobs: tokenLogprobs(choice.tokens, ask.topLogprobs, choice.logprob),
    finish_reason: choice.finishReason,
    stop_reason: choice.stopReason,
    token_ids: null,
  };
}

function textChoice(choice: Choice, ask: Ask): JsonObject {
  return {
    index: choice.index,
    text: choice.tokens.join(''),
    logprobs: completionLogprobs(choice.tokens, { top: ask.topLogprobs, logprob: choice.logprob }),
    finish_reason: choice.finishReason,
    stop_reason: choice.stopReason,
    token_ids: null,
    prompt_logprobs: null,
    prompt_token_ids: null,
  };
}
