import type { Heads } from '../../../../src/adapters/onnx/heads.js';
import { HEAD_NAMES, type HeadsFile } from '../../../../src/adapters/onnx/heads-file.js';
import type { JsonObject } from '../../../../src/lib/json.js';
import { wordFeatures } from '../../../../src/lib/words.js';

const BUCKETS = 4096;
const OUTPUTS = 7;

/** Heads of few labels. Outputs 0 and 1 of the words are the domain's, 2 to 4 the guard's, 5 and 6 the document's. */
export const SMALL_HEADS: HeadsFile = {
  words: { buckets: BUCKETS, outputs: OUTPUTS, scales: Array(OUTPUTS).fill(0.5) },
  heads: {
    domain: {
      labels: ['law', 'other'],
      answers: 'one',
      scale: [2, 1],
      bias: [0, 0.5],
      words: { from: 0, scale: 0.4 },
    },
    intent: { labels: ['code', 'knowledge'], answers: 'one', scale: [1, 1], bias: [0, 0] },
    difficulty: {
      labels: ['small', 'medium', 'large'],
      answers: 'each',
      scale: [1, 1, 1],
      bias: [0, 1, 2],
    },
    guard: {
      labels: ['benign', 'jailbreak', 'injection'],
      answers: 'one',
      scale: [1.2, 1.2, 1.2],
      bias: [0, 0, 0],
      words: { from: 2, scale: 0.5 },
      threshold: 0.5,
      scanThreshold: 0.97,
    },
    document: {
      labels: ['benign', 'injection'],
      answers: 'one',
      scale: [1, 1],
      bias: [0, 0],
      words: { from: 5, scale: 0.5 },
      threshold: 0.6,
      scanThreshold: 0.98,
    },
  },
  pii: { tags: ['O', 'B-PERSON', 'I-PERSON', 'B-AGE', 'I-AGE'], threshold: 0.5 },
};

/** The same as `heads.json` holds it. */
export function smallHeadsJson(): JsonObject {
  const { words, heads, pii } = SMALL_HEADS;
  const list = HEAD_NAMES.map((name) => ({ name, ...heads[name] }));
  return JSON.parse(JSON.stringify({ version: 1, words, heads: list, pii })) as JsonObject;
}

/** Words that make an attack of a text: `jailbreak` for the guard, `inject` for documents. All others are benign. */
export function smallHeads(): Heads {
  const weights = new Int8Array(BUCKETS * OUTPUTS);
  for (const bucket of wordFeatures('jailbreak', BUCKETS)) weights[bucket * OUTPUTS + 3] = 100;
  for (const bucket of wordFeatures('inject', BUCKETS)) weights[bucket * OUTPUTS + 6] = 100;
  return { file: SMALL_HEADS, weights };
}
