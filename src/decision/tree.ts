import type { SignalValue } from '../signals/contract.js';
import type { Rule, SignalRule } from './rule.js';

/** Kleene's three values as numbers, so that "pending" lies between the two that it may become. */
export const FALSE = -1;
export const PENDING = 0;
export const TRUE = 1;

/** A rule made ready to be asked often: signals are numbered, and every node has the same fields. */
export interface RuleNode {
  readonly rule: Rule;
  readonly kind: Rule['kind'];
  /** Number of the signal among those of all rules; -1 where the node is no signal. */
  readonly slot: number;
  readonly children: readonly RuleNode[];
}

/** Numbers the signals of many rules. */
export class SignalSlots {
  readonly names: string[] = [];
  private readonly slots = new Map<string, number>();

  slotOf(name: string): number {
    const known = this.slots.get(name);
    if (known !== undefined) return known;
    this.slots.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

export function compileRule(rule: Rule, slots: SignalSlots): RuleNode {
  switch (rule.kind) {
    case 'always':
      return { rule, kind: rule.kind, slot: -1, children: [] };
    case 'signal':
      return { rule, kind: rule.kind, slot: slots.slotOf(rule.signal), children: [] };
    case 'not':
      return { rule, kind: rule.kind, slot: -1, children: [compileRule(rule.rule, slots)] };
    case 'all':
    case 'any':
      return {
        rule,
        kind: rule.kind,
        slot: -1,
        children: rule.rules.map((part) => compileRule(part, slots)),
      };
  }
}

/** The value of each signal by its number; undefined while it is pending. */
export type Reading = readonly (SignalValue | undefined)[];

/** Whether the rule holds by what is known so far. An empty `all` holds, an empty `any` does not. */
export function truthOf(node: RuleNode, reading: Reading): number {
  switch (node.kind) {
    case 'always':
      return TRUE;
    case 'signal':
      return truthOfSignal(node, reading[node.slot]);
    case 'not':
      return -foldTruth(node.children, reading, TRUE);
    case 'all':
      return foldTruth(node.children, reading, TRUE);
    case 'any':
      return -foldTruth(node.children, reading, FALSE);
  }
}

/**
 * The least truth among the nodes, each taken with `sign`: with TRUE their conjunction, and with FALSE that of their
 * opposites, which is the opposite of their disjunction.
 */
function foldTruth(nodes: readonly RuleNode[], reading: Reading, sign: number): number {
  let least = TRUE;
  for (const node of nodes) {
    const truth = truthOf(node, reading) * sign;
    if (truth === FALSE) return FALSE;
    if (truth < least) least = truth;
  }
  return least;
}

function truthOfSignal(node: RuleNode, value: SignalValue | undefined): number {
  if (value === undefined || node.rule.kind !== 'signal') return PENDING;
  if (value.state === 'unknown') return node.rule.onUnknown === 'match' ? TRUE : FALSE;
  return holdsFor(node.rule, value) ? TRUE : FALSE;
}

function holdsFor({ min, max }: SignalRule, { matched, score }: SignalValue & { state: 'known' }): boolean {
  if (min === undefined && max === undefined) return matched;
  // Said so that a score which is no number lies within no bounds.
  return (min === undefined || score >= min) && (max === undefined || score <= max);
}

/** Adds the pending signals that the truth of a pending node still hangs on. */
export function collectUndecided(node: RuleNode, reading: Reading, slots: Set<number>): void {
  if (truthOf(node, reading) !== PENDING) return;
  if (node.kind === 'signal') slots.add(node.slot);
  for (const child of node.children) collectUndecided(child, reading, slots);
}

/** Adds the numbers of all signals that the rule looks at. */
export function collectSlots(node: RuleNode, slots: Set<number>): void {
  if (node.kind === 'signal') slots.add(node.slot);
  for (const child of node.children) collectSlots(child, slots);
}
