import { memberSplices } from '../openai/member-splices.js';
import type { Splice } from '../openai/splice.js';
import type { ModelCard } from '../selection/model-card.js';
import { type ReasoningPolicy, reasoningEdits, sizeOf } from '../selection/reasoning.js';
import { readHeads } from '../signals/heads.js';
import type { Embed } from './classify.js';
import type { Inquiry } from './inquiry.js';
import type { Prompt } from './read-prompt.js';
import { note } from './trail.js';

/**
 * The changes of the body by which the model thinks as much as the decision wants. Whatever the client said of it
 * stays, unless the policy goes first.
 */
export async function reasoningSplices(
  inquiry: Inquiry,
  prompt: Prompt,
  {
    model,
    policy,
    embed,
  }: { readonly model: ModelCard; readonly policy: ReasoningPolicy | undefined; readonly embed: Embed },
): Promise<readonly Splice[]> {
  const { body, request } = prompt;
  // Only chats have a template in which a model could be told to think.
  if (policy === undefined || model.reasoning === undefined || request.api !== 'chat') return [];
  const thinks =
    policy.mode === 'auto' ? await isHard(inquiry, { model, policy, embed }) : policy.mode === 'on';
  if (thinks === undefined) return [];
  // What is told of is the chosen model, which comes first.
  if (inquiry.ledger.reasoning === '') inquiry.ledger.reasoning = thinks ? 'on' : 'off';
  const answerTokensMax = tokensOf(request.body['max_completion_tokens'] ?? request.body['max_tokens']);
  const members = reasoningEdits(model, policy, { thinks, answerTokensMax });
  const edits = members.map((member) => ({
    member,
    splices: memberSplices({ body, request, members: [member], override: policy.override }),
  }));
  if (inquiry.trail !== undefined) {
    const written = edits.filter(({ splices }) => splices.length > 0).map(({ member }) => member);
    const { thinking = [] } = inquiry.trail;
    note(inquiry, { thinking: [...thinking, { model: model.name, thinks, members: written }] });
  }
  return edits.flatMap(({ splices }) => splices);
}

/** Whether a model of that size is likely to fail without thinking; undefined where nobody can tell. */
async function isHard(
  inquiry: Inquiry,
  {
    model,
    policy,
    embed,
  }: { readonly model: ModelCard; readonly policy: ReasoningPolicy; readonly embed: Embed },
): Promise<boolean | undefined> {
  const probability = await answersWell(inquiry, model, embed);
  return probability === undefined ? undefined : probability < policy.difficultyBelow;
}

/**
 * Probability that a model of that size answers this question well, 0 to 1, as the difficulty head sees it; undefined
 * where nobody can tell.
 */
export async function answersWell(
  { service }: Inquiry,
  model: ModelCard,
  embed: Embed,
): Promise<number | undefined> {
  const size = sizeOf(model);
  const index = size === undefined ? -1 : (service.encoder.heads?.difficulty.labels.indexOf(size) ?? -1);
  if (index < 0) return undefined;
  const embedding = await embed();
  if (!embedding.ok) return undefined;
  const heads = readHeads(embedding.value);
  if (!heads.ok) return undefined;
  return heads.value.probabilities.difficulty[index] ?? 1;
}

function tokensOf(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}
