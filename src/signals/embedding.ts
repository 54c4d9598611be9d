import { err, ok, type Result } from '../lib/result.js';
import type { Embedding, Signal, SignalValue } from './contract.js';

export interface EmbeddingOptions {
  readonly name: string;
  /** Similarity at or above which the prompt counts as one of the kind. -1 to 1. */
  readonly threshold: number;
  /** Unit vectors of texts of that kind, all of one length. */
  readonly examples: readonly Float32Array[];
}

/** Above this share of tokens that the vocabulary does not know, unlike texts get like vectors. */
export const UNKNOWN_SHARE_MAX = 0.1;

/**
 * Whether the last user turn means something like one of the examples. Score: the inner product with the nearest
 * example, -1 to 1. Unknown without an embedding, and where the encoder does not know the language.
 * @throws Error when there is no example, or their lengths differ
 */
export function embeddingSignal(options: EmbeddingOptions): Signal {
  const { name, threshold, examples } = options;
  const dimension = examples[0]?.length ?? 0;
  if (dimension === 0) throw new Error(`signal ${JSON.stringify(name)} has no example: give it at least one`);
  const matrix = contiguous(name, examples, dimension);

  return {
    name,
    cost: 'encoder',
    evaluate(_view, embedding): SignalValue {
      const vector = readVector(embedding, dimension);
      if (!vector.ok) return { state: 'unknown', reason: vector.error };
      const nearest = findNearest(matrix, vector.value);
      if (nearest === undefined)
        return { state: 'unknown', reason: 'the embedding holds numbers that are not finite' };
      const length = embedding?.truncated === true ? ', by the head and the tail of a long prompt' : '';
      return {
        state: 'known',
        matched: nearest.similarity >= threshold,
        score: nearest.similarity,
        threshold,
        detail: `nearest to example ${nearest.index + 1} of ${examples.length}${length}`,
      };
    },
  };
}

/** All examples in one piece of memory, which the scan then reads from front to back. */
function contiguous(name: string, examples: readonly Float32Array[], dimension: number): Float32Array {
  const matrix = new Float32Array(examples.length * dimension);
  for (const [index, example] of examples.entries()) {
    if (example.length !== dimension) {
      throw new Error(
        `signal ${JSON.stringify(name)}: example ${index + 1} has ${example.length} numbers, the first has ${dimension}`,
      );
    }
    matrix.set(example, index * dimension);
  }
  return matrix;
}

function readVector(embedding: Embedding | undefined, dimension: number): Result<Float32Array, string> {
  if (embedding === undefined) return err('there is no embedding');
  if (embedding.unknownShare > UNKNOWN_SHARE_MAX) {
    const percent = Math.round(embedding.unknownShare * 100);
    return err(`the encoder does not know ${percent} % of the tokens`);
  }
  if (embedding.vector.length !== dimension) {
    return err(`the embedding has ${embedding.vector.length} numbers, the examples have ${dimension}`);
  }
  return ok(embedding.vector);
}

/** Undefined when no inner product is a number. */
function findNearest(
  matrix: Float32Array,
  vector: Float32Array,
): { readonly index: number; readonly similarity: number } | undefined {
  const nearest = { index: 0, similarity: Number.NEGATIVE_INFINITY };
  for (let start = 0; start < matrix.length; start += vector.length) {
    let similarity = 0;
    for (let at = 0; at < vector.length; at++) similarity += (matrix[start + at] ?? 0) * (vector[at] ?? 0);
    if (similarity > nearest.similarity) {
      nearest.similarity = similarity;
      nearest.index = start / vector.length;
    }
  }
  return Number.isFinite(nearest.similarity) ? nearest : undefined;
}
