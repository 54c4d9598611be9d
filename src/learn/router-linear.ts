import type { Embedding, HeadReadings } from '../signals/contract.js';
import { headInput } from '../signals/custom-head.js';

/** A straight line through all that the encoder says of a prompt. */
export interface LinearPart {
  readonly kind: 'linear';
  /** Models × width of `linearInput`. */
  readonly weights: Float32Array;
  /** One for each model. */
  readonly biases: Float32Array;
}

/** Scores of a model's width apart; undefined where the encoder gives another number of inputs. */
export function linearScores(part: LinearPart, embedding: Embedding): Float32Array | undefined {
  const input = linearInput(embedding);
  const models = part.biases.length;
  if (input === undefined || input.length * models !== part.weights.length) return undefined;
  const scores = Float32Array.from(part.biases);
  for (let model = 0; model < models; model++) {
    const from = model * input.length;
    let sum = part.biases[model] ?? 0;
    for (let at = 0; at < input.length; at++) sum += (input[at] ?? 0) * (part.weights[from + at] ?? 0);
    scores[model] = sum;
  }
  return scores;
}

/**
 * The numbers that custom heads read, then the shipped heads' answers as logits, and the logarithm of the tokens.
 * Undefined for an embedding of a model without heads.
 */
export function linearInput(embedding: Embedding): Float32Array | undefined {
  const base = headInput(embedding);
  const heads = headNumbers(embedding);
  if (base === undefined || heads === undefined) return undefined;
  const input = new Float32Array(base.length + heads.length);
  input.set(base);
  input.set(heads, base.length);
  return input;
}

/** What the shipped heads answered, as logits, and the logarithm of the tokens. Undefined where there are no heads. */
export function headNumbers({ heads, tokens }: Embedding): Float32Array | undefined {
  if (heads === undefined) return undefined;
  return Float32Array.from([...headLogits(heads), Math.log1p(tokens) * LOGIT_SCALE]);
}

/** Logits are some ten times as large as the numbers of a unit vector; a pull on all weights alike needs one scale. */
const LOGIT_SCALE = 0.1;
const LOGIT_MAX = 10;

function headLogits({ probabilities }: HeadReadings): readonly number[] {
  const { domain, intent, difficulty, guard } = probabilities;
  return [domain, intent, difficulty, guard].flatMap((answer) =>
    Array.from(answer, (p) => {
      const logit = Math.log(p / (1 - p));
      return LOGIT_SCALE * Math.max(-LOGIT_MAX, Math.min(LOGIT_MAX, logit));
    }),
  );
}
