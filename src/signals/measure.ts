import type { PromptView, Signal, SignalValue } from './contract.js';

export interface MeasureOptions {
  readonly name: string;
  /** What is measured, for details. */
  readonly feature: string;
  /** Both bounds are inclusive, on the scale of what is measured. At least one is given. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/**
 * Whether a number that can be read off a prompt lies within bounds. Score: the number.
 *
 * @param read undefined where the prompt has no such number, which makes the signal unknown
 */
export function measureSignal(
  options: MeasureOptions,
  read: (view: PromptView) => number | undefined,
): Signal {
  const { name, feature, min, max } = options;
  const threshold = min ?? max;
  return {
    name,
    cost: 'rule',
    evaluate(view): SignalValue {
      const score = read(view);
      if (score === undefined) return { state: 'unknown', reason: `the request says nothing of ${feature}` };
      const matched = (min === undefined || score >= min) && (max === undefined || score <= max);
      return {
        state: 'known',
        matched,
        score,
        ...(threshold === undefined ? {} : { threshold }),
        // A count says nothing of how sure anybody is.
        confidence: matched ? 1 : 0,
        detail: `${feature} ${Number.isInteger(score) ? score : score.toFixed(2)}`,
      };
    },
  };
}
