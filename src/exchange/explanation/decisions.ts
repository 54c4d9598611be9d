import { decide } from '../../decision/decide.js';
import { explainDecisions, type RuleTrace } from '../../decision/explain.js';
import { hangsOnUnread } from '../../decision/unread.js';
import type { SignalValue } from '../../signals/contract.js';
import { digits } from './digits.js';
import type { Explained } from './explained.js';
import type { ExplainedDecision, ExplainedRule } from './value.js';

/** Every decision of the policy with its rule tree, by the signals that were asked on the way and no others. */
export function explainDecisionsOf(explained: Explained): readonly ExplainedDecision[] {
  const { inquiry } = explained;
  const { decisions } = inquiry.policy;
  const actions = new Map(decisions.groups.flat().map(({ decision }) => [decision.name, decision.action]));
  const winner = winnerOf(explained);
  return explainDecisions(decisions, valuesOf(explained)).map((trace) => {
    const action = actions.get(trace.decision);
    return {
      name: trace.decision,
      priority: trace.priority,
      action: action?.kind ?? 'route',
      models: action?.kind === 'route' ? action.models : [],
      truth: trace.truth,
      won: trace.decision === winner,
      confidence: digits(trace.confidence, 4),
      rule: ruleOf(trace.rule),
    };
  });
}

/** Says in a sentence why the request went where it went. */
export function whyOf(explained: Explained, decisions: readonly ExplainedDecision[]): string {
  const { inquiry, refusal } = explained;
  const { ledger, policy } = inquiry;
  if (ledger.path === 'cache') return 'the cache holds the answer';
  if (ledger.path === 'passthrough') return 'the client names the model itself';
  const won = decisions.find((each) => each.won);
  if (refusal?.code === 'not_in_cache') return 'the client takes a stored answer or none';
  if (ledger.path === 'error') return unchecked(explained) ?? undecided(explained);
  const { outcome, types = [] } = ledger.personalData ?? {};
  if (outcome === 'blocked') return `the policy lets personal data pass to no model: ${types.join(', ')}`;
  if (won !== undefined) return whyWon(won, decisions);
  return `no decision holds, so the default model answers: ${policy.defaultModel.name}`;
}

/** A request that ended in the cache may have been decided before; what it was decided by then is in the values. */
function winnerOf(explained: Explained): string | undefined {
  const { ledger, policy } = explained.inquiry;
  if (ledger.path !== 'cache' && ledger.decision !== '') return ledger.decision;
  const outcome = decide(policy.decisions, valuesOf(explained));
  return outcome.kind === 'decided' ? outcome.decision?.name : undefined;
}

function whyWon(won: ExplainedDecision, decisions: readonly ExplainedDecision[]): string {
  const rivals = decisions.filter(
    (each) => each !== won && each.truth === 'true' && each.priority === won.priority,
  );
  const rank = `it has the highest priority, ${won.priority}, of those that hold`;
  if (rivals.length === 0) return rank;
  if (won.action === 'block' && rivals.every(({ action }) => action === 'route')) {
    return `${rank}, and a block comes before a route`;
  }
  const next = Math.max(...rivals.map(({ confidence }) => confidence));
  return won.confidence > next
    ? `${rank}, and is surer than the next: ${won.confidence} against ${next}`
    : `${rank}, and is written first among equals`;
}

function unchecked({ inquiry, refusal, ...explained }: Explained): string | undefined {
  if (refusal?.code !== 'prompt_too_long_to_check') return undefined;
  const won = inquiry.policy.decisions.groups
    .flat()
    .find(({ decision }) => decision.name === inquiry.ledger.decision);
  if (won === undefined) return undefined;
  const chars = hangsOnUnread(won.decision, valuesOf({ ...explained, inquiry, refusal }));
  return `${won.decision.name} would block only because ${chars} characters were left unread`;
}

function undecided({ inquiry }: Explained): string {
  return inquiry.plan.request === undefined ? 'the body cannot be read' : 'it could not be decided';
}

function valuesOf({ trail }: Explained): ReadonlyMap<string, SignalValue> {
  return trail.board?.values ?? new Map();
}

function ruleOf({ kind, truth, signal, rules }: RuleTrace): ExplainedRule {
  const node = { kind, truth, rules: rules.map(ruleOf) };
  if (signal === undefined) return node;
  const { name, state, score, threshold, margin, countedAs } = signal;
  const rounded = (value: number | undefined) => (value === undefined ? null : digits(value, 4));
  return {
    ...node,
    signal: {
      name,
      state,
      score: rounded(score),
      threshold: rounded(threshold),
      margin: rounded(margin),
      counted_as: countedAs ?? null,
    },
  };
}
