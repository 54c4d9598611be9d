import type { Scorer } from './scorers.js';

/** The part of a conversation that a model has in the memory of its server. */
export interface SharedHistory {
  readonly model: string;
  /** Estimated. */
  readonly tokens: number;
}

/** Reading this much of a prompt anew scores one half. USD. */
const HALF_SCORE_USD = 0.001;
/** The same for a model without a price: of a prompt so long the reading is felt. */
const HALF_SCORE_TOKENS = 4096;

/**
 * What the model that has read the conversation is spared: towards 1 for a long history, 0.5 where reading it anew would
 * cost 0.001 USD by its input price (4,096 tokens without one), 0 for all other models.
 */
export function affinityScorer({ model, tokens }: SharedHistory): Scorer {
  return {
    name: 'affinity',
    score: ({ name, price }) => {
      if (name !== model) return 0;
      const usd = (tokens * price.input) / 1e6;
      return price.input > 0 ? usd / (usd + HALF_SCORE_USD) : tokens / (tokens + HALF_SCORE_TOKENS);
    },
  };
}
