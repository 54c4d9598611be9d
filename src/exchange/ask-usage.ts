import { mediaTypeOf } from '../lib/headers.js';
import { memberSplices } from '../openai/member-splices.js';
import { createUsageRemover } from '../openai/remove-usage.js';
import type { AnswerRestorer } from '../openai/restoring.js';
import type { Splice } from '../openai/splice.js';
import { CONTENT_ENCODING, CONTENT_TYPE } from './headers.js';
import type { Inquiry } from './inquiry.js';
import type { Prompt } from './read-prompt.js';
import type { ResponseHead } from './verdict.js';

/** Asks a stream for its usage where the policy wants to know and the client does not. */
export function usageSplices(
  { policy, plan, ledger }: Inquiry,
  { body, request }: Prompt,
): readonly Splice[] {
  if (policy.injectsUsage !== true || ledger.shadow) return [];
  if (!request.stream || request.includeUsage || request.api === 'embeddings') return [];
  plan.injectedUsage = true;
  const members = [{ path: ['stream_options', 'include_usage'] as const, value: true }];
  return memberSplices({ body, request, members, override: true });
}

/** Takes out again what was asked for; undefined where that was nothing, or the answer is no stream that can be read. */
export function usageRemover({ plan }: Inquiry, { headers }: ResponseHead): AnswerRestorer | undefined {
  if (plan.injectedUsage !== true) return undefined;
  if (mediaTypeOf(headers.get(CONTENT_TYPE)) !== 'text/event-stream') return undefined;
  const encoding = headers.get(CONTENT_ENCODING)?.trim().toLowerCase() ?? 'identity';
  return encoding === 'identity' ? createUsageRemover() : undefined;
}
