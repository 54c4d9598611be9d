import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { costWeightOf } from '../../../src/selection/dial.js';
import {
  choiceRule,
  type Goal,
  modelChoice,
  type QualityRouter,
} from '../../../src/selection/expected-quality.js';
import type { ModelCard } from '../../../src/selection/model-card.js';
import { latencyScorer, loadScorer, priceScorer } from '../../../src/selection/scorers.js';
import { select } from '../../../src/selection/select.js';
import { card as cardNamed } from '../../support/model-card.js';

const card = (name: string, change: Partial<ModelCard> = {}) =>
  cardNamed(name, { cluster: `pool-${name}`, ...change });

const SMALL = card('small', { price: { input: 0.1, output: 0.1 } });
const MEDIUM = card('medium', { price: { input: 0.5, output: 0.5 } });
const LARGE = card('large', { price: { input: 5, output: 5 } });
const CARDS = [SMALL, MEDIUM, LARGE];
const NEEDS = { contextTokens: 500, modalities: [], answerTokens: 500 };

/** Half of the sampled prompts are easy for all, half for the large model alone. */
const ROUTER: QualityRouter = {
  name: 'made',
  hash: 'h',
  models: CARDS.map(({ name }) => name),
  expect: () => undefined,
  sample: {
    quality: Float32Array.from({ length: 30 }, (_, at) =>
      at % 6 < 3 ? 0.9 : ([0.2, 0.5, 0.8][at % 3] ?? 0),
    ),
    outputTokens: new Float32Array(30).fill(500),
    promptTokens: new Float32Array(10).fill(500),
  },
};

function choose(goal: Goal, quality: readonly number[], cards: readonly ModelCard[] = CARDS) {
  const choice = modelChoice(ROUTER, goal, cards);
  const expected = { quality: Float32Array.from(quality), outputTokens: undefined };
  const rule = choiceRule(choice, { models: ROUTER.models, expected }, cards);
  return select({ candidates: cards.map(({ name }) => name), models: cards, needs: NEEDS, ...rule });
}

describe('the dial', () => {
  const HARD = [0.2, 0.5, 0.8];
  test.each([
    [0, HARD, 'small'],
    [0.3, [0.9, 0.9, 0.9], 'small'],
    [0.5, HARD, 'medium'],
    [1, HARD, 'large'],
    [1, [0.9, 0.9, 0.9], 'small'],
  ] as const)('at %p with qualities %p takes %s', (bias, quality, name) => {
    expect(choose({ kind: 'bias', bias }, quality).model?.name).toBe(name);
  });

  test('spends the wanted share of the way on what it was set by', () => {
    const options = fc.record({
      quality: fc.double({ min: 0, max: 1, noNaN: true }),
      cost: fc.integer({ min: 1, max: 50 }),
    });
    const prompts = fc.array(fc.array(options, { minLength: 2, maxLength: 4 }), {
      minLength: 1,
      maxLength: 30,
    });
    const spent = (rows: readonly (readonly { quality: number; cost: number }[])[], weight: number) =>
      rows.reduce((sum, row) => {
        const [best] = row.toSorted((a, b) => {
          const ahead =
            weight === Number.POSITIVE_INFINITY ? 0 : b.quality - a.quality - weight * (b.cost - a.cost);
          return ahead === 0 ? a.cost - b.cost : ahead;
        });
        return sum + (best?.cost ?? 0);
      }, 0);
    fc.assert(
      fc.property(prompts, fc.double({ min: 0, max: 1, noNaN: true }), (rows, bias) => {
        const [least, most] = [spent(rows, Number.POSITIVE_INFINITY), spent(rows, 0)];
        const found = spent(rows, costWeightOf(bias, rows));
        expect(found).toBeLessThanOrEqual(least + bias * (most - least) + 1e-6);
      }),
    );
  });

  test('takes the cheapest where there is nothing to set it by', () => {
    expect(costWeightOf(0.5, [])).toBe(Number.POSITIVE_INFINITY);
    expect(costWeightOf(0.5, [[{ quality: 1, cost: 0 }]])).toBe(Number.POSITIVE_INFINITY);
    expect(costWeightOf(1, [])).toBe(0);
  });
});

