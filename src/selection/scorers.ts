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
  /** Higher is better; its docstring names the scale, by which scorers are weighed against each other. */
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

/** How fast models have answered of late, as somebody saw it. */
export interface LatencySource {
  /** Undefined for a model of which too little was seen. Milliseconds. */
  latencyOf(model: string): { readonly firstTokenMs: number; readonly perTokenMs: number } | undefined;
}

/** An answer that takes so long scores one half. */
const HALF_SCORE_MS = 2000;
/** Of a model that nobody has seen: neither preferred nor shunned. */
const UNSEEN = 0.5;

/** Faster is better: 1 for an answer at once, 0.5 for one that is whole after two seconds, towards 0 for slower ones. */
export function latencyScorer(source: LatencySource): Scorer {
  return {
    name: 'latency',
    score(card, needs) {
      const seen = source.latencyOf(card.name);
      if (seen === undefined) return UNSEEN;
      const answerTokens = needs.answerTokens ?? ANSWER_TOKENS_DEFAULT;
      return HALF_SCORE_MS / (HALF_SCORE_MS + seen.firstTokenMs + answerTokens * seen.perTokenMs);
    },
  };
}

/** How busy pools are, as they say themselves. */
export interface LoadSource {
  /** 0 idle, 1 all that it can take; undefined where nobody knows. */
  loadOf(cluster: string): number | undefined;
}

/** Idle is better: 1 for an idle pool, 0 for one that can take no more. */
export function loadScorer(source: LoadSource): Scorer {
  return {
    name: 'load',
    score: (card) => {
      const load = source.loadOf(card.cluster);
      return load === undefined ? UNSEEN : 1 - Math.min(1, Math.max(0, load));
    },
  };
}
