import { err, ok, type Result } from '../lib/result.js';
import type { SextantError } from '../lib/sextant-error.js';
import type { PromptRequest } from '../openai/request.js';
import { ceilingBar } from '../selection/ceilings.js';
import { tryOrder } from '../selection/fallback.js';
import { alongOrder } from '../selection/fixed-order.js';
import type { ModelCard } from '../selection/model-card.js';
import { whyElsewhere } from '../selection/regions.js';
import type { Needs, WeighedScorer } from '../selection/scorers.js';
import { cardScorers, type Scoring, sightScorers } from '../selection/scoring.js';
import { type Bar, type CandidateTrace, type Selection, select } from '../selection/select.js';
import { estimateTokens } from '../signals/view.js';
import type { Embed } from './classify.js';
import { converse } from './converse.js';
import type { RouteDecision } from './decide-route.js';
import { expectQuality } from './expect-quality.js';
import type { Conversing, Inquiry } from './inquiry.js';
import { chooseLearnt } from './learned-choice.js';
import { nowhereToGo, regionsOfCaller } from './regions.js';

/** The operator's preference decides; among models that it leaves equal, the cheaper one. */
const USUAL_SCORING: Scoring = {
  weights: { weight: 1, price: 0.001, latency: 0, load: 0, affinity: 0, lora: 0 },
  busyFrom: 0,
  ceilings: {},
};

/** The model to ask, and those that follow when it fails. */
export type Chosen = readonly [ModelCard, ...ModelCard[]];

/**
 * The best model among those that the decision names, by what a router expects of them where it has one, and where the
 * decision falls back to others, those as well. When none of them can take the prompt, any model of the route that can;
 * when there is none either, the first one named, because the context length is an estimate and only the upstream knows
 * for sure. Where the prompt must stay in a region, no model elsewhere is any of these.
 */
export async function chooseModels(
  inquiry: Inquiry,
  request: PromptRequest,
  { decided, embed }: { readonly decided: RouteDecision; readonly embed: Embed },
): Promise<Result<Chosen, SextantError>> {
  const { policy, ledger } = inquiry;
  ledger.decision = decided.name;
  const needs = needsOf(inquiry, request, decided);
  const cards = policy.models.filter(({ name }) => decided.models.includes(name));
  const question = { decision: decided.name, ask: request.ask, cards };
  const said = await expectQuality(inquiry, question, embed);
  inquiry.plan.expected = said?.quality;
  const conversing = converse(inquiry, request);
  const scorers = scorersOf(inquiry, decided.name, conversing);
  const choosing = { candidates: decided.models, models: policy.models, needs };
  const { turns } = request;
  const learnt = chooseLearnt(inquiry, { ...choosing, ...scorers, decision: decided.name, turns, said });
  const { choice } = learnt;
  ledger.candidates = choice.candidates;
  if (choice.model !== undefined) {
    const [first = choice.model, ...others] = tries(inquiry, {
      ranked: choice.ranked,
      decided,
      needs,
      scorers,
    });
    learnt.sent(first);
    conversing?.readBy(first.name);
    inquiry.plan.conversing = conversing;
    return ok([first, ...others]);
  }
  const anyModel = policy.models.map((card) => card.name);
  const any = among(inquiry, anyModel, { needs, scorers }).model;
  const named = policy.models.find((card) => card.name === decided.models[0]);
  const { regions = [] } = needs;
  const last = [any, named, policy.defaultModel, ...policy.models].find(
    (card) => card !== undefined && whyElsewhere(card, regions) === undefined,
  );
  return last === undefined ? err(nowhereToGo(regions)) : ok([last]);
}

/** Those of the named models that can take the prompt, in the order in which they are named. */
export function fitting({ policy }: Inquiry, names: readonly string[], needs: Needs): readonly ModelCard[] {
  return select({ candidates: names, models: policy.models, needs, scorers: [] }).ranked;
}

interface Scorers {
  /** By what the cards say; they count where no router does. */
  readonly scorers: readonly WeighedScorer[];
  readonly beside: readonly WeighedScorer[];
  readonly bar: Bar | undefined;
}

export function needsOf(inquiry: Inquiry, request: PromptRequest, { residency }: RouteDecision): Needs {
  const { body, modalities, hasTools: tools } = request;
  const regions = [...(residency === undefined ? [] : [residency]), ...regionsOfCaller(inquiry)];
  const answerTokens = body['max_completion_tokens'] ?? body['max_tokens'];
  return {
    contextTokens: estimateTokens(request),
    modalities,
    tools,
    regions,
    ...(typeof answerTokens === 'number' && answerTokens > 0 ? { answerTokens } : {}),
  };
}

function scorersOf(
  { policy, service }: Inquiry,
  decision: string,
  conversing: Conversing | undefined,
): Scorers {
  const scoring = policy.scoring?.byDecision.get(decision) ?? policy.scoring?.base ?? USUAL_SCORING;
  const { sight = {} } = service;
  return {
    scorers: cardScorers(scoring.weights),
    beside: sightScorers(scoring, sight, conversing?.shared),
    bar: ceilingBar(scoring.ceilings, sight.latency),
  };
}

function among(
  { policy }: Inquiry,
  candidates: readonly string[],
  { needs, scorers }: { readonly needs: Needs; readonly scorers: Scorers },
): Selection {
  const all = [...scorers.scorers, ...scorers.beside];
  return select({ candidates, models: policy.models, needs, scorers: all });
}

/** Who is asked one after the other, as far as what the models' answers told and the budget of further tries allow. */
function tries(
  inquiry: Inquiry,
  {
    ranked,
    decided: { models, fallback },
    needs,
    scorers,
  }: {
    readonly ranked: readonly ModelCard[];
    readonly decided: RouteDecision;
    readonly needs: Needs;
    readonly scorers: Scorers;
  },
): readonly ModelCard[] {
  const { service, ledger } = inquiry;
  if (fallback === undefined || service.fallback === undefined) return ranked.slice(0, 1);
  // Those that the router ruled out for this prompt are still better than no answer.
  const byCards = among(inquiry, models, { needs, scorers }).ranked;
  // In the order in which they are written: they were not chosen for this prompt.
  const more = fitting(inquiry, fallback.models, needs);
  const { health, budget } = service.fallback;
  const nowMs = service.clock.monotonicMs();
  const mayRetry = budget.mayRetry(nowMs);
  const isWell = (model: string) => health.stateOf(model, nowMs) === 'well';
  ledger.candidates = ledger.candidates.map((candidate) => withHealth(candidate, isWell));
  // Only a request that others can save may find out whether a model is well again.
  const order = tryOrder([...new Set([...ranked, ...byCards, ...more])], {
    health,
    nowMs,
    mayProbe: mayRetry,
  });
  const along = fallback.written === undefined ? order : alongOrder(order, fallback.written);
  return along.slice(0, mayRetry ? fallback.triesMax : 1);
}

/** Says of a model that failed of late that it stands back, however good it is. */
function withHealth(candidate: CandidateTrace, isWell: (model: string) => boolean): CandidateTrace {
  if (!candidate.kept || isWell(candidate.model)) return candidate;
  return { ...candidate, reason: 'fits, and stands back since it failed of late' };
}
