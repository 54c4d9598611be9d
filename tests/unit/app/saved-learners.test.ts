import { expect, test } from '@jest/globals';
import { learnerLines, takeLearnerLines } from '../../../src/app/saved-learners.js';
import { DecisionLearner } from '../../../src/learn/decision-learner.js';

const RULE = { exploreMax: 0.05, minOutcomes: 1, halfLifeOutcomes: 200 };

function learners() {
  const learner = new DecisionLearner(RULE, ['a', 'b'], { random: () => 0.5, nowMs: 0 });
  return new Map([['d', { learner, fingerprint: 'f' }]]);
}

test.each([
  ['no line', () => []],
  [
    'another format',
    ([, ...rest]: readonly string[]) => ['{"format":"sextant-bounds","version":1}', ...rest],
  ],
  [
    'a later version',
    ([, ...rest]: readonly string[]) => ['{"format":"sextant-learning","version":2}', ...rest],
  ],
  ['no JSON', ([first = '']: readonly string[]) => [first, '{']],
  ['a field too many', ([first = '', line = '']: readonly string[]) => [first, line.replace('{', '{"x":1,')]],
  ['no number', ([first = '', line = '']: readonly string[]) => [first, line.replace(/:0\.8/, ':"0.8"')]],
])('lines with %s are refused, and change nothing', (_, harm) => {
  const from = learners();
  from.get('d')?.learner.learn({ id: 'i', atMs: 0, model: 'a', score: 1, expected: 0.8, weight: 1 });
  const lines = learnerLines(from);
  const to = learners();
  expect(takeLearnerLines(harm(lines), to, () => undefined)).toBe('it has another format');
  expect(to.get('d')?.learner.report().outcomes).toBe(0);
  expect(takeLearnerLines(lines, to, () => undefined)).toBeUndefined();
  expect(to.get('d')?.learner.report().outcomes).toBe(1);
});
