import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';

function learnings(more: string, decision: string) {
  const read = parseConfig(
    `models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768 }
  - { name: large, endpoints: ["127.0.0.1:9102"], context_window: 32768 }
default_model: small
${more}
decisions:
  - { name: both, when: always, models: [small, large]${decision} }
  - { name: one, when: always, models: [small] }
`,
    '/policies/sextant.yaml',
  );
  return read.ok ? [...read.value.learnings] : undefined;
}

const DEFAULT = { exploreMax: 0.05, minOutcomes: 30, halfLifeOutcomes: 200, from: new Set(['outcomes']) };

test.each([
  ['', '', []],
  ['learning: { explore_max: 0.1 }', '', []],
  ['learning: { enabled: true }', '', [['both', DEFAULT]]],
  ['learning: { enabled: true }', ', learning: { enabled: false }', []],
  [
    'learning: { explore_max: 0.1, min_outcomes: 5 }',
    ', learning: { enabled: true, half_life_outcomes: 50 }',
    [['both', { ...DEFAULT, exploreMax: 0.1, minOutcomes: 5, halfLifeOutcomes: 50 }]],
  ],
  [
    'learning: { enabled: true, from: [outcomes] }',
    ', learning: { from: [feedback, reask] }',
    [['both', { ...DEFAULT, from: new Set(['feedback', 'reask']) }]],
  ],
  ['learning: { enabled: true, from: [guesses] }', '', undefined],
  ['learning: { enabled: true, from: [] }', '', undefined],
  ['learning: { explore_max: 0.6 }', '', undefined],
])('learns where it is told to: %s%s', (more, decision, wanted) => {
  expect(learnings(more, decision)).toEqual(wanted);
});
