import type { ByteSpan } from '../lib/bytes.js';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import { err, ok, type Result } from '../lib/result.js';
import { SextantError } from '../lib/sextant-error.js';
import { type Conversation, NO_CONVERSATION } from './conversation.js';
import { invalidField, missingField } from './field-errors.js';
import { readMessages } from './read-messages.js';
import { readPrompt } from './read-prompt.js';
import type { Modality, PromptApi, PromptRequest } from './request.js';
import { scanBody } from './scan.js';

/**
 * Reads a request body and checks what routing depends on; everything else is left to the upstream. A prompt that
 * cannot be read as one question (several prompts, token ids) has `askIndex` -1 and must not be cached.
 *
 * Errors: those of `scanBody`, and `missing_field` or `invalid_field` with the field as `param`.
 */
export function readRequest(api: PromptApi, body: Uint8Array): Result<PromptRequest, SextantError> {
  const scanned = scanBody(body);
  if (!scanned.ok) return scanned;
  const parsed = parseObject(scanned.value.text);
  if (!parsed.ok) return parsed;
  const fields = parsed.value;

  const model = readModel(fields, scanned.value.modelSpan);
  if (!model.ok) return model;
  const stream = readFlag(fields, 'stream', 'stream');
  if (!stream.ok) return stream;
  const includeUsage = readIncludeUsage(fields);
  if (!includeUsage.ok) return includeUsage;
  const conversation = readConversation(api, fields);
  if (!conversation.ok) return conversation;
  const { turns, textChars, askIndex } = conversation.value;

  return ok({
    api,
    model: model.value.name,
    modelSpan: model.value.span,
    ...(isJsonObject(fields['cache']) ? { cacheSpan: scanned.value.cacheSpan } : {}),
    turns,
    ask: turns[askIndex]?.text ?? '',
    askIndex,
    textChars,
    modalities: modalitiesOf(conversation.value),
    hasTools:
      isFilled(fields['tools']) || isFilled(fields['functions']) || choosesTool(fields['tool_choice']),
    hasToolResults: turns.some((turn) => turn.role === 'tool' || turn.role === 'function'),
    stream: stream.value,
    includeUsage: includeUsage.value,
    body: fields,
  });
}

function parseObject(text: string): Result<JsonObject, SextantError> {
  try {
    return ok(JSON.parse(text) as JsonObject);
  } catch {
    // The parser's own message quotes the text around the fault, which is prompt text.
    return err(
      new SextantError('invalid_json', 'The body is not valid JSON; check its commas, quotes and escapes.'),
    );
  }
}

function readModel(
  fields: JsonObject,
  span: ByteSpan | undefined,
): Result<{ readonly name: string; readonly span: ByteSpan }, SextantError> {
  const name = fields['model'];
  if (name === undefined || name === null) {
    return err(missingField('model', 'send the name of a model that GET /v1/models lists'));
  }
  if (typeof name !== 'string' || name === '' || span === undefined) {
    return err(invalidField('model', 'a string that is not empty'));
  }
  return ok({ name, span });
}

function readFlag(fields: JsonObject, name: string, param: string): Result<boolean, SextantError> {
  const value = fields[name] ?? false;
  return typeof value === 'boolean' ? ok(value) : err(invalidField(param, 'true, false or null'));
}

function readIncludeUsage(fields: JsonObject): Result<boolean, SextantError> {
  const options = fields['stream_options'] ?? {};
  if (!isJsonObject(options)) return err(invalidField('stream_options', 'an object or null'));
  return readFlag(options, 'include_usage', 'stream_options.include_usage');
}

function readConversation(api: PromptApi, fields: JsonObject): Result<Conversation, SextantError> {
  if (api === 'chat') return readMessages(fields['messages']);
  if (api === 'completions') return readPrompt(fields);
  return ok(NO_CONVERSATION);
}

function modalitiesOf(conversation: Conversation): readonly Modality[] {
  return [...new Set(conversation.turns.flatMap((turn) => turn.modalities))];
}

function isFilled(value: Json | undefined): boolean {
  if (value === undefined || value === null) return false;
  return !Array.isArray(value) || value.length > 0;
}

function choosesTool(value: Json | undefined): boolean {
  return isFilled(value) && value !== 'none';
}
