import { isJsonObject, type Json, type JsonObject, objectsOf } from '../lib/json.js';
import type { PromptRequest } from './request.js';

/** What a client asked of the form of its answer, as far as an answer can be held against it. */
export interface AnswerWish {
  /** The client said itself how long the answer may become, so that one which ends there is no failure. */
  readonly limited: boolean;
  /** Undefined where any text will do. `object`: nothing but an object will, with these keys. */
  readonly json: { readonly object: boolean; readonly required: readonly string[] } | undefined;
  /** Names of the tools that may be called. */
  readonly tools: ReadonlySet<string>;
  /** One of them has to be. */
  readonly mustCall: boolean;
}

/** Reads it from the request's body. */
export function answerWish({ api, body }: Pick<PromptRequest, 'api' | 'body'>): AnswerWish {
  const choice = body['tool_choice'];
  const limit = body['max_completion_tokens'] ?? body['max_tokens'];
  return {
    // A text to continue ends after 16 tokens where nobody says otherwise.
    limited: typeof limit === 'number' || api === 'completions',
    json: jsonWish(body['response_format']),
    tools: new Set([...toolNames(body['tools']), ...objectsOf(body['functions']).flatMap(nameOf)]),
    mustCall: choice === 'required' || isJsonObject(choice),
  };
}

function jsonWish(format: Json | undefined): AnswerWish['json'] {
  if (!isJsonObject(format)) return undefined;
  if (format['type'] === 'json_object') return { object: true, required: [] };
  if (format['type'] !== 'json_schema') return undefined;
  const described = format['json_schema'];
  const schema = isJsonObject(described) ? described['schema'] : undefined;
  if (!isJsonObject(schema)) return { object: false, required: [] };
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return {
    object: schema['type'] === 'object',
    required: required.filter((key) => typeof key === 'string'),
  };
}

function toolNames(tools: Json | undefined): readonly string[] {
  return objectsOf(tools)
    .map((tool) => tool['function'])
    .filter(isJsonObject)
    .flatMap(nameOf);
}

function nameOf({ name }: JsonObject): readonly string[] {
  return typeof name === 'string' ? [name] : [];
}
