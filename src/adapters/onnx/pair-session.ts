import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { PairModel, TextPair } from './protocol.js';
import type { WordPiece } from './wordpiece.js';

/** A loaded judge of pairs. It blocks the thread that it runs on. */
export interface PairSession {
  /** One logit for each pair, in their order; all of them share a pass. */
  judge(pairs: readonly TextPair[]): Promise<readonly number[]>;
  close(): Promise<void>;
}

/** Of each text, without its start and end; what the judge was trained with. */
const TEXT_TOKENS_MAX = 64;

/**
 * Loads the judge and runs it once, so that the first pair finds everything warm.
 *
 * @throws Error when the file cannot be read, or the model has another shape than promised
 */
export async function openPairSession(
  { modelPath, features }: PairModel,
  words: WordPiece,
  options: InferenceSession.SessionOptions,
): Promise<PairSession> {
  const model = await InferenceSession.create(modelPath, options);
  const session: PairSession = {
    judge: async (pairs) => {
      const { logit } = await model.run(feedsOf(pairs, words, features), ['logit']);
      if (!(logit?.data instanceof Float32Array) || logit.data.length !== pairs.length)
        throw new Error('the judge of pairs has no float32 output "logit" with one number for each pair');
      return [...logit.data];
    },
    close: () => model.release(),
  };
  await session.judge([{ one: WARM_UP, other: WARM_UP, features: new Float32Array(features) }]);
  return session;
}

const WARM_UP = 'Which of these is the shortest one?';

/** Each text is a row of its own, `[CLS] text [SEP]`, padded: first the one side of all pairs, then the other. */
function feedsOf(pairs: readonly TextPair[], words: WordPiece, width: number): InferenceSession.FeedsType {
  const texts = [...pairs.map(({ one }) => one), ...pairs.map(({ other }) => other)];
  const rows = texts.map((text) => [words.startId, ...words.tokenize(text, TEXT_TOKENS_MAX), words.endId]);
  const length = Math.max(...rows.map((row) => row.length));
  const shape = [rows.length, length];
  const ids = new BigInt64Array(rows.length * length);
  const mask = new BigInt64Array(rows.length * length);
  for (const [row, tokens] of rows.entries()) {
    ids.set(BigInt64Array.from(tokens, BigInt), row * length);
    mask.fill(1n, row * length, row * length + tokens.length);
  }
  const features = new Float32Array(pairs.length * width);
  for (const [row, pair] of pairs.entries()) features.set(pair.features.subarray(0, width), row * width);
  return {
    input_ids: new Tensor('int64', ids, shape),
    token_type_ids: new Tensor('int64', new BigInt64Array(ids.length), shape),
    attention_mask: new Tensor('int64', mask, shape),
    features: new Tensor('float32', features, [pairs.length, width]),
  };
}
