import { decide } from '../decision/decide.js';
import type { Decision } from '../decision/rule.js';
import { hangsOnUnread } from '../decision/unread.js';
import { err, ok, type Result } from '../lib/result.js';
import { SextantError } from '../lib/sextant-error.js';
import type { CascadePolicy } from '../selection/cascade.js';
import type { FallbackPolicy } from '../selection/fallback.js';
import type { ReasoningPolicy } from '../selection/reasoning.js';
import type { PersonalPolicy } from '../signals/personal-policy.js';
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
  /** How much the model shall think; absent leaves it to client and model. */
  readonly reasoning?: ReasoningPolicy | undefined;
  /** Regions of which the model must be in one; absent: it may be anywhere. */
  readonly residency?: readonly string[] | undefined;
  /** What happens when the chosen model fails; absent: nothing. */
  readonly fallback?: FallbackPolicy | undefined;
  /** What is done about personal data; absent: nothing. */
  readonly personalData?: PersonalPolicy | undefined;
  /** Who answers in place of a weak answer; absent: nobody. */
  readonly cascade?: CascadePolicy | undefined;
}

/** Blocks that need no encoder come first of all: they must hold before any cached answer is looked for. */
export async function blockedByRules(
  inquiry: Inquiry,
  board: SignalBoard,
  { search }: Pick<Readers, 'search'>,
): Promise<Result<Blocked | undefined, SextantError>> {
  const { ruleBlocks } = inquiry.policy;
  for (;;) {
    const outcome = decide(ruleBlocks, board.values);
    if (outcome.kind === 'decided') {
      const unchecked = uncheckedFor(inquiry, outcome.decision, board);
      return unchecked === undefined ? ok(blockOf(outcome.decision)) : err(unchecked);
    }
    const personal = board.searches(outcome.signals) ? await search() : undefined;
    board.evaluate(outcome.signals, { personal });
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
  const { policy } = inquiry;
  const decided = await classify(policy, policy.decisions, board, readers);
  if (!decided.ok) return decided;
  const { decision } = decided.value;
  const unchecked = uncheckedFor(inquiry, decision, board);
  if (unchecked !== undefined) return err((await failureOf(inquiry, readers)) ?? unchecked);
  return ok({
    name: decision?.name ?? DEFAULT_DECISION,
    block: blockOf(decision),
    models: decision?.action.kind === 'route' ? decision.action.models : [policy.defaultModel.name],
    cache: decision?.cache ?? true,
    reasoning: decision?.reasoning,
    residency: decision?.residency,
    fallback: decision === undefined ? policy.fallback : decision.fallback,
    personalData: decision?.personalData ?? policy.personalData,
    cascade: decision?.cascade,
  });
}

/** What the client is told where a block won only because of text that nobody looked at; else undefined. */
function uncheckedFor(
  inquiry: Inquiry,
  decision: Decision | undefined,
  board: SignalBoard,
): SextantError | undefined {
  if (decision?.action.kind !== 'block') return undefined;
  const unread = hangsOnUnread(decision, board.values);
  if (unread === 0) return undefined;
  inquiry.ledger.decision = decision.name;
  return tooLongToCheck(inquiry, unread);
}

/** Why a reading failed, if there was one: a search alone starts none. */
async function failureOf({ ledger }: Inquiry, readers: Readers): Promise<SextantError | undefined> {
  return ledger.windows === undefined ? undefined : (await readers.readWhole()).failure;
}

function blockOf(decision: Decision | undefined): Blocked | undefined {
  if (decision?.action.kind !== 'block') return undefined;
  return { decision: decision.name, message: decision.action.message };
}

/** What the client is told of characters that nobody looked at, where nothing may pass unchecked. */
export function tooLongToCheck({ policy, plan }: Inquiry, unread: number): SextantError {
  const { windowsMax, deadlineMs } = policy.reading;
  return new SextantError(
    'prompt_too_long_to_check',
    `${unread} characters of the conversation could not be checked within the limits of this gateway (${windowsMax} ` +
      `windows of text, ${deadlineMs} ms), and nothing passes unchecked here. Shorten the messages, or leave out ` +
      'earlier ones.',
    { param: plan.request?.api === 'completions' ? 'prompt' : 'messages' },
  );
}
