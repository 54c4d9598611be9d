import type { Scorer } from './scorers.js';

/** By the name of the model: what outcomes add to the quality that is expected of it. -1 to 1. */
export type Corrections = ReadonlyMap<string, number>;

/** On the scale of quality; 0 for a model of which nothing was learnt. */
export function learnedScorer(corrections: Corrections): Scorer {
  return { name: 'learned', score: ({ name }) => corrections.get(name) ?? 0 };
}
