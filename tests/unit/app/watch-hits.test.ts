import { expect, test } from '@jest/globals';
import { watchHits } from '../../../src/app/watch-hits.js';
import type { PairJudge } from '../../../src/cache/pair-judge.js';
import { systemClock } from '../../../src/lib/clock.js';
import { goodConfig } from '../../support/config.js';

const judge: PairJudge = {
  hash: 'j',
  accept: 0.9,
  reject: 0.1,
  judge: async (asked, stored) => stored.map((text) => (text === asked ? 1 : 0)),
};

function watching(added: string, pairJudge: PairJudge | undefined = judge) {
  const base = `models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768 }
default_model: small
`;
  const config = goodConfig(base + added);
  const evicted: string[] = [];
  const store = {
    evict: (id: string) => {
      evicted.push(id);
      return true;
    },
  };
  const modelJudges = new Map([['small', async () => 0.25]]);
  const parts = { store, pairJudge, modelJudges, clock: systemClock, random: () => 0.5 };
  return { ...watchHits(config, parts), evicted };
}

test('routes where a threshold decides and nothing is sampled are not watched', () => {
  expect(watching('').figures()).toEqual([]);
  expect(watching('semantic_cache: {}').figures()).toEqual([]);
  expect(watching('semantic_cache: { enabled: false, max_error_rate: 0.1 }').figures()).toEqual([]);
});

test('each route has a bound and a tally of its own', () => {
  const { figures, service } = watching(`semantic_cache: { max_error_rate: 0.1 }
routes:
  - { name: a, prefix: /a, semantic_cache: { max_error_rate: 0.05 } }
  - { name: b, prefix: /b }
  - { name: c, prefix: /c, semantic_cache: { enabled: false } }
`);
  service.watchOf?.('a')?.tally.asked();
  expect(
    figures().map(({ route, maxErrorRate, figures: { asked } }) => [route, maxErrorRate, asked]),
  ).toEqual([
    ['a', 0.05, 1],
    ['b', 0.1, 0],
  ]);
});

test('answers are compared by the judge of pairs, unless there is none or it is left out', async () => {
  const compareOf = (added: string, pairJudge?: PairJudge) =>
    watching(added, pairJudge).service.watchOf?.('default')?.compare;
  const compare = compareOf('semantic_cache: { max_error_rate: 0.1 }');
  expect([await compare?.('x', 'x'), await compare?.('x', 'y')]).toEqual([1, 0]);
  expect(compareOf('semantic_cache: { max_error_rate: 0.1, judge: { type: exact } }')).toBeUndefined();
  const silent = { ...judge, judge: async () => [] };
  const answer = compareOf('semantic_cache: { verify_sample_rate: 0.1 }', silent);
  expect(await answer?.('x', 'y')).toBeNaN();
});

test('answers are compared by the model that the policy names', async () => {
  const { service, bounds } = watching(
    'semantic_cache: { max_error_rate: 0.1, judge: { type: model, model: small } }',
  );
  expect(await service.watchOf?.('default')?.compare?.('x', 'x')).toBe(0.25);
  expect([...bounds].map(([route, { judge }]) => [route, judge])).toEqual([['default', 'model small']]);
});

test('feedback reaches the store', async () => {
  const { feedback, evicted } = watching('semantic_cache: {}');
  expect(await feedback('some id', 'wrong')).toEqual({ evicted: true, learnt: false });
  expect(evicted).toEqual(['some id']);
});
