import { promptWords } from './prompt-words.js';

/** What words, pairs and triples of words tell of each model. */
export interface WordsPart {
  readonly kind: 'words';
  readonly buckets: number;
  /** Buckets × models, each times the scale of its model. */
  readonly weights: Int8Array;
  /** One for each model. */
  readonly scales: Float32Array;
}

export function wordsScores({ buckets, weights, scales }: WordsPart, text: string): Float32Array {
  const models = scales.length;
  const { places, values } = promptWords(text, buckets);
  const scores = new Float32Array(models);
  for (let at = 0; at < places.length; at++) {
    const from = (places[at] ?? 0) * models;
    const value = values[at] ?? 0;
    for (let model = 0; model < models; model++)
      scores[model] = (scores[model] ?? 0) + value * (weights[from + model] ?? 0);
  }
  return scores.map((score, model) => score * (scales[model] ?? 0));
}

/** Rare outliers are cut, or they would cost all others their precision. */
const KEPT = 0.9999;
const WEIGHT_MAX = 127;

/** @param weights by model, then by bucket */
export function wordsPartOf(weights: readonly Float64Array[], buckets: number): WordsPart {
  const packed = new Int8Array(buckets * weights.length);
  const scales = Float32Array.from(weights, (each) => {
    const sizes = each.map(Math.abs).sort();
    return Math.max(1e-9, (sizes[Math.floor(KEPT * (sizes.length - 1))] ?? 0) / WEIGHT_MAX);
  });
  for (const [model, each] of weights.entries()) {
    for (let bucket = 0; bucket < buckets; bucket++) {
      const scaled = Math.round((each[bucket] ?? 0) / (scales[model] ?? 1));
      packed[bucket * weights.length + model] = Math.max(-WEIGHT_MAX, Math.min(WEIGHT_MAX, scaled));
    }
  }
  return { kind: 'words', buckets, weights: packed, scales };
}
