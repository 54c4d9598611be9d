import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { PairJudge } from '../../cache/pair-judge.js';
import { sigmoid } from '../../lib/sigmoid.js';
import type { PairFile } from './pair-file.js';
import type { PassQueue } from './pass-queue.js';
import type { TextPair } from './protocol.js';

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
  const pairOf = (one: string, other: string): TextPair => ({
    one,
    other,
    features: reader.read(one, other),
  });
  return {
    hash,
    accept: file.accept,
    reject: file.reject,
    judge: async (asked, stored, deadlineMs) => {
      const keys = stored.map((text) => keyOf(asked, text));
      const probabilities = keys.map((key) => memo.get(key));
      const open = stored.filter((_, index) => probabilities[index] === undefined);
      if (open.length > 0) {
        const back = file.symmetric ? open.map((text) => pairOf(text, asked)) : [];
        const logits = await queue.judge([...open.map((text) => pairOf(asked, text)), ...back], deadlineMs);
        let next = 0;
        for (const [index, known] of probabilities.entries()) {
          if (known !== undefined) continue;
          const [forth = Number.NaN, turned = forth] = [logits[next], logits[open.length + next]];
          next += 1;
          const probability = sigmoid(file.scale * ((forth + turned) / 2) + file.bias);
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

/** The memo holds no text: whoever reads the memory of the process finds a hash. */
function keyOf(asked: string, stored: string): string {
  return createHash('sha256')
    .update(JSON.stringify([asked, stored]))
    .digest('base64');
}
