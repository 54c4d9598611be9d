import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Embedding, HeadReadings } from '../../../src/signals/contract.js';
import {
  type CustomHead,
  HEAD_WIDTH,
  headInput,
  highest,
  probabilitiesOf,
  readHead,
  scoreHead,
} from '../../../src/signals/custom-head.js';

function embedding(features?: Float32Array): Embedding {
  const vector = new Float32Array(384);
  vector[0] = 1;
  const plain = { vector, tokens: 3, truncated: false, unknownShare: 0 };
  if (features === undefined) return plain;
  const heads: HeadReadings = { features, probabilities: {} as HeadReadings['probabilities'], spans: [] };
  return { ...plain, heads };
}

/** Two labels: one along the first axis, one along the second. */
function head(changes: Partial<CustomHead> = {}): CustomHead {
  const weights = new Float32Array(2 * HEAD_WIDTH);
  weights[0] = 4;
  weights[HEAD_WIDTH + 1] = 4;
  const centers = weights.map((value) => value / 4);
  const outOfScope = { label: 'oos', coefficients: [0, 0, 4], bias: -2, threshold: 0.5 };
  return {
    name: 'mine',
    labels: ['first', 'second'],
    encoderHash: 'a'.repeat(64),
    weights,
    biases: new Float32Array(2),
    centers,
    temperature: 1,
    outOfScope,
    ...changes,
  };
}

function along(axis: number): Float32Array {
  const input = new Float32Array(HEAD_WIDTH);
  input[axis] = 1;
  return input;
}

describe('the input of a head', () => {
  test('is the embedding, then the features at unit length', () => {
    const input = headInput(embedding(new Float32Array(384).fill(3)));
    expect(input).toHaveLength(HEAD_WIDTH);
    expect(input?.[0]).toBe(1);
    expect(Math.hypot(...(input?.subarray(384) ?? []))).toBeCloseTo(1, 5);
  });

  test('is nothing without heads, or of another width; features of zero stay zero', () => {
    expect(headInput(embedding())).toBeUndefined();
    expect(headInput(embedding(new Float32Array(100)))).toBeUndefined();
    expect(headInput(embedding(new Float32Array(384)))?.every(Number.isFinite)).toBe(true);
  });
});

describe('a head', () => {
  test('names the likeliest label', () => {
    const score = scoreHead(head(), along(1));
    expect(score.label).toBe('second');
    expect(score.probabilities[1]).toBeCloseTo(1 / (1 + Math.exp(-4)), 5);
    expect(score.outOfScope).toBeCloseTo(1 / (1 + Math.exp(2)), 5);
  });

  test('names none when the text lies apart, and at the threshold', () => {
    expect(scoreHead(head(), along(500))).toMatchObject({ label: undefined });
    const rule = { label: 'oos', coefficients: [0, 0, 0], bias: 0, threshold: 0.5 };
    expect(scoreHead(head({ outOfScope: rule }), along(0)).label).toBeUndefined();
    expect(scoreHead(head({ outOfScope: { ...rule, threshold: 0.51 } }), along(0)).label).toBe('first');
  });

  test('doubts more when two labels are as likely, and finitely when there is one alone', () => {
    const both = along(0);
    both[1] = 1;
    const sure = readHead(head(), along(0)).evidence;
    const torn = readHead(head(), both).evidence;
    expect(torn[0]).toBeCloseTo(0, 5);
    expect(torn[0]).toBeGreaterThan(sure[0] ?? 0);
    expect(torn[2]).toBeCloseTo(1 - Math.SQRT1_2, 5);
    const alone = { weights: along(0), biases: new Float32Array(1), centers: along(0) };
    expect(readHead(alone, along(0)).evidence.every(Number.isFinite)).toBe(true);
    expect(readHead(alone, new Float32Array(HEAD_WIDTH)).evidence[2]).toBe(2);
  });
});

test('probabilities sum to 1 and keep the order of the logits at any temperature', () => {
  const logits = fc.array(fc.float({ min: -500, max: 500, noNaN: true }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(logits, fc.double({ min: 0.05, max: 20, noNaN: true }), (given, temperature) => {
      const values = Float32Array.from(given);
      const probabilities = probabilitiesOf(values, temperature);
      expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
      expect(probabilities[highest(values)]).toBe(Math.max(...probabilities));
    }),
  );
});
