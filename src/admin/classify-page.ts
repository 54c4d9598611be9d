import type { Json, JsonObject } from '../lib/json.js';
import { SextantError } from '../lib/sextant-error.js';
import { readMessages } from '../openai/read-messages.js';
import type { Role, Turn } from '../openai/request.js';
import { atOnce } from './at-once.js';
import { objectOf } from './json-body.js';
import { shown, wrong } from './page.js';
import type { Route } from './routes.js';

/** Says what the models make of a conversation: a value for JSON, without any of its text. */
export type Classify = (turns: readonly Turn[]) => Promise<object>;

const LIMITS = { bytesMax: 1024 * 1024, deadlineMs: 5_000 };
/** Each may read 64 windows, and the encoder is there for those who are served first of all. */
const AT_ONCE_MAX = 4;

/** `POST /classify`. Writes no log: a body is somebody's prompt. */
export function classifyPage(classify: Classify): Route {
  const places = atOnce(AT_ONCE_MAX, 'texts are being classified');
  return {
    method: 'POST',
    path: '/classify',
    role: 'read',
    example: '{"text": "What is the capital of France?"}',
    page: ({ request }) =>
      places.run(async () => shown(await classify(turnsOf(await objectOf(request, LIMITS))))),
  };
}

function turnsOf(fields: JsonObject): readonly Turn[] {
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
