import type { Modality } from '../openai/request.js';
import type { ModelCard } from './model-card.js';

/** What a prompt asks of the model that answers it. */
export interface Needs {
  /** Estimated tokens of the whole conversation. */
  readonly contextTokens: number;
  /** What it carries besides text. */
  readonly modalities: readonly Modality[];
  /** Tokens that the answer may take, as the client limits them; unknown without a limit. */
  readonly answerTokens?: number;
}

/** One reason to prefer a model. Must not throw. */
export interface Scorer {
  /** Names its part in explanations. */
  readonly name: string;
  /** Higher is better; on a scale of 0 to 1, so that scorers can be weighed against each other. */
  score(card: ModelCard, needs: Needs): number;
}

/** A scorer, and how much it counts beside the others. */
export interface WeighedScorer {
  readonly scorer: Scorer;
  readonly weight: number;
}

/** The preference that the policy wrote on the card, as it stands there. */
export const weightScorer: Scorer = { name: 'weight', score: (card) => card.weight };

/** What a request is taken to be answered with when the client sets no limit. Tokens. */
export const ANSWER_TOKENS_DEFAULT = 512;

/** At this price of one request a model scores one half. USD. */
const HALF_SCORE_USD = 0.001;

/** Cheaper is better: 1 for a free model, 0.5 at 1 USD per 1,000 requests of this size, towards 0 for dearer ones. */
export const priceScorer: Scorer = {
  name: 'price',
  score(card, needs) {
    const answerTokens = needs.answerTokens ?? ANSWER_TOKENS_DEFAULT;
    const usd = (needs.contextTokens * card.price.input + answerTokens * card.price.output) / 1e6;
    return HALF_SCORE_USD / (HALF_SCORE_USD + usd);
  },
};
