import { inflateBody } from '../lib/inflate.js';
import { err, ok, type Result } from '../lib/result.js';
import { SextantError } from '../lib/sextant-error.js';
import { apiOf } from '../openai/api.js';
import { readRequest } from '../openai/read.js';
import type { PromptRequest } from '../openai/request.js';
import { CONTENT_ENCODING } from './headers.js';
import type { Inquiry } from './inquiry.js';

/** A request that was read and checked, beside the bytes it was read from. */
export interface Prompt {
  readonly request: PromptRequest;
  /** The body, decompressed: spans of `request` point into it. */
  readonly body: Uint8Array;
  /** True when the client sent it compressed; what goes on is then the plain body. */
  readonly wasCompressed: boolean;
}

/** Decompresses within the limit, checks and parses. What cannot be read is refused: it never goes on unclassified. */
export async function readPrompt(inquiry: Inquiry, raw: Uint8Array): Promise<Result<Prompt, SextantError>> {
  const api = apiOf(inquiry.head.path);
  if (api !== 'chat' && api !== 'completions' && api !== 'embeddings') {
    return err(new SextantError('unknown_path', 'This path takes no prompt.'));
  }
  const encoding = inquiry.head.headers.get(CONTENT_ENCODING);
  const body = await inflateBody(raw, encoding, inquiry.policy.bodyBytesMax);
  if (!body.ok) return body;
  const request = readRequest(api, body.value);
  if (!request.ok) return request;
  inquiry.ledger.stream = request.value.stream;
  inquiry.plan.request = request.value;
  return ok({ request: request.value, body: body.value, wasCompressed: body.value !== raw });
}
