import type { RoutedPrompt } from '../../../src/learn/routed-prompt.js';
import { type Router, textMark } from '../../../src/learn/router.js';
import { linearInput } from '../../../src/learn/router-linear.js';
import type { OutcomeRows } from '../../../src/learn/router-rows.js';
import { seededRandom } from '../../../src/lib/random.js';
import { HEAD_WIDTH } from '../../../src/signals/custom-head.js';
import { headReadings } from '../../support/heads.js';

const HALF = HEAD_WIDTH / 2;

/** A prompt of which the first number of the embedding says how hard it is, -1 to 1. */
export function promptOf(hardness: number, text = `question of hardness ${hardness}`): RoutedPrompt {
  const vector = new Float32Array(HALF);
  vector[0] = hardness;
  vector[1] = Math.sqrt(1 - hardness * hardness);
  const features = new Float32Array(HALF);
  features[2] = 1;
  const difficulty = { small: hardness > 0 ? 0.2 : 0.9 };
  return {
    text,
    embedding: {
      vector,
      tokens: 10,
      truncated: false,
      unknownShare: 0,
      heads: { ...headReadings({ difficulty }), features },
    },
  };
}

export interface MadeRows {
  readonly count?: number;
  readonly seed?: number;
  readonly tokens?: boolean;
}

/** Two models: the weak one answers what is easy, the strong one nearly all. */
export function outcomeRows({ count = 300, seed = 5, tokens = false }: MadeRows = {}): OutcomeRows {
  const random = seededRandom(seed);
  const correct = new Float32Array(2 * count);
  const outputTokens = new Float32Array(2 * count);
  const prompts = Array.from({ length: count }, (_, row) => {
    const hardness = 2 * random() - 1;
    correct[2 * row] = random() < (hardness > 0 ? 0.1 : 0.9) ? 1 : 0;
    correct[2 * row + 1] = random() < 0.95 ? 1 : 0;
    outputTokens[2 * row] = 100;
    outputTokens[2 * row + 1] = 300;
    return promptOf(hardness, `${hardness > 0 ? 'prove the lemma' : 'name a river'} ${seed} ${row}`);
  });
  const models = [
    { name: 'weak', parametersB: 8 },
    { name: 'strong', parametersB: 70 },
  ];
  return { prompts, models, correct, outputTokens: tokens ? outputTokens : undefined };
}

/** A router that knows how `outcomeRows` come about, and was told of these prompts. */
export function madeRouter({ prompts, models, outputTokens }: OutcomeRows, name = 'made'): Router {
  const width = linearInput(promptOf(0).embedding)?.length ?? 0;
  const weights = new Float32Array(2 * width);
  weights[0] = -4;
  const part = { kind: 'linear', weights, biases: Float32Array.of(0, 3) } as const;
  const told = { ...part, weights: new Float32Array(2 * width), biases: Float32Array.of(4.6, 5.7) };
  return {
    name,
    encoderHash: 'e'.repeat(64),
    models,
    parts: [part],
    blend: { weights: Float32Array.of(1, 1), biases: new Float32Array(2) },
    tokens: outputTokens === undefined ? undefined : { part: told },
    sample: {
      quality: Float32Array.of(0.9, 0.95, 0.1, 0.95),
      outputTokens: new Float32Array(),
      promptTokens: Float32Array.of(10, 10),
    },
    seen: Uint32Array.from(new Set(prompts.map(({ text }) => textMark(text)))).sort(),
  };
}
