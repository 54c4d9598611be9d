import { type Random, shuffledIndices } from '../lib/random.js';
import { wordFeatures } from '../lib/words.js';

/** Several outcomes of each text. */
export interface TextOutcomes {
  readonly texts: readonly string[];
  /** Texts × outputs: 0 to 1, `NaN` where nobody knows. */
  readonly outcomes: Float32Array;
  readonly outputs: number;
}

/** Gives the probability of each output for a text. */
export type WordModel = (text: string) => Float32Array;

const BUCKETS = 1 << 15;
const RATE = 0.15;
const PASSES = 4;
const L2 = 2e-5;

/** Logistic regression on the word features of texts, one for each output, by AdaGrad. */
export function fitWords(
  { texts, outcomes, outputs }: TextOutcomes,
  indices: ArrayLike<number>,
  random: Random,
): WordModel {
  const weights = new Float32Array(BUCKETS * outputs);
  const squares = new Float32Array(BUCKETS * outputs).fill(1e-6);
  const biases = biasesOf(outcomes, outputs, indices);
  const features = new Map<number, Uint32Array>();
  for (let pass = 0; pass < PASSES; pass++) {
    for (const at of shuffledIndices(indices.length, random)) {
      const row = indices[at] ?? 0;
      const words = features.get(row) ?? distinctWords(texts[row] ?? '');
      features.set(row, words);
      const scale = 1 / Math.sqrt(Math.max(1, words.length));
      const said = scoresOf({ weights, biases, outputs }, words, scale);
      for (let output = 0; output < outputs; output++) {
        const outcome = outcomes[row * outputs + output] ?? Number.NaN;
        if (Number.isNaN(outcome)) continue;
        const slope = (said[output] ?? 0) - outcome;
        for (const word of words) {
          const place = word * outputs + output;
          const weight = weights[place] ?? 0;
          const gradient = slope * scale + L2 * weight;
          const square = (squares[place] ?? 0) + gradient * gradient;
          squares[place] = square;
          weights[place] = weight - (RATE * gradient) / Math.sqrt(square);
        }
      }
    }
  }
  return (text) => {
    const words = distinctWords(text);
    return scoresOf({ weights, biases, outputs }, words, 1 / Math.sqrt(Math.max(1, words.length)));
  };
}

interface Weights {
  readonly weights: Float32Array;
  readonly biases: Float32Array;
  readonly outputs: number;
}

function scoresOf({ weights, biases, outputs }: Weights, words: Uint32Array, scale: number): Float32Array {
  const sums = new Float32Array(outputs);
  for (const word of words) {
    for (let output = 0; output < outputs; output++) {
      sums[output] = (sums[output] ?? 0) + (weights[word * outputs + output] ?? 0);
    }
  }
  return sums.map((sum, output) => 1 / (1 + Math.exp(-((biases[output] ?? 0) + scale * sum))));
}

function distinctWords(text: string): Uint32Array {
  return Uint32Array.from(new Set(wordFeatures(text, BUCKETS)));
}

/** The odds of each output without any word. */
function biasesOf(outcomes: Float32Array, outputs: number, indices: ArrayLike<number>): Float32Array {
  return Float32Array.from({ length: outputs }, (_, output) => {
    let [right, known] = [1, 2];
    for (let at = 0; at < indices.length; at++) {
      const outcome = outcomes[(indices[at] ?? 0) * outputs + output] ?? Number.NaN;
      if (Number.isNaN(outcome)) continue;
      right += outcome;
      known++;
    }
    return Math.log(right / (known - right));
  });
}
