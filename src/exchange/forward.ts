import type { HeaderField } from '../lib/headers.js';
import { SextantError } from '../lib/sextant-error.js';
import type { PromptRequest } from '../openai/request.js';
import { modelSplice, type Splice, splice } from '../openai/splice.js';
import { orderCluster, orderFrom } from '../selection/fixed-order.js';
import { type ModelCard, servedName } from '../selection/model-card.js';
import { whyElsewhere } from '../selection/regions.js';
import { type ExchangeTrace, writeTraceparent } from '../telemetry/trace.js';
import { usageSplices } from './ask-usage.js';
import type { Chosen } from './choose-models.js';
import type { Embed, Readers, SignalBoard } from './classify.js';
import { decideRoute, type RouteDecision } from './decide-route.js';
import { claimedModelHeaders, modelHeaders, modelMetadata } from './gateway.js';
import {
  ACCEPT_ENCODING,
  CACHE_CONTROLS,
  CLUSTER,
  CONTENT_ENCODING,
  JUDGE,
  PLAN,
  RESERVED_PREFIX,
  TRACEPARENT,
} from './headers.js';
import { heedPersonalData } from './heed-personal-data.js';
import type { Inquiry } from './inquiry.js';
import type { LookingMeans } from './look-for-personal.js';
import type { Prompt } from './read-prompt.js';
import { reasoningSplices } from './reason.js';
import { nowhereToGo, regionsOfCaller } from './regions.js';
import { block, refuse } from './replies.js';
import { retryHeaders } from './tries.js';
import { type Try, tryPlan } from './try-plan.js';
import type { Verdict } from './verdict.js';

/** The name that headers show when the client chose the model itself. */
const NO_DECISION = 'none';

/**
 * Sends the request to the chosen model; of the body only its name changes, and how much it thinks; what speaks to us
 * is taken out. The same is laid down for those that follow when it fails.
 */
export async function forward(
  inquiry: Inquiry,
  prompt: Prompt,
  {
    models,
    decided,
    embed,
  }: { readonly models: Chosen; readonly decided: RouteDecision; readonly embed: Embed },
): Promise<Verdict> {
  inquiry.ledger.path = 'upstream';
  const tries: Try[] = [];
  const usage = usageSplices(inquiry, prompt);
  for (const model of models) {
    const thinking = await reasoningSplices(inquiry, prompt, { model, policy: decided.reasoning, embed });
    const named = modelSplice(prompt.request.modelSpan, servedName(model));
    tries.push({ model, splices: [named, ...thinking, ...usage, ...cacheSplices(prompt)] });
  }
  const [model] = models;
  const body = splice(prompt.body, tries[0]?.splices ?? []);
  const verdict = sendTo(inquiry, model, body, prompt);
  const judged = inquiry.plan.judging?.policy;
  if (models.length === 1 || (decided.fallback === undefined && judged === undefined)) return verdict;
  inquiry.plan.asked = models.map(({ name }) => name);
  const { stream } = prompt.request;
  const retries = retryHeaders(decided.fallback, { tries: models.length, stream, judged });
  const plan = tryPlan(tries, prompt.body, inquiry.policy.gateway?.modelHeaders);
  const setHeaders = [...verdict.setHeaders, ...retries];
  if (judged !== undefined) {
    setHeaders.push({ name: JUDGE, value: '1' });
    return { ...verdict, setHeaders, plan: { ...plan, judgedAs: inquiry.ledger.id } };
  }
  const written = decided.fallback?.written;
  return {
    ...verdict,
    setHeaders: written === undefined ? setHeaders : alongCluster(setHeaders, orderFrom(model.name, written)),
    plan,
  };
}