describe('a bound', () => {
  test('on quality takes the cheapest that is good enough, and says why others are not', () => {
    const goal: Goal = { kind: 'within', ofBest: 0.1 };
    const found = choose(goal, [0.6, 0.75, 0.8]);
    expect(found.model?.name).toBe('medium');
    expect(found.candidates[0]).toMatchObject({
      kept: false,
      reason: 'its expected quality 0.600 is more than 0.1 below the best, 0.800',
    });
    expect(Object.keys(found.candidates[1]?.parts ?? {})).toEqual(['cost', 'quality']);
  });

  test('on the price takes the best that is cheap enough', () => {
    const found = choose({ kind: 'under', usdPer1000: 1 }, [0.6, 0.75, 0.8]);
    expect(found.model?.name).toBe('medium');
    expect(found.candidates[2]?.reason).toBe(
      'would cost 5.000 USD per 1,000 requests like this, more than 1',
    );
  });

  test('that none can keep leaves the cheapest', () => {
    expect(choose({ kind: 'under', usdPer1000: 0.001 }, [0.6, 0.75, 0.8]).model?.name).toBe('small');
  });
});

describe('a model that the router does not know', () => {
  const best: Goal = { kind: 'bias', bias: 1 };
  test('is not chosen', () => {
    const found = choose(best, [0.6, 0.75, 0.8], [SMALL, card('stranger')]);
    expect(found.model?.name).toBe('small');
    expect(found.candidates[1]?.reason).toContain('nothing is expected of it');
  });

  test('counts with the quality on its card, or as the model that it is for the router', () => {
    expect(choose(best, [0.6, 0.75, 0.8], [SMALL, card('stranger', { quality: 0.7 })]).model?.name).toBe(
      'stranger',
    );
    const renamed = card('big', { routerModel: 'large', price: LARGE.price });
    expect(choose(best, [0.6, 0.75, 0.8], [MEDIUM, renamed]).model?.name).toBe('big');
  });

  test('leaves nobody where it stands alone', () => {
    expect(choose(best, [], [card('one'), card('other')]).model).toBeUndefined();
  });
});

test('without prices, active parameters are what an answer costs', () => {
  const cards = [card('small', { parametersB: 8 }), card('large', { parametersB: 70 })];
  const found = choose({ kind: 'within', ofBest: 0.3 }, [0.6, 0, 0.8], cards);
  expect(found.model?.name).toBe('small');
  expect(found.candidates[0]?.parts['cost']).toBeCloseTo(-0.008);
});

test('the expected length of an answer counts, up to what the client allows', () => {
  const choice = modelChoice(ROUTER, { kind: 'within', ofBest: 1 }, CARDS);
  const expected = {
    quality: new Float32Array(3).fill(0.5),
    outputTokens: Float32Array.of(90_000, 100, 100),
  };
  const rule = choiceRule(choice, { models: ROUTER.models, expected }, CARDS);
  const pick = (answerTokens: number | undefined) => {
    const needs = {
      contextTokens: 10,
      modalities: [],
      ...(answerTokens === undefined ? {} : { answerTokens }),
    };
    return select({ candidates: ROUTER.models, models: CARDS, needs, ...rule }).model?.name;
  };
  expect(pick(undefined)).toBe('medium');
  expect(pick(100)).toBe('small');
});

test('a sample that tells no lengths sets the dial too', () => {
  const router = { ...ROUTER, sample: { ...ROUTER.sample, outputTokens: new Float32Array() } };
  const { costWeight } = modelChoice(router, { kind: 'bias', bias: 0.5 }, [...CARDS, card('stranger')]);
  expect(costWeight).toBeGreaterThan(0);
  expect(costWeight).toBeLessThan(Number.POSITIVE_INFINITY);
});

