import { type ReadPrompt, type RoutedPrompt, type RouterModel, readOnce } from './routed-prompt.js';
import { type ForestPart, forestScores } from './router-forest.js';
import { type LinearPart, linearScores } from './router-linear.js';
import type { Memory } from './router-memory.js';
import { type WordsPart, wordsScores } from './router-words.js';

/** What was learnt of some models from their answers. Written by `sextant train router`, see `router-files.ts`. */
export interface Router {
  readonly name: string;
  /** sha256 of the encoder's model file, hex: on another encoder's output the numbers mean nothing. */
  readonly encoderHash: string;
  readonly models: readonly RouterModel[];
  readonly parts: readonly RouterPart[];
  /** How the parts are joined, see `expectQuality`. */
  readonly blend: Blend;
  /** What models are expected to write; absent where the outcomes did not tell. */
  readonly tokens?: TokenForecaster | undefined;
  /** Forecasts for prompts that such a router was not trained on, by which a dial can be set. */
  readonly sample: ForecastSample;
  /** Short hashes of the texts that it was trained on, ascending: see `textMark`. */
  readonly seen: Uint32Array;
}

/** One way to judge a prompt: it gives each model a score, on the scale of logits. */
export type RouterPart = LinearPart | WordsPart | ForestPart;

/** The logit of model m is `biases[m]` + the sum over parts p of `weights[p × models + m]` × the score of m by p. */
export interface Blend {
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/** Model m writes exp(score of m) tokens; the score is the only thing a part tells here. */
export interface TokenForecaster {
  readonly part: RouterPart;
}

/** Rows of forecasts, one number per model and row. */
export interface ForecastSample {
  /** Probabilities of a good answer, 0 to 1. Rows × models. */
  readonly quality: Float32Array;
  /** Expected tokens of the answer; empty where the outcomes did not tell. Rows × models. */
  readonly outputTokens: Float32Array;
  /** Tokens of the prompt, by row. */
  readonly promptTokens: Float32Array;
}

/** What a router expects of its models for one prompt, in their order. */
export interface Forecast {
  /** Probability that the model answers well, 0 to 1. */
  readonly quality: Float32Array;
  /** Tokens of its answer; undefined where the outcomes did not tell. */
  readonly outputTokens: Float32Array | undefined;
}

/** Undefined where the prompt's embedding lacks what the router reads: a model without heads, or of another width. */
export function expectQuality(router: Router, prompt: RoutedPrompt): Forecast | undefined {
  const count = router.models.length;
  const logits = Float32Array.from(router.blend.biases);
  const read = readOnce(prompt);
  for (const [place, part] of router.parts.entries()) {
    const scores = partScores(part, read);
    if (scores === undefined) return undefined;
    for (let model = 0; model < count; model++) {
      const weight = router.blend.weights[place * count + model] ?? 0;
      logits[model] = (logits[model] ?? 0) + weight * (scores[model] ?? 0);
    }
  }
  const told = router.tokens === undefined ? undefined : partScores(router.tokens.part, read);
  return {
    quality: logits.map((logit) => 1 / (1 + Math.exp(-logit))),
    outputTokens: told?.map((score) => Math.exp(Math.min(score, LOG_TOKENS_MAX))),
  };
}

/** No answer is longer than that many tokens, whatever a straight line makes of a strange prompt: e^14 is a million. */
const LOG_TOKENS_MAX = 14;

/** What it looks up, where it does. */
export function memoryIn({ parts }: Router): Memory | undefined {
  for (const part of parts) if (part.kind === 'forest') return part.memory;
  return undefined;
}

/** Every part has the same shape of answer; a new kind of part is one more case here and in `router-parts.ts`. */
export function partScores(part: RouterPart, prompt: ReadPrompt): Float32Array | undefined {
  switch (part.kind) {
    case 'linear':
      return linearScores(part, prompt.embedding);
    case 'words':
      return wordsScores(part, prompt.text);
    case 'forest':
      return forestScores(part, prompt);
  }
}

/** Names a text among those that a router was trained on. One of 4 billion: strangers are hardly ever taken for it. */
export function textMark(text: string): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619);
  }
  return hash >>> 0;
}
