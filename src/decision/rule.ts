import type { CascadePolicy } from '../selection/cascade.js';
import type { FallbackPolicy } from '../selection/fallback.js';
import type { ReasoningPolicy } from '../selection/reasoning.js';
import type { PersonalPolicy } from '../signals/personal-policy.js';

/** What an unknown signal counts as in a rule. */
export type OnUnknown = 'match' | 'no-match';

/**
 * A condition over signals. `min` and `max`, both inclusive, hold the signal's raw score against bounds in place of its
 * own verdict.
 */
export type Rule =
  | { readonly kind: 'always' }
  | SignalRule
  | { readonly kind: 'all'; readonly rules: readonly Rule[] }
  | { readonly kind: 'any'; readonly rules: readonly Rule[] }
  | { readonly kind: 'not'; readonly rule: Rule };

/** A rule about one signal. Bounds are on the signal's own scale. */
export interface SignalRule {
  readonly kind: 'signal';
  readonly signal: string;
  readonly min?: number;
  readonly max?: number;
  readonly onUnknown: OnUnknown;
}

/** What to do with a prompt that a decision claims. */
export type Action =
  | { readonly kind: 'route'; readonly models: readonly string[] }
  | { readonly kind: 'block'; readonly message: string };

/**
 * One named policy line. The matching decision of the highest priority wins; among equals a block comes before a route,
 * then the surer one wins, then the one written first.
 */
export interface Decision {
  readonly name: string;
  readonly priority: number;
  readonly when: Rule;
  readonly action: Action;
  /** A decision may only tighten the cache: false means an answer made by it is neither served nor stored. */
  readonly cache: boolean;
  /** How much the model shall think; absent leaves it to client and model. */
  readonly reasoning?: ReasoningPolicy | undefined;
  /** Regions of which the model must be in one; absent: it may be anywhere. */
  readonly residency?: readonly string[] | undefined;
  /** What happens when the chosen model fails; absent: nothing. */
  readonly fallback?: FallbackPolicy | undefined;
  /** What is done about personal data; absent: what the route does. */
  readonly personalData?: PersonalPolicy | undefined;
  /** Who answers in place of a weak answer; absent: nobody. */
  readonly cascade?: CascadePolicy | undefined;
}
