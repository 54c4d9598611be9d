import type { Json, JsonObject } from '../../../src/lib/json.js';
import type { PromptRequest } from '../../../src/openai/request.js';

/** A chat request as the parser would give it, whose last user turn asks `ask`. */
export function chat(ask: Json, given: JsonObject = {}, earlier: readonly Json[] = []): PromptRequest {
  const messages = [
    { role: 'system', content: 'You are a helpful assistant.' },
    ...earlier,
    { role: 'user', content: ask },
  ];
  return requestOf(
    'chat',
    { model: 'auto', messages, ...given },
    {
      ask: typeof ask === 'string' ? ask : 'parts',
      askIndex: messages.length - 1,
    },
  );
}

export function completion(prompt: Json, given: JsonObject = {}): PromptRequest {
  const ask = typeof prompt === 'string' ? prompt : 'prompt';
  return requestOf('completions', { model: 'auto', prompt, ...given }, { ask, askIndex: 0 });
}

export function requestOf(
  api: PromptRequest['api'],
  body: JsonObject,
  given: Partial<PromptRequest> = {},
): PromptRequest {
  return {
    api,
    model: 'auto',
    modelSpan: { start: 0, end: 0 },
    turns: [],
    ask: '',
    askIndex: -1,
    textChars: 0,
    modalities: [],
    hasTools: false,
    hasToolResults: false,
    stream: false,
    includeUsage: false,
    body,
    ...given,
  };
}
