import type { SignalValue } from '../signals/contract.js';
import { FALSE, PENDING, type Reading, type RuleNode, TRUE, truthOf } from './tree.js';

/** Where a confidence lies, 0 to 1; both ends are the same once no pending signal can move it. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

const NONE: Bounds = { min: 0, max: 0 };
const ANYWHERE: Bounds = { min: 0, max: 1 };

/**
 * How sure the rule is of coming out as `side`, provided that it does.
 *
 * - A signal is as sure of holding as its confidence, or else its score, cut to 0…1, and of not holding as the rest
 *   to 1. Unknown: 0.
 * - `always` says nothing of the prompt: 0, so that a catch-all loses to a rule of the same priority that looked.
 * - `all` holds as surely as its weakest part, and fails as surely as the part that fails most surely; `any` the other
 *   way round; `not` is as sure as what it turns round.
 */
export function confidenceOf(node: RuleNode, reading: Reading, side: number): Bounds {
  switch (node.kind) {
    case 'always':
      return NONE;
    case 'signal':
      return ofSignal(reading[node.slot], side);
    case 'not':
      return weakest(node.children, reading, -side);
    case 'all':
      return side === TRUE ? weakest(node.children, reading, TRUE) : strongest(node.children, reading, FALSE);
    case 'any':
      return side === TRUE ? strongest(node.children, reading, TRUE) : weakest(node.children, reading, FALSE);
  }
}

/** Adds the pending signals that a confidence still hangs on. */
export function collectUnsettled(node: RuleNode, reading: Reading, slots: Set<number>): void {
  const truth = truthOf(node, reading);
  if (truth !== PENDING) {
    const bounds = confidenceOf(node, reading, truth);
    if (bounds.min === bounds.max) return;
  }
  if (node.kind === 'signal') slots.add(node.slot);
  for (const child of node.children) collectUnsettled(child, reading, slots);
}

function ofSignal(value: SignalValue | undefined, side: number): Bounds {
  if (value === undefined) return ANYWHERE;
  if (value.state === 'unknown') return NONE;
  // One that is no number must not poison the comparison of confidences.
  const said = value.confidence ?? value.score;
  const holding = Number.isNaN(said) ? 0 : Math.min(1, Math.max(0, said));
  const confidence = side === TRUE ? holding : 1 - holding;
  return { min: confidence, max: confidence };
}

/** All nodes come out as `side`: the chain is as strong as its weakest link. No node: no evidence. */
function weakest(nodes: readonly RuleNode[], reading: Reading, side: number): Bounds {
  if (nodes.length === 0) return NONE;
  let { min, max } = { min: 1, max: 1 };
  for (const node of nodes) {
    const bounds = confidenceOf(node, reading, side);
    min = Math.min(min, bounds.min);
    max = Math.min(max, bounds.max);
  }
  return { min, max };
}

/** One node at least comes out as `side`; those that still may can only add to it. */
function strongest(nodes: readonly RuleNode[], reading: Reading, side: number): Bounds {
  let { min, max } = NONE;
  for (const node of nodes) {
    const truth = truthOf(node, reading);
    if (truth === -side) continue;
    const bounds = confidenceOf(node, reading, side);
    if (truth === side) min = Math.max(min, bounds.min);
    max = Math.max(max, bounds.max);
  }
  return { min, max };
}
