import { describe, expect, test } from '@jest/globals';
import { servedName } from '../../../src/selection/model-card.js';
import { loraScorer } from '../../../src/selection/scorers.js';
import { cardScorers, type ScorerWeights, type Sight, sightScorers } from '../../../src/selection/scoring.js';
import { select } from '../../../src/selection/select.js';
import { card } from '../../support/model-card.js';

const NEEDS = { contextTokens: 100, modalities: [] };
const WEIGHTS: ScorerWeights = { weight: 1, price: 0.001, latency: 0.2, load: 0.1, affinity: 0.3, lora: 0.1 };
const OPEN = { busyFrom: 0, ceilings: {} };
const SIGHT: Sight = {
  load: { loadOf: (cluster) => ({ a: 0.9, b: 0.2 })[cluster], sent: () => undefined },
  latency: { latencyOf: () => undefined, answered: () => undefined },
  adapters: { nearnessOf: (cluster) => ({ a: 1, b: 0 })[cluster] },
};

describe('what counts in a choice', () => {
  test('is left out where it weighs nothing, or nobody looks', () => {
    const names = (weights: ScorerWeights, sight: Sight) =>
      [...cardScorers(weights), ...sightScorers({ weights, ...OPEN }, sight)].map(
        ({ scorer }) => scorer.name,
      );
    expect(names(WEIGHTS, SIGHT)).toEqual(['weight', 'price', 'latency', 'load', 'lora']);
    const shared = { model: 'a', tokens: 5 };
    const inConversation = sightScorers({ weights: WEIGHTS, ...OPEN }, SIGHT, shared);
    expect(inConversation.map(({ scorer }) => scorer.name)).toEqual(['latency', 'load', 'affinity', 'lora']);
    expect(names(WEIGHTS, {})).toEqual(['weight', 'price']);
    expect(names({ weight: 0, price: 1, latency: 0, load: 0, affinity: 0, lora: 1 }, SIGHT)).toEqual([
      'price',
      'lora',
    ]);
  });

  test('sends prompts to the idle one of equals, unless a card is preferred by more', () => {
    const pick = (weight: number) =>
      select({
        candidates: ['a', 'b'],
        models: [card('a', { weight }), card('b')],
        needs: NEEDS,
        scorers: [
          ...cardScorers(WEIGHTS),
          ...sightScorers({ weights: { ...WEIGHTS, lora: 0, latency: 0 }, ...OPEN }, SIGHT),
        ],
      });
    expect(pick(1).model?.name).toBe('b');
    expect(pick(1.05).model?.name).toBe('b');
    expect(pick(1.1).model?.name).toBe('a');
    expect(pick(1).candidates[0]?.parts['load']).toBeCloseTo(0.01);
    expect(pick(1).candidates[1]?.parts['load']).toBeCloseTo(0.08);
  });
});

test('a model that is an adapter is nearest where that is in use; others gain and lose nothing', () => {
  const scorer = loraScorer({
    nearnessOf: (cluster, adapter) => (cluster === 'a' ? adapter.length / 10 : undefined),
  });
  const lora = { adapter: 'sql', base: undefined };
  expect(scorer.score(card('a', { lora }), NEEDS)).toBe(0.3);
  expect(scorer.score(card('b', { lora }), NEEDS)).toBe(0.5);
  expect(scorer.score(card('a'), NEEDS)).toBe(0.5);
  expect(servedName(card('a', { lora }))).toBe('sql');
  expect(servedName(card('a'))).toBe('a');
});
