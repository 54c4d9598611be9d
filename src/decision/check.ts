import { type CompiledDecision, compileDecisions } from './decide.js';
import type { Decision } from './rule.js';
import { createSolver, type Solver } from './satisfy.js';
import type { Scale } from './scale.js';
import { collectSlots, type RuleNode } from './tree.js';

/** Something about a policy that its author cannot have meant, or that could not be looked at. */
export interface Finding {
  /** `unjudged`: the rules have too many combinations to say whether anything is wrong with them. */
  readonly kind: 'contradiction' | 'always-true' | 'unreachable' | 'unjudged';
  /** The decision that it is about. */
  readonly decision: string;
  /** The decision that always wins instead, where a single one does; only for `unreachable`. */
  readonly by?: string;
  /** For the author: what is wrong and what to do. */
  readonly message: string;
}

/** Up to here a rule, or those that rank above it together, are looked at; more signals may have too many values. */
const SIGNALS_MAX = 20;
/** Each takes about half a microsecond for a rule of usual size. */
const STEPS_PER_GOAL_MAX = 200_000;
const STEPS_MAX = 1_000_000;

/**
 * Finds rules that can never hold or always do, and decisions that higher ones always beat, by searching what their
 * signals can say. It never blames a rule wrongly; where the search would take too long it says so.
 *
 * @param scales what each signal can say, by name; without it a signal may match with any score
 */
export function checkDecisions(
  decisions: readonly Decision[],
  scales: ReadonlyMap<string, Scale> = new Map(),
): readonly Finding[] {
  const { signals, groups } = compileDecisions(decisions);
  const solver = createSolver({
    signals,
    scales,
    stepsPerGoalMax: STEPS_PER_GOAL_MAX,
    stepsMax: STEPS_MAX,
  });
  const above: Ranked[] = [];
  return groups.flatMap((group) => {
    const members = group.map((member) => ({ ...member, slots: slotsOf(member.root) }));
    const findings = members.flatMap((member, index) =>
      judge(member, { above, equals: members.slice(0, index), solver }),
    );
    above.push(...members);
    return findings;
  });
}

interface Ranked extends CompiledDecision {
  /** The signals that it looks at, by number. */
  readonly slots: ReadonlySet<number>;
}

interface Rivals {
  /** Those of a higher rank. */
  readonly above: readonly Ranked[];
  /** Those of the same rank that were written before. */
  readonly equals: readonly Ranked[];
  readonly solver: Solver;
}

function judge(member: Ranked, rivals: Rivals): readonly Finding[] {
  const { decision, root, slots } = member;
  const { solver } = rivals;
  const possible = slots.size > SIGNALS_MAX ? undefined : solver.canBe({ holds: root, fail: [] });
  if (possible === undefined) return [unjudged(decision, 'its rule')];
  if (!possible) return [contradiction(decision)];
  const always = root.kind !== 'always' && solver.canBe({ fail: [root] }, { knownOnly: true }) === false;
  return [...(always ? [alwaysTrue(decision)] : []), ...unreachable(member, rivals)];
}

function unreachable(member: Ranked, { above, equals, solver }: Rivals): readonly Finding[] {
  const { decision } = member;
  const twin = equals.find((other) => isSameRule(other, member));
  if (twin !== undefined) return [neverReached(decision, twin.decision, 'says the same and comes first')];
  // A rule without signals says the same of every prompt, so it hides others without sharing anything with them.
  const related = above.filter((other) => other.slots.size === 0 || sharesSignals(other, member));
  const one = related.find((other) => hides(solver, [other], member) === true);
  if (one !== undefined) return [neverReached(decision, one.decision, 'holds too and ranks higher')];
  if (above.length === 0) return [];
  // What shares no signal with the rule can still help to hide it: `a` and `not a` together hide everything.
  const rivals = signalCount([member, ...above]) > SIGNALS_MAX ? related : above;
  const hidden = hides(solver, rivals, member);
  if (hidden === undefined) return [unjudged(decision, 'what ranks above it')];
  return hidden ? [hiddenTogether(decision)] : [];
}

/** Whether one of `above` holds wherever the member does; undefined where that is not to be found out. */
function hides(solver: Solver, above: readonly Ranked[], member: Ranked): boolean | undefined {
  if (signalCount([member, ...above]) > SIGNALS_MAX) return undefined;
  const seen = solver.canBe({ holds: member.root, fail: above.map(({ root }) => root) });
  return seen === undefined ? undefined : !seen;
}

function neverReached(decision: Decision, by: Decision, why: string): Finding {
  const message =
    `Decision ${quoted(decision)} is never reached: whenever it holds, ${quoted(by)} ${why}. ` +
    'Raise its priority, narrow the other rule, or remove it.';
  return { kind: 'unreachable', decision: decision.name, by: by.name, message };
}

function hiddenTogether(decision: Decision): Finding {
  const message =
    `Decision ${quoted(decision)} is never reached: whenever it holds, one of those that rank higher holds too. ` +
    'Raise its priority, narrow the others, or remove it.';
  return { kind: 'unreachable', decision: decision.name, message };
}

function contradiction(decision: Decision): Finding {
  const message = `The rule of decision ${quoted(decision)} can never hold: correct it or remove the decision.`;
  return { kind: 'contradiction', decision: decision.name, message };
}

function alwaysTrue(decision: Decision): Finding {
  const message =
    `The rule of decision ${quoted(decision)} holds whatever its signals find: correct it, or write "always" if every ` +
    'prompt is meant.';
  return { kind: 'always-true', decision: decision.name, message };
}

function unjudged(decision: Decision, what: string): Finding {
  const message =
    `Decision ${quoted(decision)} was not checked for contradictions: ${what} has too many combinations ` +
    `(more than ${SIGNALS_MAX} signals, or too long a search).`;
  return { kind: 'unjudged', decision: decision.name, message };
}

function slotsOf(root: RuleNode): ReadonlySet<number> {
  const slots = new Set<number>();
  collectSlots(root, slots);
  return slots;
}

function signalCount(members: readonly Ranked[]): number {
  return new Set(members.flatMap(({ slots }) => [...slots])).size;
}

function sharesSignals(a: Ranked, b: Ranked): boolean {
  return [...a.slots].some((slot) => b.slots.has(slot));
}

function isSameRule(a: CompiledDecision, b: CompiledDecision): boolean {
  return JSON.stringify(a.decision.when) === JSON.stringify(b.decision.when);
}

function quoted({ name }: Decision): string {
  return JSON.stringify(name);
}