/** Where the order is laid down, a cluster stands for it, and no plan goes along. */
function alongCluster(headers: readonly HeaderField[], order: readonly string[]): readonly HeaderField[] {
  const value = orderCluster(order);
  return headers.flatMap((field) =>
    field.name === PLAN ? [] : [field.name === CLUSTER ? { ...field, value } : field],
  );
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
  {
    board,
    readers,
    means,
  }: { readonly board: SignalBoard; readonly readers: Readers; readonly means: LookingMeans },
): Promise<Verdict> {
  const { policy, ledger } = inquiry;
  const model = policy.models.find((card) => card.name === prompt.request.model);
  if (model === undefined) return refuse(inquiry, modelNotFound(inquiry, prompt.request));
  const regions = regionsOfCaller(inquiry);
  if (whyElsewhere(model, regions) !== undefined) return refuse(inquiry, nowhereToGo(regions));
  if (policy.guarded && prompt.request.api !== 'embeddings') {
    const decided = await decideRoute(inquiry, board, readers);
    if (!decided.ok) return refuse(inquiry, decided.error);
    if (decided.value.block !== undefined) return block(inquiry, decided.value.block);
  }
  const asked = {
    name: NO_DECISION,
    block: undefined,
    models: [model.name],
    cache: false,
    personalData: policy.personalData,
  };
  const heeded = await heedPersonalData(inquiry, prompt, { decided: asked, means });
  if (heeded.kind === 'ended') return heeded.verdict;
  if (!heeded.inquiry.policy.models.includes(model)) return refuse(inquiry, notPrivate(heeded.inquiry));
  ledger.path = 'passthrough';
  ledger.decision = NO_DECISION;
  ledger.cache = 'bypass';
  ledger.cacheReason = 'concrete-model';
  const { request, body } = heeded.prompt;
  const served = servedName(model);
  const named = served === model.name ? [] : [modelSplice(request.modelSpan, served)];
  const usage = usageSplices(heeded.inquiry, heeded.prompt);
  const splices = [...named, ...usage, ...cacheSplices(heeded.prompt)];
  const changed = prompt.wasCompressed || heeded.isRedacted || splices.length > 0;
  return sendTo(inquiry, model, changed ? splice(body, splices) : undefined, prompt);
}

type Forward = Verdict & { readonly kind: 'forward' };

function sendTo(inquiry: Inquiry, model: ModelCard, body: Uint8Array | undefined, prompt: Prompt): Forward {
  const { service, plan, policy } = inquiry;
  const { gateway } = policy;
  inquiry.ledger.model = model.name;
  // Every model's answers tell of its health, also those of a request that has no other model to go to.
  plan.asked = [model.name];
  plan.sentMs = service.clock.monotonicMs();
  service.sight?.load?.sent(model.cluster);
  const setHeaders = [{ name: CLUSTER, value: model.cluster }, ...modelHeaders(gateway, model)];
  const { trace } = inquiry.ledger;
  if (trace !== undefined) setHeaders.push({ name: TRACEPARENT, value: callOf(trace) });
  const removeHeaders = [...reservedNames(inquiry), ...controlNames(inquiry)];
  // An encoded answer could not be stored, judged, read for its usage or time, or changed without decoding every piece.
  const reads = policy.readUsage || service.sight?.latency !== undefined;
  if (reads || [plan.store, plan.judging, plan.restore].some((use) => use !== undefined)) {
    setHeaders.push({ name: ACCEPT_ENCODING, value: 'identity' });
  }
  if (prompt.wasCompressed) removeHeaders.push(CONTENT_ENCODING);
  return {
    kind: 'forward',
    setHeaders,
    removeHeaders,
    body,
    metadata: modelMetadata(gateway, model, policy.name),
  };
}

/** The model's own spans follow ours. Where Envoy traces, its router puts its own span between the two. */
function callOf({ traceId, callSpanId, sampled }: ExchangeTrace): string {
  return writeTraceparent({ traceId, spanId: callSpanId, sampled });
}

/** Names that only we may say, and that the client sent. Envoy strips them before us; this holds where a YAML forgot to. */
export function reservedNames(inquiry: Pick<Inquiry, 'head' | 'policy'>): string[] {
  const reserved: string[] = [...claimedModelHeaders(inquiry.policy.gateway, inquiry.head.headers)];
  for (const name of inquiry.head.headers.keys()) {
    if (name.startsWith(RESERVED_PREFIX) && name !== CLUSTER) reserved.push(name);
  }
  return reserved;
}

/** Names by which the client spoke to the cache. */
function controlNames({ head }: Pick<Inquiry, 'head'>): readonly string[] {
  return CACHE_CONTROLS.filter((name) => head.headers.has(name));
}

/** The client chose a model that may not see what the request holds. */
function notPrivate({ policy, ledger }: Inquiry): SextantError {
  const types = ledger.personalData?.types ?? [];
  const what = types.length === 0 ? 'may hold personal data' : `holds personal data (${types.join(', ')})`;
  const offered = [...policy.virtualModels, ...policy.models.map(({ name }) => name)];
  return new SextantError(
    'not_allowed',
    `The request ${what}, which this model may not see. Set \`model\` to one of: ${offered.join(', ')}.`,
    { param: 'model' },
  );
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
