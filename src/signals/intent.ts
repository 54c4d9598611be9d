import type { Embedding, HeadSpec, Signal, SignalValue } from './contract.js';
import { indexesOf, lengthNote, NO_HEADS, readHeads, sumAt, topLabel } from './heads.js';
import { OUT_OF_SCOPE } from './labels.js';

export interface IntentOptions {
  readonly name: string;
  /** Labels of the head that is asked; of a head of the user's own also `out_of_scope`. */
  readonly anyOf: readonly string[];
  /** Probability at or above which the signal matches. 0 to 1. */
  readonly threshold: number;
  /** What the shipped intent head can say; undefined when the model has none. */
  readonly spec: HeadSpec | undefined;
  /** Asked in place of the shipped head. */
  readonly head?: IntentHead | undefined;
}

/** A head that a user trained. */
export interface IntentHead {
  readonly labels: readonly string[];
  /** Undefined when the embedding brings nothing for it to read. */
  judge(embedding: Embedding): IntentReading | undefined;
}

export interface IntentReading {
  /** Undefined when the text belongs to none of the labels. */
  readonly label: string | undefined;
  /** In the order of the labels. */
  readonly probabilities: Float32Array;
}

/**
 * Whether the last user turn wants one of these things. Score: the probability that it does, 0 to 1. A head of the
 * user's own may find that a text is out of its scope: then the score is 1 where `out_of_scope` is asked for, else 0.
 * Unknown without heads, and where the encoder does not know the language.
 * @throws Error when the head lacks one of the labels
 */
export function intentSignal(options: IntentOptions): Signal {
  const { name, threshold, spec, head } = options;
  const read = head === undefined ? shippedReader(options) : ownReader(options, head);
  return {
    name,
    cost: 'encoder',
    evaluate(_view, embedding): SignalValue {
      if (spec === undefined) return { state: 'unknown', reason: NO_HEADS };
      const heads = readHeads(embedding);
      if (!heads.ok) return { state: 'unknown', reason: heads.error };
      const found = embedding === undefined ? undefined : read(embedding);
      if (found === undefined) return { state: 'unknown', reason: 'the head has nothing to read' };
      const { score } = found;
      const detail = `most likely ${found.label}${lengthNote(embedding)}`;
      return { state: 'known', matched: score >= threshold, score, threshold, detail };
    },
  };
}

type Read = (embedding: Embedding) => { readonly score: number; readonly label: string } | undefined;

function shippedReader({ name, anyOf, spec }: IntentOptions): Read {
  const labels = spec?.labels ?? [];
  const indexes = spec === undefined ? [] : indexesOf(name, labels, anyOf);
  return ({ heads }) => {
    if (heads === undefined) return undefined;
    const { intent } = heads.probabilities;
    return { score: sumAt(intent, indexes), label: topLabel(labels, intent) };
  };
}

function ownReader({ name, anyOf }: IntentOptions, head: IntentHead): Read {
  const wantsOutOfScope = anyOf.includes(OUT_OF_SCOPE);
  const indexes = indexesOf(
    name,
    head.labels,
    anyOf.filter((label) => label !== OUT_OF_SCOPE),
  );
  return (embedding) => {
    const reading = head.judge(embedding);
    if (reading === undefined) return undefined;
    if (reading.label === undefined) return { score: wantsOutOfScope ? 1 : 0, label: OUT_OF_SCOPE };
    return { score: sumAt(reading.probabilities, indexes), label: reading.label };
  };
}
