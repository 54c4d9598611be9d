import { readFile } from 'node:fs/promises';
import { env, InferenceSession } from 'onnxruntime-node';
import type { Json } from '../../lib/json.js';
import { encodeTexts } from './encode-texts.js';
import { runPass } from './forward-pass.js';
import { scanForAttack } from './heads.js';
import { openPairSession } from './pair-session.js';
import type { Encoded, ScanText, SessionOptions, TextPair } from './protocol.js';
import type { Provider } from './provider.js';
import { createPassReader } from './readings.js';
import { type TextWindow, windowOf } from './text-window.js';
import { tokensOf } from './token-window.js';
import { readWordPiece } from './wordpiece.js';

/** A loaded model with its tokenizer. Its methods block the thread they run on, so a session belongs into a worker. */
export interface EncoderSession {
  /** One result for each window, in their order. Texts of like length share a pass. */
  encode(windows: readonly TextWindow[]): Promise<readonly Encoded[]>;
  /**
   * Probability of an attack, 0 to 1, for each text, by words alone.
   *
   * @throws Error when the model has no heads
   */
  scan(texts: readonly ScanText[]): readonly number[];
  /**
   * One logit for each pair, in their order.
   *
   * @throws Error when there is no judge of pairs, or the runtime fails
   */
  judge(pairs: readonly TextPair[]): Promise<readonly number[]>;
  close(): Promise<void>;
}

/**
 * Loads model and tokenizer and runs them once, so that the first prompt finds everything warm.
 *
 * @throws Error when a file cannot be read, the provider does not load, or the model has another shape than promised
 */
export async function openSession(options: SessionOptions): Promise<EncoderSession> {
  // The runtime would write its own lines to stderr; what it has to say also comes as an exception.
  env.logLevel = 'fatal';
  const words = readWordPiece(JSON.parse(await readFile(options.tokenizerPath, 'utf8')) as Json);
  const runtime = runtimeOptions(options.provider);
  const model = await InferenceSession.create(options.modelPath, runtime);
  const { heads, pair } = options;
  const judge = pair === undefined ? undefined : await openPairSession(pair, words, runtime);
  const reader = createPassReader(options.dimension, heads);
  const steps = {
    run: (texts: readonly (readonly number[])[]) => runPass(model, texts, reader.outputs),
    read: reader.read,
  };
  const encode = (windows: readonly TextWindow[]): Promise<readonly Encoded[]> => {
    const texts = windows.map((window) => ({ window, tokens: tokensOf(window, words, options.tokensMax) }));
    return encodeTexts(texts, steps);
  };
  const [warm] = await encode([windowOf(WARM_UP)]);
  if (warm?.ok !== true) throw new Error(warm?.error);
  return {
    encode,
    scan: (texts) => {
      if (heads === undefined) throw new Error('the model has no heads');
      return texts.map(({ text, head }) => scanForAttack(text, head, heads));
    },
    judge: async (pairs) => {
      if (judge === undefined) throw new Error('there is no judge of pairs');
      return judge.judge(pairs);
    },
    close: async () => {
      await Promise.all([model.release(), judge?.close()]);
    },
  };
}

function runtimeOptions(provider: Provider): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // The export fused what is worth it. Beyond "basic" the runtime joins addition and layer norm in one kernel that
    // is not vectorised on CPUs: each pass takes 15 % longer.
    graphOptimizationLevel: 'basic',
    logSeverityLevel: 4,
  };
}

const WARM_UP = 'Which of these answers is the shortest one, and why was it written that way?';
