import { affinityScorer, type SharedHistory } from './affinity.js';
import type { Ceilings } from './ceilings.js';
import type { ConversationMemory } from './conversations.js';
import {
  type AdapterSource,
  type LatencyWatch,
  type LoadWatch,
  latencyScorer,
  loadScorer,
  loraScorer,
  priceScorer,
  type WeighedScorer,
  weightScorer,
} from './scorers.js';

/** What counts in a choice, and how much. 0 leaves a scorer out. */
export interface ScorerWeights {
  readonly weight: number;
  readonly price: number;
  readonly latency: number;
  readonly load: number;
  readonly affinity: number;
  readonly lora: number;
}

/** How the models of a decision are compared. */
export interface Scoring {
  readonly weights: ScorerWeights;
  /** Load from which a pool counts as busy. 0 to below 1. */
  readonly busyFrom: number;
  readonly ceilings: Ceilings;
}

/** What is known of the pools while they work; absent where nobody looks. */
export interface Sight {
  readonly load?: LoadWatch | undefined;
  readonly adapters?: AdapterSource | undefined;
  readonly latency?: LatencyWatch | undefined;
  readonly conversations?: Conversations | undefined;
}

/** Which model has read which conversation last. */
export interface Conversations {
  /** By which clients name their conversation, in lower case; undefined where the turns tell. */
  readonly header: string | undefined;
  find: ConversationMemory['find'];
  note: ConversationMemory['note'];
}

/** By what the cards say. */
export function cardScorers({ weight, price }: ScorerWeights): readonly WeighedScorer[] {
  return weighed([
    [weightScorer, weight],
    [priceScorer, price],
  ]);
}

/**
 * By what is known of the pools at this moment; these count beside whatever else decides.
 *
 * @param shared undefined for a request that goes on with no conversation that is known
 */
export function sightScorers(
  { weights, busyFrom }: Scoring,
  sight: Sight,
  shared?: SharedHistory | undefined,
): readonly WeighedScorer[] {
  return weighed([
    [sight.latency && latencyScorer(sight.latency), weights.latency],
    [sight.load && loadScorer(sight.load, busyFrom), weights.load],
    [shared && affinityScorer(shared), weights.affinity],
    [sight.adapters && loraScorer(sight.adapters), weights.lora],
  ]);
}

function weighed(
  pairs: readonly (readonly [WeighedScorer['scorer'] | undefined, number])[],
): readonly WeighedScorer[] {
  return pairs.flatMap(([scorer, weight]) =>
    scorer === undefined || weight === 0 ? [] : [{ scorer, weight }],
  );
}
