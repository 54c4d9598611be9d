import { describe, expect, test } from '@jest/globals';
import { priceScorer, weightScorer } from '../../../src/selection/scorers.js';
import { select } from '../../../src/selection/select.js';
import { card } from '../../support/model-card.js';

const NEEDS = { contextTokens: 100, modalities: [] };

describe('select', () => {
  test('takes the first of equals', () => {
    const models = [card('b'), card('a')];
    const selection = select({ candidates: ['a', 'b'], models, needs: NEEDS });
    expect(selection.model).toBe(models[1]);
    expect(selection.candidates).toEqual([
      { model: 'a', kept: true, reason: 'fits', score: 1, parts: { weight: 1 } },
      { model: 'b', kept: true, reason: 'fits', score: 1, parts: { weight: 1 } },
    ]);
  });

  test('takes the one of the greatest weight', () => {
    const models = [card('a'), card('b', { weight: 3 }), card('c', { weight: 2 })];
    expect(select({ candidates: ['a', 'b', 'c'], models, needs: NEEDS }).model?.name).toBe('b');
  });

  test('leaves room for the answer in the context window', () => {
    const models = [card('short', { contextWindow: 1000 }), card('long', { contextWindow: 4000 })];
    const pick = (contextTokens: number, answerTokens?: number) =>
      select({
        candidates: ['short', 'long'],
        models,
        needs: { contextTokens, modalities: [], ...(answerTokens === undefined ? {} : { answerTokens }) },
      });
    expect(pick(488).model?.name).toBe('short');
    expect(pick(489).model?.name).toBe('long');
    expect(pick(800, 200).model?.name).toBe('short');
    expect(pick(800, 201).candidates[0]).toEqual({
      model: 'short',
      kept: false,
      reason: 'prompt and answer need about 1001 tokens, its context window has 1000',
      score: 0,
      parts: {},
    });
    expect(pick(5000).model).toBeUndefined();
  });

  test('keeps only models that can read every part', () => {
    const models = [card('text'), card('eyes', { modalities: ['image'] })];
    const needs = { contextTokens: 1, modalities: ['image' as const] };
    const selection = select({ candidates: ['text', 'eyes'], models, needs });
    expect(selection.model?.name).toBe('eyes');
    expect(selection.candidates[0]?.reason).toBe('cannot read image parts');
  });

  test('says so when a candidate does not exist, and looks at each name once', () => {
    const selection = select({ candidates: ['ghost', 'a', 'a'], models: [card('a')], needs: NEEDS });
    expect(selection.model?.name).toBe('a');
    expect(selection.candidates.map(({ model, reason }) => [model, reason])).toEqual([
      ['ghost', 'there is no such model'],
      ['a', 'fits'],
    ]);
  });

  test('adds up what several scorers say, each by its weight', () => {
    const models = [
      card('dear', { weight: 2, price: { input: 10, output: 10 } }),
      card('cheap', { weight: 1, price: { input: 0, output: 0 } }),
    ];
    const needs = { contextTokens: 50, answerTokens: 50, modalities: [] };
    const pick = (weight: number) =>
      select({
        candidates: ['dear', 'cheap'],
        models,
        needs,
        scorers: [
          { scorer: weightScorer, weight: 1 },
          { scorer: priceScorer, weight },
        ],
      });
    expect(pick(1).model?.name).toBe('dear');
    expect(pick(3).model?.name).toBe('cheap');
    expect(pick(3).candidates[0]?.parts).toEqual({ weight: 2, price: 1.5 });
    expect(pick(3).candidates[0]?.score).toBe(3.5);
  });
});

test('priceScorer prefers cheaper models, and counts an answer of usual length without a limit', () => {
  const cheap = card('cheap', { price: { input: 0.1, output: 0.2 } });
  const dear = card('dear', { price: { input: 3, output: 15 } });
  expect(priceScorer.score(card('free'), NEEDS)).toBe(1);
  expect(priceScorer.score(cheap, NEEDS)).toBeGreaterThan(priceScorer.score(dear, NEEDS));
  expect(priceScorer.score(dear, NEEDS)).toBe(priceScorer.score(dear, { ...NEEDS, answerTokens: 512 }));
});
