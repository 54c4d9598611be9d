import { SextantError } from '../lib/sextant-error.js';
import type { ModelCard } from '../selection/model-card.js';
import type { PersonalPolicy } from '../signals/personal-policy.js';
import { type RouteDecision, tooLongToCheck } from './decide-route.js';
import type { Inquiry } from './inquiry.js';
import { type LookingMeans, lookForPersonal, type PersonalFinds } from './look-for-personal.js';
import type { Prompt } from './read-prompt.js';
import { redactPrompt } from './redact-prompt.js';
import { block, refuse } from './replies.js';
import type { Verdict } from './verdict.js';

/** How a request goes on, or that it does not. */
export type Heeded =
  | { readonly kind: 'ended'; readonly verdict: Verdict }
  | {
      readonly kind: 'goes-on';
      /** Where personal data must stay private, its policy knows no other models than those that may see them. */
      readonly inquiry: Inquiry;
      readonly decided: RouteDecision;
      /** Without the personal data, where they are not to be shown. */
      readonly prompt: Prompt;
      /** Whether it is without any that it had. */
      readonly isRedacted: boolean;
    };

/**
 * Does about personal data what the decision, or else the route, says. It comes behind the exact tier of the cache: an
 * entry under the very same words is proof that the same policy let them pass before.
 */
export async function heedPersonalData(
  inquiry: Inquiry,
  prompt: Prompt,
  { decided, means }: { readonly decided: RouteDecision; readonly means: LookingMeans },
): Promise<Heeded> {
  const policy = decided.personalData;
  const asItIs = { kind: 'goes-on', inquiry, decided, prompt, isRedacted: false } as const;
  if (policy === undefined) return asItIs;
  const found = await lookForPersonal(inquiry, prompt, { policy, means });
  const { types } = found;
  const isUnseen = policy.unread === 'refuse' && (found.unreadChars > 0 || found.unreadable);
  const { ledger } = inquiry;
  ledger.personalData = { outcome: types.length === 0 ? 'none' : OUTCOMES[policy.action], types };
  switch (policy.action) {
    case 'note':
      break;
    case 'block':
      if (types.length > 0) return ended(block(inquiry, { decision: decided.name, message: blocked(types) }));
      if (isUnseen) return ended(refuse(inquiry, unseen(inquiry, found)));
      break;
    case 'private_model':
      if (types.length === 0 && !isUnseen) break;
      ledger.personalData = { outcome: 'private', types };
      return { ...asItIs, ...confined(inquiry, decided, policy) };
    case 'redact': {
      if (isUnseen) return ended(refuse(inquiry, unseen(inquiry, found)));
      if (types.length === 0) break;
      const redacted = redactPrompt(inquiry, prompt, found);
      if (!redacted.ok) return ended(refuse(inquiry, redacted.error));
      return { ...asItIs, prompt: redacted.value, isRedacted: true };
    }
  }
  return asItIs;
}

const OUTCOMES = { note: 'noted', block: 'blocked', private_model: 'private', redact: 'redacted' } as const;

function ended(verdict: Verdict): Heeded {
  return { kind: 'ended', verdict };
}

/**
 * The same request on a route that has private models alone: whatever chooses, falls back or escalates from here on
 * finds no others.
 */
function confined(
  inquiry: Inquiry,
  decided: RouteDecision,
  { privateModels }: PersonalPolicy,
): { readonly inquiry: Inquiry; readonly decided: RouteDecision } {
  const models = privateModels.flatMap((name): readonly ModelCard[] => {
    const card = inquiry.policy.models.find((each) => each.name === name);
    return card === undefined ? [] : [card];
  });
  const [defaultModel] = models;
  // The config names models that exist; without this a slip there would let the request go anywhere.
  if (defaultModel === undefined) throw new Error('the policy on personal data names no model of this route');
  const named = decided.models.filter((name) => privateModels.includes(name));
  const { fallback } = decided;
  return {
    inquiry: { ...inquiry, policy: { ...inquiry.policy, models, defaultModel } },
    decided: {
      ...decided,
      models: named.length > 0 ? named : models.map(({ name }) => name),
      fallback: fallback && {
        ...fallback,
        models: fallback.models.filter((name) => privateModels.includes(name)),
      },
    },
  };
}

/** Says what kinds they are, never what they are. */
function blocked(types: readonly string[]): string {
  return (
    `The request holds personal data, which this gateway lets pass to no model: ${types.join(', ')}. Take them out ` +
    'and ask again.'
  );
}

function unseen(inquiry: Inquiry, { unreadChars, unreadable, failure }: PersonalFinds): SextantError {
  if (!unreadable) return failure ?? tooLongToCheck(inquiry, unreadChars);
  return new SextantError(
    'invalid_field',
    'Token ids and embeddings cannot be searched for personal data, and nothing passes unchecked here. Send text.',
    { param: inquiry.plan.request?.api === 'embeddings' ? 'input' : 'prompt' },
  );
}