describe('what was seen of models', () => {
  test('prefers the faster one, and neither prefers nor shuns a stranger', () => {
    const scorer = latencyScorer({
      latencyOf: (name) =>
        name === 'small'
          ? { firstTokenMs: 100, perTokenMs: 1 }
          : name === 'large'
            ? { firstTokenMs: 900, perTokenMs: 20 }
            : undefined,
    });
    expect(scorer.score(SMALL, NEEDS)).toBeGreaterThan(scorer.score(MEDIUM, NEEDS));
    expect(scorer.score(MEDIUM, NEEDS)).toBe(0.5);
    expect(scorer.score(LARGE, { contextTokens: 1, modalities: [] })).toBeLessThan(0.5);
  });

  test('prefers the idle pool', () => {
    const scorer = loadScorer({ loadOf: (cluster) => ({ 'pool-small': 0.2, 'pool-large': 7 })[cluster] });
    expect(scorer.score(SMALL, NEEDS)).toBeCloseTo(0.8);
    expect(scorer.score(LARGE, NEEDS)).toBe(0);
    expect(scorer.score(MEDIUM, NEEDS)).toBe(1);
  });

  test('takes a pool with room for as good as an idle one', () => {
    const loads = [0, 0.5, 0.7, 0.85, 1];
    const scores = loads.map((load) => loadScorer({ loadOf: () => load }, 0.7).score(SMALL, NEEDS));
    for (const [at, wanted] of [1, 1, 1, 0.5, 0].entries()) expect(scores[at]).toBeCloseTo(wanted);
  });
});

test('a goal can be the sum of quality and what the cards say', () => {
  const pick = (weight: number, quality: readonly number[]) => {
    const choice = modelChoice(ROUTER, { kind: 'weighed', weight }, CARDS);
    const expected = { quality: Float32Array.from(quality), outputTokens: undefined };
    const byCards = [{ scorer: priceScorer, weight: 1 }];
    const rule = choiceRule(choice, { models: ROUTER.models, expected, byCards }, CARDS);
    return select({ candidates: ROUTER.models, models: CARDS, needs: NEEDS, ...rule });
  };
  // By price: 0.91 for small, 0.67 for medium, 0.17 for large.
  expect(pick(1, [0.2, 0.5, 0.8]).model?.name).toBe('medium');
  expect(pick(0.5, [0.2, 0.5, 0.8]).model?.name).toBe('small');
  expect(pick(9, [0.2, 0.5, 0.8]).model?.name).toBe('large');
  expect(Object.keys(pick(1, [0.2, 0.5, 0.8]).candidates[0]?.parts ?? {})).toEqual(['price', 'quality']);
});

describe('what counts beside the expectation', () => {
  const idle = { scorer: loadScorer({ loadOf: (pool) => (pool === 'pool-small' ? 1 : 0) }), weight: 0.1 };
  const pick = (goal: Goal, quality: readonly number[]) => {
    const choice = modelChoice(ROUTER, goal, CARDS);
    const expected = { quality: Float32Array.from(quality), outputTokens: undefined };
    const rule = choiceRule(choice, { models: ROUTER.models, expected, beside: [idle] }, CARDS);
    return select({ candidates: ROUTER.models, models: CARDS, needs: NEEDS, ...rule });
  };

  test('is worth so many points of quality where quality counts', () => {
    expect(pick({ kind: 'bias', bias: 1 }, [0.9, 0.85, 0.5]).model?.name).toBe('medium');
    expect(pick({ kind: 'bias', bias: 1 }, [0.9, 0.79, 0.5]).model?.name).toBe('small');
    expect(pick({ kind: 'bias', bias: 1 }, [0.9, 0.85, 0.5]).candidates[1]?.parts['load']).toBe(0.1);
  });

  test('is worth a share of the dearest price where the price counts', () => {
    // The dearest answer costs 0.005 USD, so room is worth 0.0005: medium costs 0.0004 more than small.
    expect(pick({ kind: 'within', ofBest: 0.1 }, [0.9, 0.9, 0.9]).model?.name).toBe('medium');
    expect(pick({ kind: 'bias', bias: 0 }, [0.9, 0.1, 0.1]).model?.name).toBe('medium');
    expect(pick({ kind: 'within', ofBest: 0.1 }, [0.9, 0.7, 0.9]).model?.name).toBe('small');
  });
});
