import { ok, type Result } from '../lib/result.js';
import { SextantError } from '../lib/sextant-error.js';
import type { PromptRequest } from '../openai/request.js';
import { modelSplice, type Splice, splice } from '../openai/splice.js';
import type { ModelCard } from '../selection/model-card.js';
import { priceScorer, weightScorer } from '../selection/scorers.js';
import { select } from '../selection/select.js';
import { estimateTokens } from '../signals/view.js';
import type { Embed, Readers, SignalBoard } from './classify.js';
import { decideRoute, type RouteDecision } from './decide-route.js';
import { expectQuality } from './expect-quality.js';
import { ACCEPT_ENCODING, CACHE_CONTROLS, CLUSTER, CONTENT_ENCODING, RESERVED_PREFIX } from './headers.js';
import type { Inquiry } from './inquiry.js';
import type { Prompt } from './read-prompt.js';
import { reasoningSplices } from './reason.js';
import { block, refuse } from './replies.js';
import type { Verdict } from './verdict.js';

/** The operator's preference decides; among models that it leaves equal, the cheaper one. */
const SCORERS = [
  { scorer: weightScorer, weight: 1 },
  { scorer: priceScorer, weight: 0.001 },
];

/** The name that headers show when the client chose the model itself. */
const NO_DECISION = 'none';

/**
 * The best model among those that the decision names, by what a router expects of them where it has one. When none of
 * them can take the prompt, any model of the route that can; when there is none either, the first one named, because the
 * context length is an estimate and only the upstream knows for sure.
 */
export async function chooseModel(
  inquiry: Inquiry,
  request: PromptRequest,
  { decided, embed }: { readonly decided: RouteDecision; readonly embed: Embed },
): Promise<Result<ModelCard, SextantError>> {
  const { policy, ledger } = inquiry;
  ledger.decision = decided.name;
  const needs = { contextTokens: estimateTokens(request), modalities: request.modalities };
  const named = { candidates: decided.models, models: policy.models, needs };
  const cards = policy.models.filter(({ name }) => decided.models.includes(name));
  const question = { decision: decided.name, ask: request.ask, cards };
  const rule = await expectQuality(inquiry, question, embed);
  const expected = rule && select({ ...named, ...rule });
  const first = expected?.model === undefined ? select({ ...named, scorers: SCORERS }) : expected;
  ledger.candidates = first.candidates;
  if (first.model !== undefined) return ok(first.model);
  const anyModel = policy.models.map((card) => card.name);
  const second = select({ candidates: anyModel, models: policy.models, needs, scorers: SCORERS }).model;
  if (second !== undefined) return ok(second);
  const firstNamed = policy.models.find((card) => card.name === decided.models[0]);
  return ok(firstNamed ?? policy.defaultModel);
}

/** Sends the request to the chosen model; of the body only its name changes, and how much it thinks; what speaks to us is taken out. */
export async function forward(
  inquiry: Inquiry,
  prompt: Prompt,
  {
    model,
    decided,
    embed,
  }: { readonly model: ModelCard; readonly decided: RouteDecision; readonly embed: Embed },
): Promise<Verdict> {
  inquiry.ledger.path = 'upstream';
  const thinking = await reasoningSplices(inquiry, prompt, { model, policy: decided.reasoning, embed });
  const splices = [modelSplice(prompt.request.modelSpan, model.name), ...thinking, ...cacheSplices(prompt)];
  const body = splice(prompt.body, splices);
  return sendTo(inquiry, model, body, prompt);
}

/** An upstream that checks its input would refuse the object by which a client speaks to the cache. */
function cacheSplices({ request }: Prompt): readonly Splice[] {
  return request.cacheSpan === undefined ? [] : [{ span: request.cacheSpan, text: '' }];
}

/**
 * The client named a real model: the request goes there as it is. Only a guarded route looks into it, since there
 * nothing passes unclassified.
 */
export async function forwardAsAsked(
  inquiry: Inquiry,
  prompt: Prompt,
  board: SignalBoard,
  readers: Readers,
): Promise<Verdict> {
  const { policy, ledger } = inquiry;
  const model = policy.models.find((card) => card.name === prompt.request.model);
  if (model === undefined) return refuse(inquiry, modelNotFound(inquiry, prompt.request));
  if (policy.guarded && prompt.request.api !== 'embeddings') {
    const decided = await decideRoute(inquiry, board, readers);
    if (!decided.ok) return refuse(inquiry, decided.error);
    if (decided.value.block !== undefined) return block(inquiry, decided.value.block);
  }
  ledger.path = 'passthrough';
  ledger.decision = NO_DECISION;
  ledger.cache = 'bypass';
  ledger.cacheReason = 'concrete-model';
  const splices = cacheSplices(prompt);
  const changed = prompt.wasCompressed || splices.length > 0;
  return sendTo(inquiry, model, changed ? splice(prompt.body, splices) : undefined, prompt);
}

function sendTo(inquiry: Inquiry, model: ModelCard, body: Uint8Array | undefined, prompt: Prompt): Verdict {
  inquiry.ledger.model = model.name;
  const setHeaders = [{ name: CLUSTER, value: model.cluster }];
  const removeHeaders = [...reservedNames(inquiry), ...controlNames(inquiry)];
  // An encoded answer could neither be stored nor read for its usage without decoding every piece of it.
  if (inquiry.plan.store !== undefined || inquiry.policy.readUsage) {
    setHeaders.push({ name: ACCEPT_ENCODING, value: 'identity' });
  }
  if (prompt.wasCompressed) removeHeaders.push(CONTENT_ENCODING);
  return { kind: 'forward', setHeaders, removeHeaders, body };
}

/** Names under our prefix that the client sent. Envoy strips them before us; this holds where a YAML forgot to. */
export function reservedNames(inquiry: Pick<Inquiry, 'head'>): string[] {
  const reserved: string[] = [];
  for (const name of inquiry.head.headers.keys()) {
    if (name.startsWith(RESERVED_PREFIX) && name !== CLUSTER) reserved.push(name);
  }
  return reserved;
}

/** Names by which the client spoke to the cache. */
function controlNames({ head }: Pick<Inquiry, 'head'>): readonly string[] {
  return CACHE_CONTROLS.filter((name) => head.headers.has(name));
}

function modelNotFound(inquiry: Inquiry, request: PromptRequest): SextantError {
  const { policy } = inquiry;
  const known = policy.models.map((card) => card.name);
  const offered = request.api === 'embeddings' ? known : [...policy.virtualModels, ...known];
  return new SextantError(
    'model_not_found',
    `The model \`${request.model.slice(0, 100)}\` does not exist here. Set \`model\` to one of: ${offered.join(', ')}.`,
    { param: 'model' },
  );
}
