import type { SignalCost, SignalValue } from '../signals/contract.js';
import { type Bounds, collectUnsettled, confidenceOf } from './confidence.js';
import type { Decision, Rule } from './rule.js';
import {
  collectUndecided,
  compileRule,
  FALSE,
  PENDING,
  type Reading,
  type RuleNode,
  SignalSlots,
  TRUE,
  truthOf,
} from './tree.js';

/** What the policy makes of a prompt, as far as its signals are known. */
export type DecisionOutcome = Decided | NeedsSignals;

export interface Decided {
  readonly kind: 'decided';
  /** Undefined when no decision holds: the default model answers. */
  readonly decision: Decision | undefined;
  /** 0 to 1, as `confidenceOf` defines it; the least that it can be where signals that could raise it were not asked. */
  readonly confidence: number;
}

/** The winner hangs on these signals. */
export interface NeedsSignals {
  readonly kind: 'needs';
  readonly signals: readonly string[];
}

/** Decisions made ready to be asked often. Immutable: one value serves every request. */
export interface CompiledDecisions {
  /** Signals by number, as the rules' nodes hold them. */
  readonly signals: readonly string[];
  /** Decisions of equal rank share a group; groups and their members stand in the order in which they win. */
  readonly groups: readonly (readonly CompiledDecision[])[];
}

export interface CompiledDecision {
  readonly decision: Decision;
  readonly root: RuleNode;
}

/**
 * Ranks and prepares decisions: the highest priority first and, within one priority, blocks before routes, so that a
 * prompt which both claim is refused. Among those the higher confidence wins, then the one written first.
 */
export function compileDecisions(decisions: readonly Decision[]): CompiledDecisions {
  const slots = new SignalSlots();
  const groups: CompiledDecision[][] = [];
  let previous: Decision | undefined;
  for (const decision of ranked(decisions)) {
    if (previous === undefined || compareRank(previous, decision) !== 0) groups.push([]);
    groups.at(-1)?.push({ decision, root: compileRule(decision.when, slots) });
    previous = decision;
  }
  return { signals: slots.names, groups };
}

/**
 * The decision that wins by the values known so far, or the signals to evaluate before that can be said. A signal
 * without a value is pending; a decision that may still hold keeps all lower ones from winning.
 *
 * Signals are named group by group: those of lower decisions only once nothing above can win, since asking them sooner
 * would be work in vain whenever something above does.
 */
export function decide(
  compiled: CompiledDecisions,
  values: ReadonlyMap<string, SignalValue>,
): DecisionOutcome {
  const reading = compiled.signals.map((name) => values.get(name));
  for (const group of compiled.groups) {
    const contenders: Contender[] = [];
    for (const member of group) {
      const truth = truthOf(member.root, reading);
      if (truth !== FALSE) contenders.push({ member, truth });
    }
    if (contenders.length > 0) return contest(compiled, reading, contenders);
  }
  return { kind: 'decided', decision: undefined, confidence: 0 };
}

/**
 * The part of a policy that settles blocks before the encoder is asked, in the order of the policy: every block that
 * rules alone can judge, with the routes that outrank it. A block is left out when a route that needs the encoder
 * outranks it, because that route might win.
 */
export function ruleOnlyBlocks(
  decisions: readonly Decision[],
  costOf: (signal: string) => SignalCost,
): readonly Decision[] {
  const kept = new Set<Decision>();
  let routes: Decision[] = [];
  for (const decision of ranked(decisions)) {
    const byRules = signalsOf(decision.when).every((name) => costOf(name) === 'rule');
    if (decision.action.kind === 'route') {
      if (!byRules) break;
      routes.push(decision);
    } else if (byRules) {
      for (const route of routes) kept.add(route);
      routes = [];
      kept.add(decision);
    }
  }
  return decisions.filter((decision) => kept.has(decision));
}

/** Names of the signals that a rule looks at, each once. */
export function signalsOf(rule: Rule): readonly string[] {
  const slots = new SignalSlots();
  compileRule(rule, slots);
  return slots.names;
}

function ranked(decisions: readonly Decision[]): readonly Decision[] {
  return [...decisions].sort(compareRank);
}

function compareRank(a: Decision, b: Decision): number {
  return b.priority - a.priority || Number(b.action.kind === 'block') - Number(a.action.kind === 'block');
}

/** A decision that holds, or may. */
interface Contender {
  readonly member: CompiledDecision;
  readonly truth: number;
}

/** Picks among decisions of equal rank. They are in the order in which they were written, and so stay. */
function contest(
  compiled: CompiledDecisions,
  reading: Reading,
  contenders: readonly Contender[],
): DecisionOutcome {
  const bounds = contenders.map(({ member }) => confidenceOf(member.root, reading, TRUE));
  const best = findBest(contenders, bounds);
  const rivals = contenders.filter((_, index) => index === best || mayBeat(bounds, index, best));
  const winner = contenders[best];
  if (winner !== undefined && rivals.length === 1) {
    return { kind: 'decided', decision: winner.member.decision, confidence: bounds[best]?.min ?? 0 };
  }
  const slots = new Set<number>();
  for (const { member } of rivals) collectUndecided(member.root, reading, slots);
  if (slots.size === 0) {
    for (const { member } of rivals) collectUnsettled(member.root, reading, slots);
  }
  return { kind: 'needs', signals: [...slots].map((slot) => compiled.signals[slot] ?? '') };
}

/** Index of the one that holds with the most certain confidence, or -1 while none holds for sure. */
function findBest(contenders: readonly Contender[], bounds: readonly Bounds[]): number {
  let best = -1;
  for (const [index, { truth }] of contenders.entries()) {
    if (truth === PENDING) continue;
    if (best < 0 || (bounds[index]?.min ?? 0) > (bounds[best]?.min ?? 0)) best = index;
  }
  return best;
}

function mayBeat(bounds: readonly Bounds[], index: number, best: number): boolean {
  const most = bounds[index]?.max ?? 0;
  const least = bounds[best]?.min ?? 0;
  return best < 0 || most > least || (most === least && index < best);
}
