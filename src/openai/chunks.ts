import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import { setOwn } from '../lib/own-property.js';
import { pieces } from './text-pieces.js';

type MutableObject = { [key: string]: Json };

/** Texts that a model writes bit by bit, and that clients show so. */
const PIECED: ReadonlySet<string> = new Set(['content', 'reasoning_content', 'reasoning', 'refusal']);

/**
 * The `choices` entries, one per chunk, that stream one choice of a chat answer.
 *
 * @param pieceChars length of the pieces in which its texts come. Characters (UTF-16).
 */
export function* chatChunks(choice: JsonObject, pieceChars?: number): Generator<JsonObject> {
  const { index = 0, message: said, logprobs, finish_reason = null, ...rest } = choice;
  const message = isJsonObject(said) ? said : {};
  const silent = logprobs === undefined ? {} : { logprobs: null };
  const chunk = (delta: JsonObject) => ({ index, delta, ...silent, finish_reason: null });

  yield chunk(openingDelta(message));
  let owed = isJsonObject(logprobs) ? logprobs : undefined;
  for (const key of speakingOrder(message)) {
    const value = message[key] ?? null;
    if (key === 'tool_calls' && Array.isArray(value)) yield* map(toolDeltas(value, pieceChars), chunk);
    else if (key === 'content' && owed !== undefined) {
      // Log probabilities belong to tokens, and where those end in the text is not known: both go in one chunk.
      yield { index, delta: single(key, value), logprobs: owed, finish_reason: null };
      owed = undefined;
    } else if (PIECED.has(key) && typeof value === 'string') {
      yield* map(pieces(value, pieceChars), (text) => chunk(single(key, text)));
    } else yield chunk(single(key, value));
  }
  if (owed !== undefined) yield { index, delta: {}, logprobs: owed, finish_reason: null };
  yield { index, delta: {}, ...silent, finish_reason, ...rest };
}

/** The same for a choice of a text completion. */
export function* textChunks(choice: JsonObject, pieceChars?: number): Generator<JsonObject> {
  const { index = 0, text, logprobs, finish_reason = null, ...rest } = choice;
  const silent = logprobs === undefined ? {} : { logprobs: null };
  const said = typeof text === 'string' ? text : '';
  if (isJsonObject(logprobs)) yield { index, text: said, logprobs, finish_reason: null };
  else
    for (const piece of pieces(said, pieceChars))
      yield { index, text: piece, ...silent, finish_reason: null };
  yield { index, text: '', ...silent, finish_reason, ...rest };
}

/** The fields that say something, in the order that a model says them: it thinks, speaks, then calls tools. */
function speakingOrder(message: JsonObject): readonly string[] {
  const keys = Object.keys(message).filter((key) => key !== 'role' && !isBlank(message[key]));
  return keys.sort((left, right) => rankOf(left) - rankOf(right));
}

function rankOf(key: string): number {
  if (key.startsWith('reasoning')) return 0;
  if (key === 'content') return 1;
  return key === 'tool_calls' ? 3 : 2;
}

/** The role, an empty `content` where one follows, and the fields whose value is to stay empty or null. */
function openingDelta(message: JsonObject): JsonObject {
  const delta: MutableObject = { role: message['role'] ?? 'assistant' };
  if (typeof message['content'] === 'string') delta['content'] = '';
  for (const key of Object.keys(message)) {
    const value = message[key];
    if (key !== 'role' && isBlank(value)) setOwn(delta, key, value ?? null);
  }
  return delta;
}

function* toolDeltas(calls: readonly Json[], pieceChars?: number): Generator<JsonObject> {
  for (const [index, call] of calls.entries()) {
    if (!isJsonObject(call)) continue;
    const { function: called, ...fields } = call;
    if (!isJsonObject(called) || typeof called['arguments'] !== 'string') {
      yield { tool_calls: [{ ...call, index }] };
      continue;
    }
    yield { tool_calls: [{ ...fields, index, function: { ...called, arguments: '' } }] };
    for (const text of pieces(called['arguments'], pieceChars)) {
      yield { tool_calls: [{ index, function: { arguments: text } }] };
    }
  }
}

function* map<T>(items: Iterable<T>, toChunk: (item: T) => JsonObject): Generator<JsonObject> {
  for (const item of items) yield toChunk(item);
}

function single(key: string, value: Json): JsonObject {
  const delta: MutableObject = {};
  setOwn(delta, key, value);
  return delta;
}

function isBlank(value: Json | undefined): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
