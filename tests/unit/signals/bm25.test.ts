import { expect, test } from '@jest/globals';
import { type Bm25Options, bm25Signal } from '../../../src/signals/bm25.js';
import { promptView } from '../../support/prompt-view.js';

function evaluate(change: Partial<Bm25Options>, ask: string) {
  const signal = bm25Signal({
    name: 'b',
    words: ['refund', 'invoice'],
    weights: {},
    threshold: 1,
    ...change,
  });
  const value = signal.evaluate(promptView(ask), undefined);
  if (value.state !== 'known') throw new Error('it is always known');
  return value;
}

const usual = (words: string) => `${words}${' and so on'.repeat(8)}`;

test('a word in a question of usual length counts about one', () => {
  expect(evaluate({}, usual('refund')).score).toBeCloseTo(1, 2);
  expect(evaluate({}, usual('refund')).matched).toBe(true);
  expect(evaluate({ threshold: 1.5 }, usual('refund')).matched).toBe(false);
  expect(evaluate({}, 'nothing of it')).toMatchObject({ score: 0, matched: false, confidence: 0 });
  expect(evaluate({}, '')).toMatchObject({ score: 0, matched: false });
});

test('more words count more, repeated ones less and less, and all less in a long text', () => {
  const one = evaluate({}, usual('refund')).score;
  const both = evaluate({}, usual('refund invoice')).score;
  const twice = evaluate({}, usual('refund refund')).score;
  const often = evaluate({}, usual('refund '.repeat(20))).score;
  expect(both).toBeGreaterThan(1.8 * one);
  expect(twice).toBeGreaterThan(one);
  expect(twice).toBeLessThan(both);
  expect(often).toBeLessThan(2.2);
  expect(evaluate({}, `refund ${'word '.repeat(400)}`).score).toBeLessThan(0.2);
});

test('weights count, and of a word inside a phrase only the phrase does', () => {
  expect(evaluate({ weights: { refund: 3 } }, usual('refund')).score).toBeCloseTo(3, 1);
  const words = ['card', 'credit card'];
  expect(evaluate({ words, weights: { 'credit card': 2 } }, usual('credit card')).score).toBeCloseTo(2, 1);
});

test('its confidence is one half at the threshold', () => {
  const { score } = evaluate({}, 'refund');
  expect(evaluate({ threshold: score }, 'refund').confidence).toBeCloseTo(0.5, 10);
});

test('a list without words is refused', () => {
  expect(() => evaluate({ words: [] }, '')).toThrow('signal "b" has no word');
});
