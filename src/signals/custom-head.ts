import { sigmoid } from '../lib/sigmoid.js';
import type { Embedding } from './contract.js';

/** Categories that a user trained on the encoder's output. Written by `sextant train head`, see `HeadFiles`. */
export interface CustomHead extends HeadWeights {
  readonly name: string;
  /** In the order of the rows of the weights. */
  readonly labels: readonly string[];
  /** sha256 of the encoder's model file, hex: on another encoder's output the weights mean nothing. */
  readonly encoderHash: string;
  /** Divides the logits, so that the probabilities are as high as the head is often right. Above 0. */
  readonly temperature: number;
  readonly outOfScope: OutOfScopeRule;
}

export interface HeadWeights {
  /** Labels × `HEAD_WIDTH`. */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
  /** Where the texts of each label lie on average, as unit vectors. Labels × `HEAD_WIDTH`. */
  readonly centers: Float32Array;
}

/** When a text counts as none of the labels: sigmoid(bias + coefficients · evidence) ≥ threshold. */
export interface OutOfScopeRule {
  /** What the training rows call it. */
  readonly label: string;
  /** One for each number of `HeadReading.evidence`. */
  readonly coefficients: readonly number[];
  readonly bias: number;
  /** 0 to 1. */
  readonly threshold: number;
}

export interface HeadScore {
  /** Undefined when the text is out of scope. */
  readonly label: string | undefined;
  /** Of the labels among each other, in their order; they sum to 1. */
  readonly probabilities: Float32Array;
  /** 0 to 1; at or above the rule's threshold the text has no label. */
  readonly outOfScope: number;
}

/** What a head reads: the cache embedding and the features, 384 numbers each. */
export const HEAD_WIDTH = 768;
export const EVIDENCE_COUNT = 3;
/** Below this log of odds a label is as good as certain; the logarithm of nothing would be infinite. */
const DOUBT_MIN = -20;

/**
 * The input of custom heads: the unit embedding, then the features scaled to unit length, so that both halves weigh
 * the same. Undefined for an embedding of a model without heads.
 */
export function headInput({ vector, heads }: Embedding): Float32Array | undefined {
  if (heads === undefined || vector.length + heads.features.length !== HEAD_WIDTH) return undefined;
  const input = new Float32Array(HEAD_WIDTH);
  input.set(vector);
  const length = lengthOf(heads.features);
  input.set(length > 0 ? heads.features.map((value) => value / length) : heads.features, vector.length);
  return input;
}

export function scoreHead(head: CustomHead, input: Float32Array): HeadScore {
  const { logits, evidence } = readHead(head, input);
  const { bias, coefficients, threshold } = head.outOfScope;
  const outOfScope = outOfScopeScore({ bias, coefficients }, evidence);
  const probabilities = probabilitiesOf(logits, head.temperature);
  const label = outOfScope >= threshold ? undefined : head.labels[highest(probabilities)];
  return { label, probabilities, outOfScope };
}

/** What weights make of an input, before anything is decided. */
export interface HeadReading {
  readonly logits: Float32Array;
  /**
   * Three ways to doubt that any label is right, each greater for greater doubt: the log of the odds against the most
   * likely label, how low the logits are as a whole, and the cosine distance to the nearest center.
   */
  readonly evidence: readonly number[];
}

export function readHead({ weights, biases, centers }: HeadWeights, input: Float32Array): HeadReading {
  const logits = new Float32Array(biases.length);
  const length = lengthOf(input);
  let nearest = -1;
  for (let label = 0; label < biases.length; label++) {
    const from = label * input.length;
    let logit = biases[label] ?? 0;
    let near = 0;
    for (let at = 0; at < input.length; at++) {
      const value = input[at] ?? 0;
      logit += value * (weights[from + at] ?? 0);
      near += value * (centers[from + at] ?? 0);
    }
    logits[label] = logit;
    if (length > 0) nearest = Math.max(nearest, near / length);
  }
  return { logits, evidence: [...doubts(logits), 1 - nearest] };
}

function doubts(logits: Float32Array): readonly [number, number] {
  const top = highest(logits);
  const most = logits[top] ?? 0;
  let others = 0;
  for (let label = 0; label < logits.length; label++) {
    if (label !== top) others += Math.exp((logits[label] ?? 0) - most);
  }
  return [Math.max(DOUBT_MIN, Math.log(others)), -(most + Math.log1p(others))];
}

export function outOfScopeScore(
  { bias, coefficients }: Pick<OutOfScopeRule, 'bias' | 'coefficients'>,
  evidence: readonly number[],
): number {
  let sum = bias;
  for (const [index, coefficient] of coefficients.entries()) sum += coefficient * (evidence[index] ?? 0);
  return sigmoid(sum);
}

/** Softmax of logits divided by a temperature. */
export function probabilitiesOf(logits: Float32Array, temperature: number): Float32Array {
  const most = logits[highest(logits)] ?? 0;
  const shares = logits.map((logit) => Math.exp((logit - most) / temperature));
  let sum = 0;
  for (const share of shares) sum += share;
  return shares.map((share) => share / sum);
}

/** Index of the greatest number, the first of equal ones; 0 for none. */
export function highest(values: Float32Array): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) {
    if ((values[at] ?? 0) > (values[best] ?? 0)) best = at;
  }
  return best;
}

function lengthOf(vector: Float32Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}
