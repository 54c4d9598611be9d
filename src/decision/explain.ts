import type { SignalValue } from '../signals/contract.js';
import { confidenceOf } from './confidence.js';
import { type CompiledDecisions, decide } from './decide.js';
import type { OnUnknown, Rule, SignalRule } from './rule.js';
import { FALSE, PENDING, type Reading, type RuleNode, TRUE, truthOf } from './tree.js';

export type Truth = 'true' | 'false' | 'pending';

/** Why one decision won or not. */
export interface DecisionTrace {
  readonly decision: string;
  readonly priority: number;
  readonly truth: Truth;
  readonly won: boolean;
  /** 0 to 1, the least that it can be by what is known; 0 unless the decision holds. */
  readonly confidence: number;
  readonly rule: RuleTrace;
}

/** One node of a rule, with what it came out as. */
export interface RuleTrace {
  readonly kind: Rule['kind'];
  readonly truth: Truth;
  /** Only where the node is a signal. */
  readonly signal?: SignalTrace;
  readonly rules: readonly RuleTrace[];
}

export interface SignalTrace {
  readonly name: string;
  readonly state: 'known' | 'unknown' | 'pending';
  /** On the signal's own scale. */
  readonly score?: number;
  /**
   * What the score was held against, on the same scale: the nearer of the rule's bounds, else the signal's own threshold.
   */
  readonly threshold?: number;
  /** How far the score is on the side of the threshold that lets the node hold; below 0 on the other one. */
  readonly margin?: number;
  /** What the signal says for itself, or why it is unknown. */
  readonly detail?: string;
  /** What an unknown signal counted as. */
  readonly countedAs?: OnUnknown;
}

/** Every decision in the order in which they win, with its rule tree. For people: slower than `decide`. */
export function explainDecisions(
  compiled: CompiledDecisions,
  values: ReadonlyMap<string, SignalValue>,
): readonly DecisionTrace[] {
  const reading = compiled.signals.map((name) => values.get(name));
  const outcome = decide(compiled, values);
  const winner = outcome.kind === 'decided' ? outcome.decision : undefined;
  return compiled.groups.flat().map(({ decision, root }) => {
    const truth = truthOf(root, reading);
    return {
      decision: decision.name,
      priority: decision.priority,
      truth: wordOf(truth),
      won: decision === winner,
      confidence: truth === TRUE ? confidenceOf(root, reading, TRUE).min : 0,
      rule: traceRule(root, reading),
    };
  });
}

function traceRule(node: RuleNode, reading: Reading): RuleTrace {
  const trace = {
    kind: node.kind,
    truth: wordOf(truthOf(node, reading)),
    rules: node.children.map((child) => traceRule(child, reading)),
  };
  if (node.rule.kind !== 'signal') return trace;
  return { ...trace, signal: traceSignal(node.rule, reading[node.slot]) };
}

function traceSignal(rule: SignalRule, value: SignalValue | undefined): SignalTrace {
  const name = rule.signal;
  if (value === undefined) return { name, state: 'pending' };
  if (value.state === 'unknown') {
    return { name, state: 'unknown', detail: value.reason, countedAs: rule.onUnknown };
  }
  const { score, detail } = value;
  const bound = nearestBound(rule, value);
  return bound === undefined
    ? { name, state: 'known', score, detail }
    : { name, state: 'known', score, ...bound, detail };
}

/** Of two bounds the one that decides: the one that is missed, or that is missed next. */
function nearestBound(
  { min, max }: SignalRule,
  { score, threshold }: SignalValue & { state: 'known' },
): { readonly threshold: number; readonly margin: number } | undefined {
  const lower = min === undefined ? undefined : { threshold: min, margin: score - min };
  const upper = max === undefined ? undefined : { threshold: max, margin: max - score };
  if (lower !== undefined && upper !== undefined) return upper.margin < lower.margin ? upper : lower;
  const own = threshold === undefined ? undefined : { threshold, margin: score - threshold };
  return lower ?? upper ?? own;
}

function wordOf(truth: number): Truth {
  if (truth === PENDING) return 'pending';
  return truth === FALSE ? 'false' : 'true';
}
