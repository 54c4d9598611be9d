import { readFile } from 'node:fs/promises';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import type { Json } from '../../lib/json.js';
import type { Embedding } from '../../signals/contract.js';
import type { SessionOptions } from './protocol.js';
import { type TextWindow, windowOf } from './text-window.js';
import { tokensOf } from './token-window.js';
import { readWordPiece } from './wordpiece.js';

/** A loaded model with its tokenizer. `embed` blocks the thread it runs on, so a session belongs into a worker. */
export interface EncoderSession {
  embed(window: TextWindow): Promise<Embedding>;
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
  const model = await InferenceSession.create(options.modelPath, {
    executionProviders: [options.provider],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // The export fused what is worth it. Beyond "basic" the runtime joins addition and layer norm in one kernel that
    // is not vectorised on CPUs: each pass takes 15 % longer.
    graphOptimizationLevel: 'basic',
    logSeverityLevel: 4,
  });
  const session: EncoderSession = {
    async embed(window) {
      const { ids, truncated, unknownShare } = tokensOf(window, words, options.tokensMax);
      const vector = await infer(model, ids);
      if (vector.length !== options.dimension) {
        throw new Error(
          `the model gives vectors of ${vector.length}, the manifest promises ${options.dimension}`,
        );
      }
      return { vector, tokens: ids.length, truncated, unknownShare };
    },
    close: () => model.release(),
  };
  await session.embed(windowOf(WARM_UP));
  return session;
}

const WARM_UP = 'Which of these answers is the shortest one, and why was it written that way?';
const OUTPUT = 'embedding';

async function infer(model: InferenceSession, ids: readonly number[]): Promise<Float32Array> {
  const shape = [1, ids.length];
  const feeds = {
    input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), shape),
    attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), shape),
    token_type_ids: new Tensor('int64', new BigInt64Array(ids.length), shape),
  };
  const data = (await model.run(feeds, [OUTPUT]))[OUTPUT]?.data;
  if (!(data instanceof Float32Array)) throw new Error(`the model has no float32 output named "${OUTPUT}"`);
  // A copy of its own, because the runtime's memory cannot be handed to another thread.
  return data.slice();
}
