import { describe, expect, test } from '@jest/globals';
import { embeddingSignal } from '../../../src/signals/embedding.js';
import { embeddingOf, promptView } from '../../support/prompt-view.js';

const signal = embeddingSignal({
  name: 'billing',
  threshold: 0.6,
  examples: [Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0)],
});
const view = promptView('anything');

describe('embeddingSignal', () => {
  test('scores by the nearest example', () => {
    expect(signal.cost).toBe('encoder');
    const value = signal.evaluate(view, embeddingOf([0.6, 0.8, 0]));
    expect(value).toMatchObject({
      state: 'known',
      matched: true,
      threshold: 0.6,
      detail: 'nearest to example 2 of 2',
    });
    expect(value.state === 'known' && value.score).toBeCloseTo(0.8);
  });

  test('does not match below its threshold', () => {
    expect(signal.evaluate(view, embeddingOf([0, 0.5, 0.866]))).toMatchObject({
      state: 'known',
      matched: false,
    });
    expect(signal.evaluate(view, embeddingOf([-1, 0, 0]))).toMatchObject({ matched: false, score: 0 });
  });

  test('says when a long prompt was read in part', () => {
    expect(signal.evaluate(view, embeddingOf([1, 0, 0], { truncated: true }))).toMatchObject({
      matched: true,
      detail: 'nearest to example 1 of 2, by the head and the tail of a long prompt',
    });
  });

  test.each([
    [undefined, 'there is no embedding'],
    [embeddingOf([1, 0, 0], { unknownShare: 0.34 }), 'the encoder does not know 34 % of the tokens'],
    [embeddingOf([1, 0]), 'the embedding has 2 numbers, the examples have 3'],
    [embeddingOf([Number.NaN, 0, 0]), 'the embedding holds numbers that are not finite'],
  ])('is unknown for %j', (embedding, reason) => {
    expect(signal.evaluate(view, embedding)).toEqual({ state: 'unknown', reason });
  });

  test('a tenth of unknown tokens is still read', () => {
    expect(signal.evaluate(view, embeddingOf([1, 0, 0], { unknownShare: 0.1 })).state).toBe('known');
  });

  test('refuses examples that cannot be compared', () => {
    expect(() => embeddingSignal({ name: 'x', threshold: 0.5, examples: [] })).toThrow(
      'signal "x" has no example',
    );
    const examples = [Float32Array.of(1, 0), Float32Array.of(1)];
    expect(() => embeddingSignal({ name: 'x', threshold: 0.5, examples })).toThrow(
      'signal "x": example 2 has 1 numbers, the first has 2',
    );
  });
});
