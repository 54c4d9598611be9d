import { isJsonObject, type Json } from '../lib/json.js';

/** What one choice of an answer says: mostly a string, null beside tool calls; undefined where it says nothing. */
export function choiceText(choice: Json | undefined): Json | undefined {
  if (!isJsonObject(choice)) return undefined;
  const message = choice['message'];
  return isJsonObject(message) ? message['content'] : choice['text'];
}
