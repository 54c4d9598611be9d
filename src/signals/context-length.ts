import type { Signal } from './contract.js';

export interface ContextLengthOptions {
  readonly name: string;
  /** Estimated tokens, inclusive; without it there is no lower end. */
  readonly minTokens?: number | undefined;
  /** Estimated tokens, inclusive; without it there is no upper end. */
  readonly maxTokens?: number | undefined;
}

/** Whether the whole conversation is this long. Score: estimated tokens. */
export function contextLengthSignal(options: ContextLengthOptions): Signal {
  const { name, minTokens = 0, maxTokens = Number.POSITIVE_INFINITY } = options;
  return {
    name,
    cost: 'rule',
    evaluate: ({ contextTokens }) => ({
      state: 'known',
      matched: contextTokens >= minTokens && contextTokens <= maxTokens,
      score: contextTokens,
      threshold: minTokens,
      detail: `about ${contextTokens} tokens`,
    }),
  };
}
