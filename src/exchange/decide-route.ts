import { decide } from '../decision/decide.js';
import type { Decision } from '../decision/rule.js';
import { ok, type Result } from '../lib/result.js';
import type { SextantError } from '../lib/sextant-error.js';
import { classify, type Embed, type SignalBoard } from './classify.js';
import type { Inquiry } from './inquiry.js';

/** The name that headers and metrics show when no decision matched. */
export const DEFAULT_DECISION = 'default';

/** A refusal that the policy asks for. */
export interface Blocked {
  readonly decision: string;
  readonly message: string;
}

/** What the policy says of a prompt: refuse it, or which models may answer. */
export interface RouteDecision {
  readonly name: string;
  readonly block: Blocked | undefined;
  /** Candidate models by name, in the order of the policy. */
  readonly models: readonly string[];
  /** False when the decision keeps its answers out of the cache. */
  readonly cache: boolean;
}

/** Blocks that need no encoder come first of all: they must hold before any cached answer is looked for. */
export function blockedByRules(inquiry: Inquiry, board: SignalBoard): Blocked | undefined {
  const { ruleBlocks } = inquiry.policy;
  for (;;) {
    const outcome = decide(ruleBlocks, board.values);
    if (outcome.kind === 'decided') return blockOf(outcome.decision);
    board.evaluate(outcome.signals);
  }
}

/** The decision that wins among all. */
export async function decideRoute(
  inquiry: Inquiry,
  board: SignalBoard,
  embed: Embed,
): Promise<Result<RouteDecision, SextantError>> {
  const { policy } = inquiry;
  const decided = await classify(policy, policy.decisions, board, embed);
  if (!decided.ok) return decided;
  const { decision } = decided.value;
  return ok({
    name: decision?.name ?? DEFAULT_DECISION,
    block: blockOf(decision),
    models: decision?.action.kind === 'route' ? decision.action.models : [policy.defaultModel.name],
    cache: decision?.cache ?? true,
  });
}

function blockOf(decision: Decision | undefined): Blocked | undefined {
  if (decision?.action.kind !== 'block') return undefined;
  return { decision: decision.name, message: decision.action.message };
}
