import type { IncomingMessage } from 'node:http';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import { SextantError } from '../lib/sextant-error.js';
import { errorBody, httpStatusOf, toSextantError } from '../openai/errors.js';
import { readMessages } from '../openai/read-messages.js';
import type { Role, Turn } from '../openai/request.js';
import { scanBody } from '../openai/scan.js';
import { json, type Page } from './page.js';
import { readBody } from './read-body.js';

/** Says what the models make of a conversation: a value for JSON, without any of its text. */
export type Classify = (turns: readonly Turn[]) => Promise<object>;

const BODY_BYTES_MAX = 1024 * 1024;
const BODY_DEADLINE_MS = 5_000;
/** Each may read 64 windows, and the encoder is there for those who are served first of all. */
const AT_ONCE_MAX = 4;

/** `POST /classify`. Answers in the error shape of the API, and writes no log: a body is somebody's prompt. */
export function classifyPage(classify: Classify): (request: IncomingMessage) => Promise<Page> {
  let running = 0;
  return async (request) => {
    if (running >= AT_ONCE_MAX) {
      return refusal(
        new SextantError('overloaded', `${AT_ONCE_MAX} texts are being classified; try again in a second.`),
        { 'retry-after': '1' },
      );
    }
    running += 1;
    try {
      refuseForm(request);
      const body = await readBody(request, { bytesMax: BODY_BYTES_MAX, deadlineMs: BODY_DEADLINE_MS });
      return json(200, `${JSON.stringify(await classify(turnsOf(body)))}\n`);
    } catch (thrown) {
      const error = toSextantError(thrown);
      return refusal(error, error.code === 'method_not_allowed' ? { allow: 'POST' } : {});
    } finally {
      running -= 1;
    }
  };
}

/** What is wrong with a request before anybody looks at its body. */
function refuseForm({ method, headers }: IncomingMessage): void {
  if (method !== 'POST') {
    throw new SextantError(
      'method_not_allowed',
      '/classify takes POST with a JSON body such as {"text": "What is the capital of France?"}.',
    );
  }
  // A browser asks before it sends this type across origins, and gets no leave: no web page can use the encoder.
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new SextantError('unsupported_encoding', 'Send the body as JSON: content-type: application/json.');
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new SextantError('unsupported_encoding', 'Send the body as it is, without content-encoding.');
  }
}

function turnsOf(body: Uint8Array): readonly Turn[] {
  const fields = fieldsOf(body);
  const { text, role, messages } = fields as { readonly [key: string]: Json | undefined };
  const unknown = Object.keys(fields).some((key) => !['text', 'role', 'messages'].includes(key));
  if (unknown) throw wrong('The body has a field besides text, role and messages; leave it out.');
  if (messages !== undefined) {
    if (text !== undefined || role !== undefined)
      throw wrong('Send either messages, or text and its role.', 'messages');
    const read = readMessages(messages);
    if (!read.ok) throw read.error;
    return read.value.turns;
  }
  if (text === undefined) throw new SextantError('missing_field', MISSING, { param: 'text' });
  if (typeof text !== 'string') throw wrong('text must be a string.', 'text');
  return [turnOfText(text, role ?? 'user')];
}

const MISSING = 'text is missing: send {"text": "…"}, or {"messages": […]} as for a chat.';

function fieldsOf(body: Uint8Array): JsonObject {
  const scanned = scanBody(body);
  if (!scanned.ok) throw scanned.error;
  try {
    const parsed = JSON.parse(scanned.value.text) as Json;
    if (isJsonObject(parsed)) return parsed;
  } catch {
    // The parser's own message quotes the text around the fault, which is prompt text.
  }
  throw new SextantError(
    'invalid_json',
    'The body must be a JSON object; check its commas, quotes and escapes.',
  );
}

const ROLES: ReadonlyMap<Json, Role> = new Map<Json, Role>([
  ['user', 'user'],
  ['tool', 'tool'],
  // What stands in a file comes to a model as what a tool read.
  ['document', 'tool'],
]);

function turnOfText(text: string, role: Json): Turn {
  const spoken = ROLES.get(role);
  if (spoken === undefined) throw wrong('role must be user, tool or document.', 'role');
  return { role: spoken, text, modalities: [] };
}

function wrong(message: string, param?: string): SextantError {
  return new SextantError('invalid_field', message, param === undefined ? {} : { param });
}

function refusal(error: SextantError, headers: Readonly<Record<string, string>> = {}): Page {
  const text = `${Buffer.from(errorBody(error)).toString('utf8')}\n`;
  // What was not read of the body would be taken for the next request.
  return json(httpStatusOf(error.code), text, { connection: 'close', ...headers });
}
