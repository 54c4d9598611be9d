import type { WarmRow } from '../exchange/warm.js';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import { wrong } from './page.js';

type Fields = { readonly [key: string]: Json | undefined };

/**
 * Reads a row of a warming: `answer` with either `request`, a body as the caller will send it, or `question` (`ask`
 * for short) with `system` and `model`.
 *
 * @throws SextantError `invalid_field`
 */
export function warmRowOf(object: JsonObject): WarmRow {
  const row: Fields = object;
  if (Object.keys(row).some((key) => !FIELDS.has(key))) {
    throw wrong(`The row has a field besides ${[...FIELDS].join(', ')}; leave it out.`);
  }
  return {
    route: textIn(row, 'route'),
    request: requestOf(row),
    answer: answerOf(row['answer']),
    tenant: textIn(row, 'tenant'),
    authorization: textIn(row, 'authorization'),
  };
}

const FIELDS: ReadonlySet<string> = new Set([
  'request',
  'question',
  'ask',
  'system',
  'model',
  'answer',
  'route',
  'tenant',
  'authorization',
]);

function requestOf(row: Fields): JsonObject {
  const { request } = row;
  const question = textIn(row, 'question') ?? textIn(row, 'ask');
  const system = textIn(row, 'system');
  const model = textIn(row, 'model');
  if (request !== undefined) {
    if (!isJsonObject(request)) throw wrong('request must be the body of a chat: an object.', 'request');
    if (question !== undefined || system !== undefined || model !== undefined) {
      throw wrong('The row has a request, which says question, system and model itself; leave those out.');
    }
    return request;
  }
  if (question === undefined) throw wrong('The row has no question: give question, or request.', 'question');
  const turn = { role: 'user', content: question };
  const messages = system === undefined ? [turn] : [{ role: 'system', content: system }, turn];
  return model === undefined ? { messages } : { model, messages };
}

function answerOf(answer: Json | undefined): WarmRow['answer'] {
  if (typeof answer === 'string' || isJsonObject(answer)) return answer;
  throw wrong('answer must be the text of the answer, or a whole completion.', 'answer');
}

function textIn(row: Fields, name: string): string | undefined {
  const value = row[name];
  if (value === undefined || (typeof value === 'string' && value.trim() !== '')) return value;
  throw wrong(`${name} must be a string that is not empty.`, name);
}
