import { decide } from '../decision/decide.js';
import type { Decision } from '../decision/rule.js';
import { hangsOnUnread } from '../decision/unread.js';
import { err, ok, type Result } from '../lib/result.js';
import { SextantError } from '../lib/sextant-error.js';
import { classify, type Readers, type SignalBoard } from './classify.js';
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

/**
 * The decision that wins among all. A block that won only because text was left unread is no verdict on the prompt:
 * the client is told what could not be checked, on guarded and unguarded routes alike.
 */
export async function decideRoute(
  inquiry: Inquiry,
  board: SignalBoard,
  readers: Readers,
): Promise<Result<RouteDecision, SextantError>> {
  const { policy, ledger } = inquiry;
  const decided = await classify(policy, policy.decisions, board, readers);
  if (!decided.ok) return decided;
  const { decision } = decided.value;
  if (decision?.action.kind === 'block') {
    const unread = hangsOnUnread(decision, board.values);
    if (unread > 0) {
      ledger.decision = decision.name;
      return err((await readers.readWhole()).failure ?? tooLongToCheck(inquiry, unread));
    }
  }
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

function tooLongToCheck({ policy, plan }: Inquiry, unread: number): SextantError {
  const { windowsMax, deadlineMs } = policy.reading;
  return new SextantError(
    'prompt_too_long_to_check',
    `${unread} characters of the conversation could not be checked within the limits of this gateway (${windowsMax} ` +
      `windows of text, ${deadlineMs} ms), and nothing passes unchecked here. Shorten the messages, or leave out ` +
      'earlier ones.',
    { param: plan.request?.api === 'completions' ? 'prompt' : 'messages' },
  );
}
