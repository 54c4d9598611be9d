import { expect, test } from '@jest/globals';
import { compileDecisions } from '../../../src/decision/decide.js';
import { explainDecisions } from '../../../src/decision/explain.js';
import { all, any, has, known, not, route, UNKNOWN, valuesOf } from '../../support/rules.js';

test('shows each rule with what it came out as', () => {
  const compiled = compileDecisions([
    route('low', 1, any(has('code'), has('late'))),
    route('high', 2, all(has('hard', { min: 0.5 }), not(has('lost', { onUnknown: 'match' })))),
  ]);
  const values = valuesOf({
    code: { state: 'known', matched: true, score: 0.75, threshold: 0.5, detail: 'nearest to example 1 of 2' },
    hard: known(false, 0.25),
    lost: UNKNOWN,
  });
  expect(explainDecisions(compiled, values)).toEqual([
    {
      decision: 'high',
      priority: 2,
      truth: 'false',
      won: false,
      confidence: 0,
      rule: {
        kind: 'all',
        truth: 'false',
        rules: [
          {
            kind: 'signal',
            truth: 'false',
            rules: [],
            signal: {
              name: 'hard',
              state: 'known',
              score: 0.25,
              threshold: 0.5,
              margin: -0.25,
              detail: 'seen',
            },
          },
          {
            kind: 'not',
            truth: 'false',
            rules: [
              {
                kind: 'signal',
                truth: 'true',
                rules: [],
                signal: { name: 'lost', state: 'unknown', detail: 'it failed', countedAs: 'match' },
              },
            ],
          },
        ],
      },
    },
    {
      decision: 'low',
      priority: 1,
      truth: 'true',
      won: true,
      confidence: 0.75,
      rule: {
        kind: 'any',
        truth: 'true',
        rules: [
          {
            kind: 'signal',
            truth: 'true',
            rules: [],
            signal: {
              name: 'code',
              state: 'known',
              score: 0.75,
              threshold: 0.5,
              margin: 0.25,
              detail: 'nearest to example 1 of 2',
            },
          },
          { kind: 'signal', truth: 'pending', rules: [], signal: { name: 'late', state: 'pending' } },
        ],
      },
    },
  ]);
});

test('shows a signal without a threshold, and nobody as winner while it is open', () => {
  const compiled = compileDecisions([route('a', 2, has('open')), route('b', 1, has('word'))]);
  const traces = explainDecisions(compiled, valuesOf({ word: known(true) }));
  expect(traces.map(({ truth, won }) => [truth, won])).toEqual([
    ['pending', false],
    ['true', false],
  ]);
  expect(traces[1]?.rule.signal).toEqual({ name: 'word', state: 'known', score: 1, detail: 'seen' });
});

test.each([
  [{ max: 0.4 }, 0.25, { truth: 'true', threshold: 0.4, margin: 0.15 }],
  [{ max: 0.2 }, 0.25, { truth: 'false', threshold: 0.2, margin: -0.05 }],
  [{ min: 0.2, max: 0.8 }, 0.25, { truth: 'true', threshold: 0.2, margin: 0.05 }],
  [{ min: 0.2, max: 0.8 }, 0.75, { truth: 'true', threshold: 0.8, margin: 0.05 }],
  [{ min: 0.2, max: 0.8 }, 0.9, { truth: 'false', threshold: 0.8, margin: -0.1 }],
])('of two bounds the nearer one is shown: %j at %j', (bounds, score, expected) => {
  const compiled = compileDecisions([route('r', 1, has('s', bounds))]);
  const [trace] = explainDecisions(compiled, valuesOf({ s: known(true, score) }));
  expect(trace?.rule.truth).toBe(expected.truth);
  expect(trace?.rule.signal?.threshold).toBe(expected.threshold);
  expect(trace?.rule.signal?.margin).toBeCloseTo(expected.margin, 10);
});
