import type { PromptRequest } from '../../openai/request.js';
import type { Goal } from '../../selection/expected-quality.js';
import { estimateTokens } from '../../signals/view.js';
import type { Inquiry } from '../inquiry.js';
import type { Trail } from '../trail.js';
import { explainCache } from './cache.js';
import { explainDecisionsOf, whyOf } from './decisions.js';
import { digits } from './digits.js';
import type { Explained } from './explained.js';
import { explainReading } from './reading.js';
import { explainSignals } from './signals.js';
import type { ExplainedRequest, ExplainedSelection, Explanation } from './value.js';

/** Puts together what serving left behind. Costs what it costs: it is not on the way of a request that is served. */
export function explanationOf(explained: Explained): Explanation {
  const { inquiry, trail, refusal, totalMs } = explained;
  const { ledger, plan } = inquiry;
  const decisions = explainDecisionsOf(explained);
  return {
    route: ledger.route,
    request: plan.request === undefined ? null : requestOf(plan.request),
    outcome: {
      path: ledger.path,
      decision: ledger.decision,
      model: ledger.model,
      why: whyOf(explained, decisions),
      error: refusal === undefined ? null : { code: refusal.code, message: refusal.message },
    },
    signals: explainSignals(explained),
    decisions,
    selection: selectionOf(inquiry),
    reasoning: reasoningOf(inquiry, trail),
    personal_data: ledger.personalData ?? null,
    cache: explainCache(explained),
    reading: explainReading(explained),
    ms: {
      stages: Object.fromEntries(
        Object.entries(ledger.stagesMs).map(([stage, ms]) => [stage, digits(ms, 3)]),
      ),
      total: digits(totalMs, 3),
    },
  };
}

function requestOf(request: PromptRequest): ExplainedRequest {
  return {
    api: request.api,
    model: request.model,
    turns: request.turns.length,
    chars: request.textChars,
    context_tokens: estimateTokens(request),
    modalities: request.modalities,
    tools: request.hasTools,
    stream: request.stream,
  };
}

function selectionOf({ ledger, policy, plan }: Inquiry): ExplainedSelection | null {
  const { candidates, model, decision } = ledger;
  if (candidates.length === 0) return null;
  const choice = policy.choices.get(decision);
  const byRouter = choice !== undefined && candidates.some(({ parts }) => parts['quality'] !== undefined);
  return {
    by: byRouter
      ? `what the router ${choice.router.name} expects, ${goalOf(choice.goal)}`
      : byCards(policy, decision),
    model,
    when_it_fails: plan.asked?.slice(1) ?? [],
    judged: plan.judging !== undefined,
    candidates: candidates.map(({ score, parts, ...candidate }) => ({
      ...candidate,
      score: digits(score, 6),
      parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, digits(part, 6)])),
    })),
  };
}

function byCards({ scoring }: Inquiry['policy'], decision: string): string {
  const { weights } = scoring?.byDecision.get(decision) ?? scoring?.base ?? {};
  if (weights === undefined) return WEIGHTS_FIRST;
  const { weight, price, ...seen } = weights;
  const isUsual = price * 100 <= weight && Object.values(seen).every((each) => each === 0);
  return isUsual ? WEIGHTS_FIRST : 'the sum of their scores';
}

const WEIGHTS_FIRST = "the cards' weights, then their prices";

function goalOf(goal: Goal): string {
  switch (goal.kind) {
    case 'bias':
      return `quality_bias ${goal.bias}`;
    case 'within':
      return `the cheapest within ${goal.ofBest} of the best`;
    case 'weighed':
      return `which counts ${goal.weight} in the sum of the scores`;
    case 'under':
      return `the best under ${goal.usdPer1000} USD per 1,000 requests`;
  }
}

function reasoningOf({ ledger }: Inquiry, { thinking = [] }: Trail): Explanation['reasoning'] {
  const told = thinking.find(({ model }) => model === ledger.model);
  if (told === undefined) return null;
  const edits = told.members.map(({ path, value }) => ({ path: path.join('.'), value }));
  return { model: told.model, thinks: told.thinks, edits };
}
