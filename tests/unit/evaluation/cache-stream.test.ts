import { describe, expect, test } from '@jest/globals';
import type { PairJudge } from '../../../src/cache/pair-judge.js';
import { evaluateCacheStream } from '../../../src/evaluation/cache-stream.js';
import type { EvaluationTools } from '../../../src/evaluation/evaluation.js';
import { nearTexts } from '../../../src/evaluation/near-texts.js';
import { streamOf } from '../../../src/evaluation/question-stream.js';
import { plainThreshold, runStream } from '../../../src/evaluation/run-stream.js';
import { systemClock } from '../../../src/lib/clock.js';
import { seededRandom } from '../../../src/lib/random.js';
import { wordEncoder } from '../../support/word-encoder.js';

describe('a stream', () => {
  const rows = [
    { a: 'a', b: 'b', same: true },
    { a: 'c', b: 'b', same: true },
    { a: 'c', b: 'd', same: false },
    { a: 'e', b: 'f', same: true },
  ];

  test('closes groups over all pairs that are the same, and is drawn by its seed', () => {
    const { texts, groups, asked } = streamOf(rows, { questions: 200, seed: 1 });
    const groupOf = (text: string) => groups[texts.indexOf(text)];
    expect(asked).toHaveLength(200);
    expect(new Set(texts)).toEqual(new Set(['a', 'b', 'c', 'd', 'e', 'f']));
    expect(groupOf('a')).toBe(groupOf('c'));
    expect(groupOf('c')).not.toBe(groupOf('d'));
    expect(groupOf('e')).toBe(groupOf('f'));
    expect(streamOf(rows, { questions: 200, seed: 1 })).toEqual({ texts, groups, asked });
    expect(streamOf(rows, { questions: 200, seed: 2 }).asked).not.toEqual(asked);
  });

  test('counts exact ones, hits and wrong hits apart', async () => {
    const near = [
      [{ index: 1, similarity: 0.9 }],
      [
        { index: 0, similarity: 0.9 },
        { index: 2, similarity: 0.8 },
      ],
      [{ index: 1, similarity: 0.8 }],
    ];
    // Text 1 is answered by text 0, which is right, and never stored; text 2 therefore has nobody near.
    const stream = { texts: ['x', 'y', 'z'], groups: [0, 0, 1], asked: [0, 1, 0, 2, 1] };
    expect(await runStream(stream, near, plainThreshold(0.75))).toMatchObject({
      questions: 5,
      exact: 1,
      hits: 2,
      wrong: 0,
      hitRate: 0.4,
    });
    const wrongly = { ...stream, groups: [0, 1, 2] };
    expect(await runStream(wrongly, near, plainThreshold(0.75))).toMatchObject({
      wrong: 2,
      errorPerHit: 1,
      errorPerQuestion: 0.4,
    });
    expect(await runStream(stream, near, plainThreshold(0.95))).toMatchObject({ hits: 0, errorPerHit: 0 });
  });
});

test('near texts are as a sort of all of them gives them', () => {
  const random = seededRandom(4);
  const dimension = 3;
  const vectors = Float32Array.from({ length: 40 * dimension }, () => random() - 0.5);
  const dot = (one: number, other: number) =>
    [0, 1, 2].reduce((sum, at) => sum + (vectors[one * 3 + at] ?? 0) * (vectors[other * 3 + at] ?? 0), 0);
  const near = nearTexts({ vectors, dimension, from: 0, limit: 5 });
  for (let one = 0; one < 40; one += 1) {
    const others = Array.from({ length: 40 }, (_, index) => ({ index, similarity: dot(one, index) }))
      .filter(({ index, similarity }) => index !== one && similarity >= 0)
      .toSorted((a, b) => b.similarity - a.similarity)
      .slice(0, 5);
    expect(near[one]).toEqual(others);
  }
});

test('the bound keeps its word where wordings prove right, and beats every threshold', async () => {
  // Questions about one subject each in many wordings, beside look-alikes that want something else.
  const kinds = ['repair', 'paint', 'move', 'clean', 'lift', 'sell'];
  const rows = kinds.flatMap((kind) =>
    Array.from({ length: 30 }, (_, turn) => ({
      a: `please tell me how people ${kind} the green garden door quickly`,
      b: `please tell me how people ${kind} the green garden door quickly thanks ${'a'.repeat(turn + 1)}`,
      same: true,
    })),
  );
  const tools: EvaluationTools = { encoder: wordEncoder(), workers: 1, clock: systemClock };
  const judge: PairJudge = {
    hash: 'words',
    accept: 0.9,
    reject: 0.1,
    judge: async (asked, stored) => {
      const kindOf = (text: string) => kinds.find((kind) => text.includes(kind));
      return stored.map((text) => (kindOf(text) === kindOf(asked) ? 0.99 : 0.01));
    },
  };
  const options = {
    maxErrorRate: 0.05,
    verifySampleRate: 0.01,
    questions: 600,
    seed: 1,
    judge,
    thresholds: { similarity: 0.7, candidate: 0.5 },
  };
  const { json, figures } = await evaluateCacheStream(rows, options, tools);
  expect(json).toMatchObject({ n: 600, groups: 6, max_error_rate: 0.05 });
  expect(json['error_per_hit']).toBeLessThanOrEqual(0.05);
  expect(json['hits']).toBeGreaterThan(50);
  expect(json['threshold_hits']).toBeLessThan(Number(json['hits']));
  expect(figures[0]).toMatchObject({ name: 'hit rate', n: 600 });
});
