import type { SignalValue } from '../signals/contract.js';
import { type CompiledDecision, type CompiledDecisions, compileDecisions } from './decide.js';
import type { Decision } from './rule.js';
import { type Reading, type RuleNode, TRUE, truthOf } from './tree.js';

/** Something about a policy that its author cannot have meant. */
export interface Finding {
  readonly kind: 'contradiction' | 'unreachable';
  /** The decision that it is about. */
  readonly decision: string;
  /** The higher decision that always wins instead; only for `unreachable`. */
  readonly by?: string;
  /** For the author: what is wrong and what to do. */
  readonly message: string;
}

/**
 * Finds rules that can never hold, and decisions that a higher one always beats, by trying every combination of what
 * their signals can say. It never blames a rule wrongly; rules with too many combinations are not judged.
 */
export function checkDecisions(decisions: readonly Decision[]): readonly Finding[] {
  const compiled = compileDecisions(decisions);
  const findings: Finding[] = [];
  const above: CompiledDecision[] = [];
  for (const group of compiled.groups) {
    for (const member of group) {
      const finding = judge(compiled, member, above);
      if (finding !== undefined) findings.push(finding);
    }
    above.push(...group);
  }
  return findings;
}

function judge(
  compiled: CompiledDecisions,
  member: CompiledDecision,
  above: readonly CompiledDecision[],
): Finding | undefined {
  const decision = member.decision.name;
  if (holdsNowhere(compiled, member.root)) {
    return {
      kind: 'contradiction',
      decision,
      message: `The rule of decision ${JSON.stringify(decision)} can never hold: correct it or remove the decision.`,
    };
  }
  const shadow = above.find((higher) => holdsNowhere(compiled, member.root, higher.root));
  if (shadow === undefined) return undefined;
  const by = shadow.decision.name;
  return {
    kind: 'unreachable',
    decision,
    by,
    message:
      `Decision ${JSON.stringify(decision)} is never reached: whenever it holds, ${JSON.stringify(by)} holds too and ` +
      'ranks higher. Raise its priority, narrow the other rule, or remove it.',
  };
}

/** Above this many combinations a rule is not judged; it takes about a millisecond. */
const COMBINATIONS_MAX = 4096;

/** True when no combination of signal values lets `node` hold, or none does where `unless` does not hold as well. */
function holdsNowhere(compiled: CompiledDecisions, node: RuleNode, unless?: RuleNode): boolean {
  const minima = new Map<number, Set<number>>();
  collectMinima(node, minima);
  if (unless !== undefined) collectMinima(unless, minima);
  const choices = [...minima].map(([slot, mins]) => ({ slot, values: possibleValues([...mins]) }));
  if (choices.reduce((product, { values }) => product * values.length, 1) > COMBINATIONS_MAX) return false;
  const reading = new Array<SignalValue | undefined>(compiled.signals.length).fill(undefined);
  return !someReading(choices, reading, 0, (complete) => {
    return truthOf(node, complete) === TRUE && (unless === undefined || truthOf(unless, complete) !== TRUE);
  });
}

function collectMinima(node: RuleNode, minima: Map<number, Set<number>>): void {
  if (node.rule.kind === 'signal') {
    const mins = minima.get(node.slot) ?? new Set<number>();
    if (node.rule.min !== undefined) mins.add(node.rule.min);
    minima.set(node.slot, mins);
  }
  for (const child of node.children) collectMinima(child, minima);
}

/** All that a signal can say as far as these thresholds can tell: unknown, or matched or not at each side of each. */
function possibleValues(mins: readonly number[]): readonly SignalValue[] {
  const values: SignalValue[] = [{ state: 'unknown', reason: '' }];
  for (const score of [Number.NEGATIVE_INFINITY, ...mins]) {
    for (const matched of [true, false]) values.push({ state: 'known', matched, score, detail: '' });
  }
  return values;
}

interface Choice {
  readonly slot: number;
  readonly values: readonly SignalValue[];
}

function someReading(
  choices: readonly Choice[],
  reading: (SignalValue | undefined)[],
  from: number,
  accepts: (reading: Reading) => boolean,
): boolean {
  const choice = choices[from];
  if (choice === undefined) return accepts(reading);
  return choice.values.some((value) => {
    reading[choice.slot] = value;
    return someReading(choices, reading, from + 1, accepts);
  });
}
