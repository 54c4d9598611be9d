import type { Json } from '../lib/json.js';
import type { PromptRequest } from '../openai/request.js';
import type { Embedding } from '../signals/contract.js';
import type { CachePolicy } from './contract.js';
import type { CacheControls } from './controls.js';
import type { Tenant } from './identity.js';
import { ASK_CHARS_MAX } from './verify.js';
import { isVolatile } from './volatile.js';

/** Why a request neither gets a stored answer nor leaves one. Stable: clients and metrics read it. */
export type BypassReason =
  | 'embeddings'
  | 'no-ask'
  | 'several-prompts'
  | 'modality'
  | 'tool-results'
  | 'temperature'
  | 'volatile'
  | 'no-store'
  | 'no-identity';

/** What the cache may do for a request. */
export type CacheUse =
  | { readonly kind: 'bypass'; readonly reason: BypassReason }
  | {
      readonly kind: 'use';
      readonly tenant: string;
      /** False when the client wants a fresh answer; the one that comes is stored all the same. */
      readonly lookUp: boolean;
    };

/** Why a question may only be answered by the very same question. Stable. */
export type ExactOnlyReason = 'language' | 'too-long' | 'completions' | 'client';

/** Above this share of tokens that the vocabulary does not know, unlike texts get the same vector. */
const UNKNOWN_SHARE_MAX = 0.1;

/** What a request is judged by before anybody looks for an answer. */
export interface BypassInput {
  readonly request: PromptRequest;
  readonly policy: Pick<CachePolicy, 'temperatureMax' | 'volatile'>;
  /** What the client asks for, which may only tighten. */
  readonly controls: Pick<CacheControls, 'noStore' | 'noCache'>;
  readonly tenant: Tenant;
}

/** Whether the cache may be used for this request at all. */
export function bypassReason({ request, policy, controls, tenant }: BypassInput): CacheUse {
  const unfit = unfitReason(request);
  if (unfit !== undefined) return { kind: 'bypass', reason: unfit };
  if (controls.noStore) return { kind: 'bypass', reason: 'no-store' };
  if (tenant.kind === 'none') return { kind: 'bypass', reason: 'no-identity' };
  if (isAbove(request.body['temperature'], policy.temperatureMax)) {
    return { kind: 'bypass', reason: 'temperature' };
  }
  if (policy.volatile === 'bypass' && isVolatile(request.ask)) return { kind: 'bypass', reason: 'volatile' };
  return { kind: 'use', tenant: tenant.tenant, lookUp: !controls.noCache };
}

/**
 * Why this question may only be answered by the very same one, as far as that shows before it is encoded, so that no
 * forward pass is spent on it; undefined when it may have other words.
 */
export function exactOnlyReason(
  request: PromptRequest,
  controls: Pick<CacheControls, 'exactOnly'>,
): ExactOnlyReason | undefined {
  if (controls.exactOnly) return 'client';
  // What continues a text must fit its every character: two near beginnings have different continuations.
  if (request.api === 'completions') return 'completions';
  return request.ask.length > ASK_CHARS_MAX ? 'too-long' : undefined;
}

/** What a temperature that is not said stands for in the API. */
const TEMPERATURE_UNSAID = 1;

/** A temperature that is no number is the upstream's to refuse; until then it is above every limit. */
function isAbove(temperature: Json | undefined, max: number | undefined): boolean {
  if (max === undefined) return false;
  const said = temperature ?? TEMPERATURE_UNSAID;
  return typeof said !== 'number' || said > max;
}

/** Why the vector of a question means too little to look for others by it; undefined when it is good. */
export function semanticTierReason(embedding: Embedding): ExactOnlyReason | undefined {
  // Head and tail stand for a long text, so two that differ only in the middle would score 1.0.
  if (embedding.truncated) return 'too-long';
  return embedding.unknownShare > UNKNOWN_SHARE_MAX ? 'language' : undefined;
}

function unfitReason(request: PromptRequest): BypassReason | undefined {
  if (request.api === 'embeddings') return 'embeddings';
  // One answer to several prompts would be filed under the first of them.
  const prompt = request.api === 'completions' ? request.body['prompt'] : undefined;
  if (Array.isArray(prompt) && (prompt.length !== 1 || typeof prompt[0] !== 'string'))
    return 'several-prompts';
  if (request.modalities.length > 0) return 'modality';
  // What a tool said holds for the moment in which it said it.
  if (request.hasToolResults) return 'tool-results';
  return request.ask.trim() === '' ? 'no-ask' : undefined;
}
