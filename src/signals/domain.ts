import type { HeadSpec, Signal, SignalValue } from './contract.js';
import { indexesOf, lengthNote, NO_HEADS, readHeads, sumAt, topLabel } from './heads.js';

export interface DomainOptions {
  readonly name: string;
  /** Labels of the domain head. */
  readonly anyOf: readonly string[];
  /** Probability at or above which the signal matches. 0 to 1. */
  readonly threshold: number;
  /** What the domain head can say; undefined when the model has none. */
  readonly spec: HeadSpec | undefined;
}

/**
 * Whether the last user turn is about one of these fields of knowledge. Score: the probability that it is, 0 to 1.
 * Unknown without heads, and where the encoder does not know the language.
 * @throws Error when the head lacks one of the labels
 */
export function domainSignal(options: DomainOptions): Signal {
  const { name, threshold, spec } = options;
  const indexes = spec === undefined ? [] : indexesOf(name, spec.labels, options.anyOf);
  return {
    name,
    cost: 'encoder',
    evaluate(_view, embedding): SignalValue {
      if (spec === undefined) return { state: 'unknown', reason: NO_HEADS };
      const heads = readHeads(embedding);
      if (!heads.ok) return { state: 'unknown', reason: heads.error };
      const { domain } = heads.value.probabilities;
      const score = sumAt(domain, indexes);
      const detail = `most likely ${topLabel(spec.labels, domain)}${lengthNote(embedding)}`;
      return { state: 'known', matched: score >= threshold, score, threshold, detail };
    },
  };
}
