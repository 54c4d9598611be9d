import { answerWish } from '../openai/answer-wish.js';
import type { PromptRequest } from '../openai/request.js';
import { tryOrder } from '../selection/fallback.js';
import type { ModelCard } from '../selection/model-card.js';
import { type Chosen, fitting, needsOf } from './choose-models.js';
import type { Embed } from './classify.js';
import type { RouteDecision } from './decide-route.js';
import type { Inquiry } from './inquiry.js';
import type { Judging, Unjudged } from './judging.js';
import { answersWell } from './reason.js';

/**
 * Puts the models that answer in place of a weak answer behind the chosen one, and sees to it that its answer is judged.
 * Where that cannot be, the models stay as they are.
 */
export async function withCascade(
  inquiry: Inquiry,
  request: PromptRequest,
  {
    models,
    decided,
    embed,
  }: { readonly models: Chosen; readonly decided: RouteDecision; readonly embed: Embed },
): Promise<Chosen> {
  const { cascade } = decided;
  const { service, ledger, plan } = inquiry;
  const [first, ...others] = models;
  if (cascade === undefined || service.judging === undefined || request.api === 'embeddings') return models;
  // Chosen for this prompt at once, or for want of any model that could take it.
  if (cascade.to.includes(first.name) || !decided.models.includes(first.name)) return models;
  const better = betterModels(inquiry, request, { decided, to: cascade.to });
  if (typeof better === 'string') {
    ledger.cascade = { outcome: 'unjudged', reason: better };
    return models;
  }
  const judging: Judging = {
    policy: cascade,
    api: request.api,
    model: first.name,
    wish: answerWish(request),
    expected: cascade.judge.expectedMin === undefined ? undefined : await expectedOf(inquiry, first, embed),
    verdict: { kind: 'none', why: 'unasked' },
  };
  if (!service.judging.add(ledger.id, judging)) {
    ledger.cascade = { outcome: 'unjudged', reason: 'no-room' };
    return models;
  }
  plan.judging = judging;
  const triesMax = Math.max(2, decided.fallback?.triesMax ?? 2);
  const order = [...new Set([...better, ...others])].filter((model) => model !== first);
  return [first, ...order.slice(0, triesMax - 1)];
}

/** Who may answer in place of a weak answer, in order; or why nobody may. */
function betterModels(
  inquiry: Inquiry,
  request: PromptRequest,
  { decided, to }: { readonly decided: RouteDecision; readonly to: readonly string[] },
): readonly ModelCard[] | Unjudged {
  if (request.stream) return 'stream';
  const { service } = inquiry;
  if (service.fallback === undefined) return 'nobody';
  const { health, budget } = service.fallback;
  const nowMs = service.clock.monotonicMs();
  if (!budget.mayRetry(nowMs)) return 'budget';
  const cards = fitting(inquiry, to, needsOf(inquiry, request, decided));
  const order = tryOrder(cards, { health, nowMs, mayProbe: true });
  // One that rests is asked again by those that have nobody else; a weak answer is better than an error.
  const awake = order.filter(({ name }) => health.stateOf(name, nowMs) !== 'cooling');
  return awake.length === 0 ? 'nobody' : awake;
}

/** What a router expects of the model for this prompt, or else the difficulty head of one of its size. */
async function expectedOf(inquiry: Inquiry, card: ModelCard, embed: Embed): Promise<number | undefined> {
  return inquiry.plan.expected?.(card) ?? (await answersWell(inquiry, card, embed));
}
