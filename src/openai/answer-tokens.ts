import { isJsonObject, type Json, type JsonObject, objectsOf } from '../lib/json.js';
import type { Completion } from './completion.js';

/** Average of English text in a large vocabulary. */
const CHARS_PER_TOKEN = 4;

/** What a model writes, in a choice or its message. */
const WRITTEN = ['content', 'reasoning_content', 'reasoning', 'refusal', 'text'];

/** About how many tokens the choices of an answer hold, for one whose model said no usage. */
export function estimateAnswerTokens({ object }: Completion): number {
  const chars = objectsOf(object['choices']).reduce((sum, choice) => {
    const message = choice['message'];
    return sum + writtenChars(choice) + (isJsonObject(message) ? messageChars(message) : 0);
  }, 0);
  return Math.ceil(chars / CHARS_PER_TOKEN);
}

function messageChars(message: JsonObject): number {
  const calls = objectsOf(message['tool_calls']).map((call) => call['function']);
  const called = calls
    .filter(isJsonObject)
    .map((each) => lengthOf(each['name']) + lengthOf(each['arguments']));
  return called.reduce((sum, chars) => sum + chars, writtenChars(message));
}

function writtenChars(object: JsonObject): number {
  return WRITTEN.reduce((sum, key) => sum + lengthOf(object[key]), 0);
}

function lengthOf(value: Json | undefined): number {
  return typeof value === 'string' ? value.length : 0;
}
