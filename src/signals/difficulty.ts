import type { HeadSpec, Signal, SignalValue } from './contract.js';
import { indexesOf, lengthNote, NO_HEADS, readHeads } from './heads.js';
import type { Size } from './labels.js';

export interface DifficultyOptions {
  readonly name: string;
  readonly size: Size;
  /** The signal matches when a model of that size answers well with a probability below this. 0 to 1. */
  readonly below: number;
  /** What the difficulty head can say; undefined when the model has none. */
  readonly spec: HeadSpec | undefined;
}

/**
 * Whether the last user turn is too hard for models of a size. Score: the probability that such a model answers it
 * well, 0 to 1; the signal holds below its threshold, and is the surer of it the lower the score is. Unknown without
 * heads, and where the encoder does not know the language.
 * @throws Error when the head lacks the size
 */
export function difficultySignal(options: DifficultyOptions): Signal {
  const { name, size, below, spec } = options;
  const [index = 0] = spec === undefined ? [] : indexesOf(name, spec.labels, [size]);
  return {
    name,
    cost: 'encoder',
    evaluate(_view, embedding): SignalValue {
      if (spec === undefined) return { state: 'unknown', reason: NO_HEADS };
      const heads = readHeads(embedding);
      if (!heads.ok) return { state: 'unknown', reason: heads.error };
      const score = heads.value.probabilities.difficulty[index] ?? 0;
      return {
        state: 'known',
        matched: score < below,
        score,
        threshold: below,
        confidence: 1 - score,
        detail: `what a ${size} model answers well${lengthNote(embedding)}`,
      };
    },
  };
}
