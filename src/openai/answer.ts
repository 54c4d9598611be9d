import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import type { Completion } from './completion.js';
import { usageOf } from './usage.js';

export type CompletionApi = Completion['api'];

/**
 * Sees an answer in an object of the shape of `chat.completion` or `text_completion`. Undefined for anything else: an
 * error body, no choices, a choice without its message or text.
 */
export function answerFrom(api: CompletionApi, object: Json): Completion | undefined {
  if (!isJsonObject(object) || holdsError(object)) return undefined;
  const choices = object['choices'];
  if (!Array.isArray(choices) || choices.length === 0) return undefined;
  const checked = choices.filter((choice): choice is JsonObject => isChoice(api, choice));
  if (checked.length !== choices.length) return undefined;
  return { api, object, usage: usageOf(object['usage']), finishReasons: finishReasonsOf(checked) };
}

/** vLLM writes errors as `{"error": …}` and, in older versions, as `{"object": "error", …}`; both come with 200 in streams. */
export function holdsError(object: JsonObject): boolean {
  return (object['error'] !== undefined && object['error'] !== null) || object['object'] === 'error';
}

function isChoice(api: CompletionApi, choice: Json): choice is JsonObject {
  if (!isJsonObject(choice)) return false;
  return api === 'chat' ? isJsonObject(choice['message']) : typeof choice['text'] === 'string';
}

function finishReasonsOf(choices: readonly JsonObject[]): readonly (string | null)[] {
  const byIndex = [...choices].sort((left, right) => indexOf(left) - indexOf(right));
  return byIndex.map((choice) => {
    const reason = choice['finish_reason'];
    return typeof reason === 'string' ? reason : null;
  });
}

function indexOf(choice: JsonObject): number {
  const index = choice['index'];
  return typeof index === 'number' ? index : 0;
}
