import { isJsonObject, type JsonObject } from '../lib/json.js';
import { err, ok, type Result } from '../lib/result.js';
import { SextantError } from '../lib/sextant-error.js';
import { readRequest } from '../openai/read.js';
import { redact } from '../openai/redact.js';
import type { Inquiry } from './inquiry.js';
import { type PersonalFinds, REDACTED_MAX } from './look-for-personal.js';
import type { Prompt } from './read-prompt.js';

/**
 * The prompt with placeholders in the place of what was found. From here on it is the client's prompt: whatever else
 * changes in it, for one model or another, is changed in this one.
 */
export function redactPrompt(
  { plan }: Inquiry,
  prompt: Prompt,
  { body, secrets, count }: PersonalFinds,
): Result<Prompt, SextantError> {
  if (count > REDACTED_MAX) return err(tooMany(count));
  const redacted = redact(body, secrets);
  const bytes = Buffer.from(redacted.body, 'utf8');
  const request = readRequest(prompt.request.api, bytes);
  if (!request.ok) return request;
  // Whoever keeps the request from here on keeps it as the model sees it.
  plan.request = request.value;
  plan.restore = { placeholders: redacted.placeholders, contentIsJson: wantsJson(prompt.request.body) };
  return ok({ ...prompt, request: request.value, body: bytes });
}

/** OpenAI's way to ask for an answer that is JSON, and vLLM's. */
function wantsJson(request: JsonObject): boolean {
  const { response_format: format, structured_outputs: outputs, guided_json: guided } = request;
  const type = isJsonObject(format) ? format['type'] : undefined;
  const isGuided = guided !== undefined && guided !== null;
  return (
    isGuided ||
    type === 'json_object' ||
    type === 'json_schema' ||
    (isJsonObject(outputs) && 'json' in outputs)
  );
}

function tooMany(count: number): SextantError {
  return new SextantError(
    'prompt_too_long_to_check',
    `The request holds ${count} personal data, and this gateway takes ${REDACTED_MAX} out of one at most. Send less.`,
  );
}
