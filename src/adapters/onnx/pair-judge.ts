import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { PairJudge } from '../../cache/pair-judge.js';
import { sigmoid } from '../../lib/sigmoid.js';
import type { PairFile } from './pair-file.js';
import type { PassQueue } from './pass-queue.js';

/** What the judge is told of a pair beside its tokens; it was trained with the same code. */
export interface PairReader {
  /** Their names, in order. */
  readonly names: readonly string[];
  read(asked: string, stored: string): Float32Array;
}

export interface PairJudgeOptions {
  readonly file: PairFile;
  /** Changes with the model and its settings. */
  readonly hash: string;
  readonly reader: PairReader;
  readonly queue: Pick<PassQueue, 'judge'>;
  /** Recent pairs whose probabilities are kept, about 200 bytes each. Default 8192. */
  readonly memoMax?: number;
}

const MEMO_MAX = 8192;

/** The same question asked again meets the same neighbours, so pairs come back: what was judged is remembered. */
export function createPairJudge({ file, hash, reader, queue, memoMax }: PairJudgeOptions): PairJudge {
  const memo = new LRUCache<string, number>({ max: memoMax ?? MEMO_MAX });
  return {
    hash,
    accept: file.accept,
    reject: file.reject,
    judge: async (asked, stored, deadlineMs) => {
      const keys = stored.map((text) => keyOf(asked, text));
      const probabilities = keys.map((key) => memo.get(key));
      const open = stored.filter((_, index) => probabilities[index] === undefined);
      if (open.length > 0) {
        const pairs = open.map((text) => ({
          one: asked,
          other: text,
          features: bothOrders(reader, asked, text),
        }));
        const logits = await queue.judge(pairs, deadlineMs);
        let next = 0;
        for (const [index, known] of probabilities.entries()) {
          if (known !== undefined) continue;
          const probability = sigmoid(file.scale * (logits[next] ?? Number.NaN) + file.bias);
          next += 1;
          memo.set(keys[index] ?? '', probability);
          probabilities[index] = probability;
        }
      }
      // A logit that is no number comes from a broken model, and serves nothing.
      return probabilities.map((probability) =>
        probability !== undefined && probability >= 0 ? probability : 0,
      );
    },
  };
}

/** Of each feature the mean over both orders, then of each the distance: which question came first must not matter. */
function bothOrders(reader: PairReader, one: string, other: string): Float32Array {
  const [forth, back] = [reader.read(one, other), reader.read(other, one)];
  const width = forth.length;
  const features = new Float32Array(2 * width);
  for (const [index, value] of forth.entries()) {
    const turned = back[index] ?? 0;
    features[index] = (value + turned) / 2;
    features[width + index] = Math.abs(value - turned);
  }
  return features;
}

/** The memo holds no text: whoever reads the memory of the process finds a hash. */
function keyOf(asked: string, stored: string): string {
  return createHash('sha256')
    .update(JSON.stringify([asked, stored].toSorted()))
    .digest('base64');
}
