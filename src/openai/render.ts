import { isJsonObject, type Json, type JsonObject, objectsOf } from '../lib/json.js';
import { setOwn } from '../lib/own-property.js';
import { chatChunks, textChunks } from './chunks.js';
import type { Completion } from './completion.js';

/** What of a stored answer is new each time it is given. */
export interface AnswerIdentity {
  readonly id: string;
  /** Seconds since the Unix epoch. */
  readonly createdS: number;
  readonly model: string;
}

export interface StreamIdentity extends AnswerIdentity {
  /** `stream_options.include_usage` of the request: whether a last chunk says the usage. */
  readonly includeUsage: boolean;
  /** `system_fingerprint` of every chunk; what the answer has, when left out. */
  readonly fingerprint?: string;
  /** Length of the pieces in which texts come; left out, they are long enough for few events. Characters (UTF-16). */
  readonly pieceChars?: number;
}

/** Fields of the whole answer that chunks say in another way. */
const HEAD_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created',
  'model',
  'system_fingerprint',
  'choices',
  'usage',
]);

/** Writes an answer as one JSON object: new id, time and model name, all else as the upstream said it. */
export function completionToJson(completion: Completion, identity: AnswerIdentity): Uint8Array {
  const { id, createdS: created, model } = identity;
  const object: JsonObject = { ...completion.object, id, created, model };
  return Buffer.from(JSON.stringify(object), 'utf8');
}

/**
 * Writes an answer as the stream of server-sent events that vLLM would have sent: per choice a chunk with the role,
 * pieces of its texts and tool calls, and a chunk with the finish reason; then the usage if asked for, and `[DONE]`.
 * Put together again, the pieces give every choice as it was, byte for byte.
 */
export function completionToSse(completion: Completion, identity: StreamIdentity): Uint8Array {
  const { object } = completion;
  const head = headOf(completion, identity);
  const events: string[] = [];
  let extra: JsonObject = without(object, HEAD_FIELDS);
  for (const choice of objectsOf(object['choices'])) {
    const chunksOf = completion.api === 'chat' ? chatChunks : textChunks;
    const chunks = chunksOf(choice, identity.pieceChars);
    for (const chunk of chunks) {
      // What the answer says of itself beside the usual fields goes into the first chunk alone.
      events.push(event({ ...head, choices: [chunk], ...extra }));
      extra = {};
    }
  }
  const usage = object['usage'];
  if (identity.includeUsage && isJsonObject(usage)) events.push(event({ ...head, choices: [], usage }));
  events.push('data: [DONE]\n\n');
  return Buffer.from(events.join(''), 'utf8');
}

function headOf({ api, object }: Completion, identity: StreamIdentity): JsonObject {
  const fingerprint = identity.fingerprint ?? object['system_fingerprint'];
  return {
    id: identity.id,
    object: api === 'chat' ? 'chat.completion.chunk' : 'text_completion',
    created: identity.createdS,
    model: identity.model,
    ...(fingerprint === undefined ? {} : { system_fingerprint: fingerprint }),
  };
}

function without(object: JsonObject, names: ReadonlySet<string>): JsonObject {
  const rest: { [key: string]: Json } = {};
  for (const key of Object.keys(object)) if (!names.has(key)) setOwn(rest, key, object[key] ?? null);
  return rest;
}

function event(chunk: JsonObject): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
