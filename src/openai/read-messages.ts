import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import { err, ok, type Result } from '../lib/result.js';
import type { SextantError } from '../lib/sextant-error.js';
import type { Conversation } from './conversation.js';
import { invalidField, missingField } from './field-errors.js';
import { readParts } from './read-parts.js';
import type { Modality, Role, Turn } from './request.js';

const ROLES: ReadonlySet<string> = new Set<Role>([
  'system',
  'developer',
  'user',
  'assistant',
  'tool',
  'function',
]);

/** Reads `messages` of a chat request. Errors name the message: `messages[3].content`. */
export function readMessages(messages: Json | undefined): Result<Conversation, SextantError> {
  if (messages === undefined || messages === null) {
    return err(missingField('messages', 'send an array of messages, each with `role` and `content`'));
  }
  if (!Array.isArray(messages) || messages.length === 0) {
    return err(invalidField('messages', 'an array with at least one message'));
  }
  const turns: Turn[] = [];
  let textChars = 0;
  let askIndex = -1;
  for (const [index, message] of messages.entries()) {
    const turn = readMessage(message, `messages[${index}]`);
    if (!turn.ok) return turn;
    if (turn.value.role === 'user') askIndex = index;
    textChars += turn.value.text.length + toolCallChars(message);
    turns.push(turn.value);
  }
  return ok({ turns, textChars, askIndex });
}

function readMessage(message: Json, param: string): Result<Turn, SextantError> {
  if (!isJsonObject(message)) return err(invalidField(param, 'an object with `role` and `content`'));
  const role = message['role'];
  if (role === undefined || role === null) {
    return err(missingField(`${param}.role`, `send one of ${[...ROLES].join(', ')}`));
  }
  if (!isRole(role)) return err(invalidField(`${param}.role`, `one of ${[...ROLES].join(', ')}`));
  const content = message['content'];
  if (content === undefined || content === null) {
    if (!mayBeSilent(role)) {
      return err(missingField(`${param}.content`, 'send a string or an array of content parts'));
    }
    return ok(turnOf(role, message, '', []));
  }
  if (typeof content === 'string') return ok(turnOf(role, message, content, []));
  if (!Array.isArray(content)) {
    return err(invalidField(`${param}.content`, 'a string or an array of content parts'));
  }
  const parts = readParts(content, `${param}.content`);
  return parts.ok ? ok(turnOf(role, message, parts.value.text, parts.value.modalities)) : parts;
}

/** An answer of a model may consist of tool calls, a refusal or audio alone, and then has no content. */
function mayBeSilent(role: Role): boolean {
  return role === 'assistant' || role === 'function';
}

function turnOf(role: Role, message: JsonObject, content: string, modalities: readonly Modality[]): Turn {
  if (role !== 'assistant') return { role, text: content, modalities };
  const refusal = message['refusal'];
  const text = typeof refusal === 'string' && refusal !== '' ? joined(content, refusal) : content;
  // `audio` of an earlier answer is an id by which the model hears again what it said.
  const spoken = isJsonObject(message['audio']) && !modalities.includes('audio');
  return { role, text, modalities: spoken ? [...modalities, 'audio'] : modalities };
}

function joined(left: string, right: string): string {
  return left === '' ? right : `${left}\n${right}`;
}

function isRole(role: Json): role is Role {
  return typeof role === 'string' && ROLES.has(role);
}

/** An agent's history is mostly arguments of tool calls; left out, a long conversation would look short. */
function toolCallChars(message: Json): number {
  if (!isJsonObject(message)) return 0;
  let chars = argumentChars(message['function_call']);
  const calls = message['tool_calls'];
  if (Array.isArray(calls)) {
    for (const call of calls as readonly Json[]) {
      if (isJsonObject(call)) chars += argumentChars(call['function']);
    }
  }
  return chars;
}

function argumentChars(call: Json | undefined): number {
  const text = isJsonObject(call) ? call['arguments'] : undefined;
  return typeof text === 'string' ? text.length : 0;
}
