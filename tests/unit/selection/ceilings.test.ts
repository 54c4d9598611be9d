import { describe, expect, test } from '@jest/globals';
import { bothBars, type Ceilings, ceilingBar } from '../../../src/selection/ceilings.js';
import type { ModelCard } from '../../../src/selection/model-card.js';
import type { LatencySeen, Needs } from '../../../src/selection/scorers.js';
import { select } from '../../../src/selection/select.js';

function card(name: string, usdPerMillion: number, weight: number): ModelCard {
  return {
    name,
    cluster: name,
    contextWindow: 100_000,
    price: { input: usdPerMillion, output: usdPerMillion },
    parametersB: 0,
    modalities: [],
    weight,
  };
}

const CARDS = [card('best', 10, 3), card('middle', 2, 2), card('cheap', 1, 1)];
const NEEDS: Needs = { contextTokens: 500, modalities: [], answerTokens: 500 };
const SEEN: Readonly<Record<string, LatencySeen>> = {
  best: { firstTokenMs: 900, perTokenMs: 30 },
  middle: { firstTokenMs: 300, perTokenMs: undefined },
};
const SOURCE = { latencyOf: (model: string) => SEEN[model] };

function pick(ceilings: Ceilings, needs = NEEDS, source: typeof SOURCE | undefined = SOURCE) {
  const bar = ceilingBar(ceilings, source);
  const { model, candidates } = select({
    candidates: CARDS.map(({ name }) => name),
    models: CARDS,
    needs,
    bar,
  });
  return [model?.name, ...candidates.flatMap(({ kept, reason }) => (kept ? [] : [reason]))];
}

describe('a ceiling', () => {
  test('that nobody sets rules nobody out', () => {
    expect(ceilingBar({}, SOURCE)).toBeUndefined();
    expect(pick({ firstTokenMs: 1, answerMs: 1 }, NEEDS, { latencyOf: () => undefined })).toEqual(['best']);
    expect(ceilingBar({ tokenMs: 1 }, undefined)?.(CARDS, NEEDS)(CARDS[0] ?? card('', 0, 0))).toBeUndefined();
  });

  test.each<[Ceilings, readonly (string | undefined)[]]>([
    [{ firstTokenMs: 900 }, ['best']],
    [{ firstTokenMs: 500 }, ['middle', 'the first token has taken it 900 ms of late, more than 500']],
    [
      { firstTokenMs: 299 },
      [
        'cheap',
        'the first token has taken it 900 ms of late, more than 299',
        'the first token has taken it 300 ms of late, more than 299',
      ],
    ],
    [{ tokenMs: 29.5 }, ['middle', 'a token has taken it 30 ms of late, more than 29.5']],
    [{ answerMs: 15_900 }, ['best']],
    [{ answerMs: 15_899 }, ['middle', 'an answer has taken it 15900 ms of late, more than 15899']],
    [{ requestUsd: 0.002 }, ['middle', 'would cost 0.0100 USD, more than 0.002']],
    [
      { requestUsd: 0.0001 },
      ['cheap', 'would cost 0.0100 USD, more than 0.0001', 'would cost 0.00200 USD, more than 0.0001'],
    ],
    [
      { tokenMs: 20, requestUsd: 0.001 },
      [
        'cheap',
        'a token has taken it 30 ms of late, more than 20',
        'would cost 0.00200 USD, more than 0.001',
      ],
    ],
  ])('%j', (ceilings, wanted) => {
    expect(pick(ceilings)).toEqual(wanted);
  });

  test('on time that nobody keeps leaves the best', () => {
    const slow = { latencyOf: () => ({ firstTokenMs: 9.96, perTokenMs: 1 }) };
    const bar = ceilingBar({ firstTokenMs: 5 }, slow);
    const select3 = select({ candidates: ['best', 'cheap'], models: CARDS, needs: NEEDS, bar });
    expect(select3.model?.name).toBe('best');
  });

  test('takes an answer for one of usual length where the client allows more, or says nothing', () => {
    const { answerTokens: _, ...open } = NEEDS;
    for (const needs of [open, { ...NEEDS, answerTokens: 50_000 }]) {
      expect(pick({ answerMs: 900 + 512 * 30 }, needs)[0]).toBe('best');
      expect(pick({ answerMs: 900 + 512 * 30 - 1 }, needs)[0]).toBe('middle');
    }
    expect(pick({ requestUsd: 0.01011 }, open)[0]).toBe('middle');
    expect(pick({ requestUsd: 0.01012 }, open)[0]).toBe('best');
  });
});

test('of two bars the second sees what the first let pass', () => {
  const seen: string[][] = [];
  const first = () => (each: ModelCard) => (each.name === 'best' ? 'first' : undefined);
  const second = (cards: readonly ModelCard[]) => {
    seen.push(cards.map(({ name }) => name));
    return (each: ModelCard) => (each.name === 'cheap' ? undefined : 'second');
  };
  const why = bothBars(first, second)?.(CARDS, NEEDS);
  expect(CARDS.map((each) => why?.(each))).toEqual(['first', 'second', undefined]);
  expect(seen).toEqual([['middle', 'cheap']]);
  expect(bothBars(undefined, second)).toBe(second);
  expect(bothBars(first, undefined)).toBe(first);
});
