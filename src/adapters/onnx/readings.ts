import type { Embedding, HeadName } from '../../signals/contract.js';
import type { PassOutputs } from './forward-pass.js';
import { calibrate, type Heads, wordScoresOf } from './heads.js';
import { HEAD_NAMES } from './heads-file.js';
import { spansOf, type TagTable, tagTableOf } from './spans.js';
import type { TextWindow } from './text-window.js';
import type { TokenWindow } from './token-window.js';

const VECTOR = 'embedding';
const FEATURES = 'features';
const TOKEN_HEAD = 'pii';

/** One text of a pass. */
export interface TextInPass {
  readonly window: TextWindow;
  readonly tokens: TokenWindow;
  readonly row: number;
  /** Texts in the pass. */
  readonly rows: number;
}

/** Makes of a pass's numbers what it says of each text. */
export interface PassReader {
  /** The outputs of the model that are needed. */
  readonly outputs: readonly string[];
  /** @throws Error when an output has another shape than `heads.json` or the manifest says */
  read(pass: PassOutputs, text: TextInPass): Embedding;
}

export function createPassReader(dimension: number, heads: Heads | undefined): PassReader {
  if (heads === undefined) {
    return {
      outputs: [VECTOR],
      read: (pass, text) => ({ vector: vectorOf(pass, text, dimension).slice(), ...measuresOf(text) }),
    };
  }
  const tags = tagTableOf(heads.file.pii);
  return {
    outputs: [VECTOR, FEATURES, ...HEAD_NAMES, TOKEN_HEAD],
    read: (pass, text) => readHeads(pass, text, { dimension, heads, tags }),
  };
}

interface Shapes {
  readonly dimension: number;
  readonly heads: Heads;
  readonly tags: TagTable;
}

/** All numbers of a text lie in one block of memory, which goes to another thread as one and is kept as one. */
function readHeads(pass: PassOutputs, text: TextInPass, { dimension, heads, tags }: Shapes): Embedding {
  const parts = [vectorOf(pass, text, dimension), rowOf(pass, FEATURES, text)];
  for (const name of HEAD_NAMES) {
    const logits = rowOf(pass, name, text);
    const { labels } = heads.file.heads[name];
    if (logits.length !== labels.length) {
      throw new Error(
        `the model's head "${name}" tells ${logits.length} labels apart, heads.json names ${labels.length}`,
      );
    }
    parts.push(logits);
  }
  const [vector, features, ...probabilities] = inOneBlock(parts);
  const wordScores = wordScoresOf(readTextOf(text.window), heads);
  HEAD_NAMES.forEach((name, index) => {
    calibrate(heads.file.heads[name], probabilities[index] ?? NONE, wordScores);
  });
  return {
    vector: vector ?? NONE,
    ...measuresOf(text),
    heads: {
      features: features ?? NONE,
      probabilities: Object.fromEntries(
        HEAD_NAMES.map((name, index) => [name, probabilities[index] ?? NONE]),
      ) as Record<HeadName, Float32Array>,
      spans: spansIn(pass, text, tags),
    },
  };
}

const NONE = new Float32Array(0);

function measuresOf({ tokens }: TextInPass): Pick<Embedding, 'tokens' | 'truncated' | 'unknownShare'> {
  return { tokens: tokens.ids.length, truncated: tokens.truncated, unknownShare: tokens.unknownShare };
}

function vectorOf(pass: PassOutputs, text: TextInPass, dimension: number): Float32Array {
  const vector = rowOf(pass, VECTOR, text);
  if (vector.length !== dimension) {
    throw new Error(`the model gives vectors of ${vector.length}, the manifest promises ${dimension}`);
  }
  return vector;
}

function rowOf(pass: PassOutputs, output: string, { row, rows }: TextInPass): Float32Array {
  const data = pass.get(output) ?? NONE;
  const length = data.length / rows;
  return data.subarray(row * length, (row + 1) * length);
}

function inOneBlock(parts: readonly Float32Array[]): readonly Float32Array[] {
  const block = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  return parts.map((part) => {
    block.set(part, at);
    at += part.length;
    return block.subarray(at - part.length, at);
  });
}

/** Both ends of a text that is cut, as the encoder reads them. */
function readTextOf({ head, tail }: TextWindow): string {
  return tail === '' ? head : `${head}\n${tail}`;
}

function spansIn(pass: PassOutputs, text: TextInPass, tags: TagTable): ReturnType<typeof spansOf> {
  const { content, ids } = text.tokens;
  const labels = rowOf(pass, TOKEN_HEAD, text);
  const { tagCount } = tags;
  if (labels.length % tagCount !== 0 || labels.length < ids.length * tagCount) {
    throw new Error(`the model's token head does not tell the ${tagCount} tags of heads.json apart`);
  }
  if (content === undefined) return [];
  // Without the start token's row; a copy, because decoding writes over it.
  return spansOf({ ...content, logits: labels.slice(tagCount, (content.ids.length + 1) * tagCount) }, tags);
}
