import type { AskedWhy, Explain } from '../exchange/explain.js';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import { atOnce } from './at-once.js';
import { objectOf } from './json-body.js';
import { shown, wrong } from './page.js';
import type { Route } from './routes.js';

const LIMITS = { bytesMax: 4 * 1024 * 1024, deadlineMs: 5_000 };
/** Each takes the encoder and the guard as long as a request does, and those who are served come first. */
const AT_ONCE_MAX = 2;
const HEADERS_MAX = 64;
const HEADER_CHARS_MAX = 8192;

/** `POST /explain`: the whole explanation of a request as JSON. Writes no log: a body is somebody's prompt. */
export function explainPage(explain: Explain, showPrompts: boolean): Route {
  const places = atOnce(AT_ONCE_MAX, 'requests are being explained');
  return {
    method: 'POST',
    path: '/explain',
    role: 'read',
    example: '{"prompt": "Prove that 2 is prime.", "headers": {"authorization": "Bearer …"}}',
    page: ({ request }) =>
      places.run(async () => {
        const asked = askedIn(await objectOf(request, LIMITS));
        return shown(await explain({ ...asked, showPrompts }));
      }),
  };
}

function askedIn(fields: JsonObject): AskedWhy {
  const { prompt, request, route, headers } = fields as { readonly [key: string]: Json | undefined };
  if (Object.keys(fields).some((key) => !['prompt', 'request', 'route', 'headers'].includes(key))) {
    throw wrong('The body has a field besides prompt, request, route and headers; leave it out.');
  }
  if (route !== undefined && typeof route !== 'string') throw wrong('route must be a string.', 'route');
  return { request: requestOf(prompt, request), route, headers: headersOf(headers ?? {}) };
}

function requestOf(prompt: Json | undefined, request: Json | undefined): JsonObject {
  if ((prompt === undefined) === (request === undefined)) {
    throw wrong('Send either prompt, a text, or request, the body of a chat or a completion.', 'prompt');
  }
  if (prompt === undefined) {
    if (!isJsonObject(request)) throw wrong('request must be the body of a request: an object.', 'request');
    return request;
  }
  if (typeof prompt !== 'string') throw wrong('prompt must be a string.', 'prompt');
  return { messages: [{ role: 'user', content: prompt }] };
}

function headersOf(headers: Json): ReadonlyMap<string, string> {
  if (!isJsonObject(headers)) throw wrong('headers must be an object of strings.', 'headers');
  const lines = Object.entries(headers);
  if (lines.length > HEADERS_MAX) throw wrong(`There are more than ${HEADERS_MAX} headers.`, 'headers');
  return new Map(
    lines.map(([name, value]) => {
      const good = typeof value === 'string' && value.length <= HEADER_CHARS_MAX;
      if (!good)
        throw wrong(`A header must be a string of at most ${HEADER_CHARS_MAX} characters.`, 'headers');
      return [name.toLowerCase(), value];
    }),
  );
}
