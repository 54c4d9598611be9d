import type { Modality } from '../openai/request.js';
import type { ModelCard } from './model-card.js';
import type { RegionDemands } from './regions.js';

/** What a prompt asks of the model that answers it. */
export interface Needs {
  /** Estimated tokens of the whole conversation. */
  readonly contextTokens: number;
  /** What it carries besides text. */
  readonly modalities: readonly Modality[];
  /** Tokens that the answer may take, as the client limits them; unknown without a limit. */
  readonly answerTokens?: number;
  /** True where it brings tools. */
  readonly tools?: boolean;
  /** Where it must stay. */
  readonly regions?: RegionDemands;
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

/** How fast a model has answered of late, as Sextant saw it. Milliseconds. */
export interface LatencySeen {
  /** Undefined where it answered in one piece only. */
  readonly firstTokenMs: number | undefined;
  /** Of each token after the first; undefined where no answer was seen to its end. */
  readonly perTokenMs: number | undefined;
}

export interface LatencySource {
  /** Undefined for a model of which too little was seen. */
  latencyOf(model: string): LatencySeen | undefined;
}

/** What was seen of one answer. Milliseconds from the moment when the request went out. */
export interface AnswerTimes {
  /** Undefined for an answer in one piece. */
  readonly firstTokenMs: number | undefined;
  /** Undefined where it did not come to its end. */
  readonly totalMs: number | undefined;
  /** Undefined where nobody counted them. */
  readonly tokens: number | undefined;
}

/** One that is told of the answers. */
export interface LatencyWatch extends LatencySource {
  answered(model: string, times: AnswerTimes): void;
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
      const answerMs = expectedAnswerMs(source.latencyOf(card.name), needs);
      return answerMs === undefined ? UNSEEN : HALF_SCORE_MS / (HALF_SCORE_MS + answerMs);
    },
  };
}

/** How long a whole answer of usual length takes; undefined where nobody can tell. Milliseconds. */
export function expectedAnswerMs(seen: LatencySeen | undefined, needs: Needs): number | undefined {
  if (seen?.perTokenMs === undefined) return undefined;
  // Clients allow far more than is written as a rule.
  const tokens = Math.min(needs.answerTokens ?? ANSWER_TOKENS_DEFAULT, ANSWER_TOKENS_DEFAULT);
  return (seen.firstTokenMs ?? 0) + tokens * seen.perTokenMs;
}

/** How busy pools are, as they say themselves. */
export interface LoadSource {
  /** 0 idle, 1 all that it can take; undefined where nobody knows. */
  loadOf(cluster: string): number | undefined;
}

/** One that is told of what goes there meanwhile. */
export interface LoadWatch extends LoadSource {
  /** One more request goes there: it counts until the pool says what it has. */
  sent(cluster: string): void;
}

/**
 * Room is better: 1 for a pool up to a load of `busyFrom`, from there down to 0 for one that can take no more. Below it a
 * pool with some requests is as good as an idle one, since servers that batch hardly feel them: else the least traffic
 * would drive prompts to dearer models. A pool of which nobody knows is taken to have room.
 *
 * @param busyFrom 0 to below 1
 */
export function loadScorer(source: LoadSource, busyFrom = 0): Scorer {
  return {
    name: 'load',
    score: ({ cluster }) => {
      const load = Math.min(1, Math.max(busyFrom, source.loadOf(cluster) ?? 0));
      return (1 - load) / (1 - busyFrom);
    },
  };
}

/** Where LoRA adapters are in use, as the pools say themselves. */
export interface AdapterSource {
  /**
   * How near the servers of a pool are to answering with an adapter: 1 in use on each, 0.75 in use there of late, 0.5 room
   * for it, 0 no room, or their mean; undefined where nobody knows.
   */
  nearnessOf(cluster: string, adapter: string): number | undefined;
}

/** Loaded is better: the nearness of the adapter that a model is. A model without one waits for none, and gains nothing. */
export function loraScorer(source: AdapterSource): Scorer {
  return {
    name: 'lora',
    score: ({ cluster, lora }) =>
      (lora === undefined ? undefined : source.nearnessOf(cluster, lora.adapter)) ?? UNSEEN,
  };
}
