import type { SignalValue } from '../signals/contract.js';
import { knownValues, type Scale } from './scale.js';
import { collectUndecided, FALSE, PENDING, type RuleNode, TRUE, truthOf } from './tree.js';

/** Rules of which one must hold, or not hold, and the others must not hold. */
export interface Goal {
  /** Absent where only the others count. */
  readonly holds?: RuleNode;
  readonly fail: readonly RuleNode[];
}

/** Looks for values of the signals under which rules come out as wanted. */
export interface Solver {
  /**
   * Whether there are such values; undefined when that took too long to find out. Signals may also be unknown, unless
   * `knownOnly` says that only what they find counts.
   */
  canBe(goal: Goal, options?: { readonly knownOnly?: boolean }): boolean | undefined;
}

export interface SolverOptions {
  /** Names of the signals by their numbers in the rules. */
  readonly signals: readonly string[];
  readonly scales: ReadonlyMap<string, Scale>;
  /** Rules that may be evaluated for one goal; some ten million take a second. */
  readonly stepsPerGoalMax: number;
  readonly stepsMax: number;
}

/**
 * Tries values signal by signal and gives a branch up as soon as what is set says that it cannot succeed, which the
 * three-valued truth of a rule tells. Values that all rules of a goal take alike are tried once.
 */
export function createSolver(options: SolverOptions): Solver {
  let stepsLeft = options.stepsMax;
  return {
    canBe(goal, { knownOnly = false } = {}) {
      const search = new Search(options, goal, knownOnly, Math.min(stepsLeft, options.stepsPerGoalMax));
      const found = search.run(goal);
      stepsLeft -= search.steps;
      return found;
    },
  };
}

class Search {
  steps = 0;
  private readonly reading: (SignalValue | undefined)[];
  private readonly choices: ReadonlyMap<number, readonly SignalValue[]>;

  constructor(
    { signals, scales }: SolverOptions,
    goal: Goal,
    knownOnly: boolean,
    private readonly stepsMax: number,
  ) {
    this.reading = new Array<SignalValue | undefined>(signals.length).fill(undefined);
    const leaves = new Map<number, RuleNode[]>();
    for (const node of nodesOf(goal)) collectLeaves(node, leaves);
    this.choices = new Map(
      [...leaves].map(([slot, nodes]) => [
        slot,
        distinctValues(nodes, { slot, scale: scales.get(signals[slot] ?? ''), knownOnly }),
      ]),
    );
  }

  run(goal: Goal): boolean | undefined {
    const open: RuleNode[] = [];
    if (goal.holds !== undefined) {
      const truth = this.truth(goal.holds);
      if (truth === FALSE) return false;
      if (truth === PENDING) open.push(goal.holds);
    }
    const fail: RuleNode[] = [];
    for (const node of goal.fail) {
      const truth = this.truth(node);
      if (truth === TRUE) return false;
      if (truth === PENDING) fail.push(node);
    }
    const slot = this.undecided(open[0] ?? fail[0]);
    if (slot === undefined) return true;
    return this.branch(slot, { ...(open[0] === undefined ? {} : { holds: open[0] }), fail });
  }

  private branch(slot: number, rest: Goal): boolean | undefined {
    let answer: boolean | undefined = false;
    for (const value of this.choices.get(slot) ?? []) {
      if (this.steps >= this.stepsMax) {
        answer = undefined;
        break;
      }
      this.reading[slot] = value;
      const found = this.run(rest);
      if (found === true) return true;
      if (found === undefined) answer = undefined;
    }
    this.reading[slot] = undefined;
    return answer;
  }

  private truth(node: RuleNode): number {
    this.steps += 1;
    return truthOf(node, this.reading);
  }

  private undecided(node: RuleNode | undefined): number | undefined {
    const slots = new Set<number>();
    if (node !== undefined) collectUndecided(node, this.reading, slots);
    const [first] = slots;
    return first;
  }
}

function nodesOf({ holds, fail }: Goal): readonly RuleNode[] {
  return holds === undefined ? fail : [holds, ...fail];
}

function collectLeaves(node: RuleNode, leaves: Map<number, RuleNode[]>): void {
  if (node.kind === 'signal') {
    const known = leaves.get(node.slot);
    if (known === undefined) leaves.set(node.slot, [node]);
    else known.push(node);
  }
  for (const child of node.children) collectLeaves(child, leaves);
}

interface Choosing {
  readonly slot: number;
  readonly scale: Scale | undefined;
  readonly knownOnly: boolean;
}

/** What the signal can say, each thing once as far as these places of the rules can tell. */
function distinctValues(
  leaves: readonly RuleNode[],
  { slot, scale, knownOnly }: Choosing,
): readonly SignalValue[] {
  const bounds = leaves.flatMap(({ rule }) =>
    rule.kind === 'signal' ? [rule.min, rule.max].filter((bound) => bound !== undefined) : [],
  );
  const unknown: SignalValue = { state: 'unknown', reason: '' };
  const values = [...knownValues(bounds, scale), ...(knownOnly ? [] : [unknown])];
  const reading: (SignalValue | undefined)[] = [];
  const seen = new Map<string, SignalValue>();
  for (const value of values) {
    reading[slot] = value;
    const outcome = leaves.map((leaf) => truthOf(leaf, reading)).join();
    if (!seen.has(outcome)) seen.set(outcome, value);
  }
  return [...seen.values()];
}
