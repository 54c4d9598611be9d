import { hash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import { err, ok, type Result } from '../lib/result.js';
import { badRequest, type UpstreamError } from './errors.js';
import { estimateTokens, splitTokens } from './tokens.js';

const OWNER = 'vllm-simulator';
const EMBEDDING_DIMENSION = 384;

/** The body of `GET /v1/models`: every served name, the first being the root of the others. */
export function modelList(names: readonly string[], created: number, contextTokens: number): string {
  const data = names.map((id) => ({
    id,
    object: 'model',
    created,
    owned_by: OWNER,
    root: names[0] ?? id,
    parent: null,
    max_model_len: contextTokens,
    permission: [
      {
        id: `modelperm-${hash('sha256', id).slice(0, 32)}`,
        object: 'model_permission',
        created,
        allow_create_engine: false,
        allow_sampling: true,
        allow_logprobs: true,
        allow_search_indices: false,
        allow_view: true,
        allow_fine_tuning: false,
        organization: '*',
        group: null,
        is_blocking: false,
      },
    ],
  }));
  return JSON.stringify({ object: 'list', data });
}

/** The body of `POST /tokenize`; token ids are the positions, since nobody reads them. */
export function tokenization(body: JsonObject, contextTokens: number): string {
  const { prompt, messages } = body;
  const text = typeof prompt === 'string' ? prompt : JSON.stringify(messages ?? '');
  const tokens = splitTokens(text);
  return JSON.stringify({
    count: tokens.length,
    max_model_len: contextTokens,
    tokens: tokens.map((_, at) => at),
    token_strs: body['return_token_strs'] === true ? tokens : null,
  });
}

/** The body of `POST /v1/embeddings`: a unit vector for each input, made from its hash. */
export function embeddings(body: JsonObject, id: string, created: number): Result<string, UpstreamError> {
  const { input, model } = body;
  const inputs = inputsOf(input);
  if (inputs === undefined) return err(badRequest('input must be a string or a list.', 'input'));
  const base64 = body['encoding_format'] === 'base64';
  const data = inputs.map((text, index) => {
    const vector = vectorOf(text);
    const embedding = base64 ? Buffer.from(vector.buffer).toString('base64') : [...vector];
    return { index, object: 'embedding', embedding };
  });
  const tokens = inputs.reduce((sum, text) => sum + estimateTokens(text.length), 0);
  const usage = {
    prompt_tokens: tokens,
    total_tokens: tokens,
    completion_tokens: 0,
    prompt_tokens_details: null,
  };
  return ok(JSON.stringify({ id, object: 'list', created, model, data, usage }));
}

/** One text per input. A list of numbers is one input that is already tokens. */
function inputsOf(input: Json | undefined): string[] | undefined {
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input) || input.some(isJsonObject)) return undefined;
  return typeof input[0] === 'number' ? [input.join(' ')] : input.map(String);
}

function vectorOf(text: string): Float32Array {
  const vector = new Float32Array(EMBEDDING_DIMENSION);
  let squares = 0;
  for (let at = 0; at < EMBEDDING_DIMENSION; at += 1) {
    // One digest feeds sixteen numbers, two bytes each.
    const digest = hash('sha256', `${at >> 4}\n${text}`, 'buffer');
    const value = digest.readInt16LE((at & 15) * 2) / 32_768;
    vector[at] = value;
    squares += value * value;
  }
  const norm = Math.sqrt(squares);
  return vector.map((value) => value / norm);
}
