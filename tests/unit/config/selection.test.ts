import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';
import { formatProblem } from '../../../src/config/problems.js';

function config(more: string, decision: string) {
  return parseConfig(
    `models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768, router_model: Mixtral, quality: 0.6 }
  - { name: large, endpoints: ["127.0.0.1:9102"], context_window: 32768 }
default_model: small
${more}
decisions:
  - { name: both, when: always, models: [small, large]${decision} }
  - { name: one, when: always, models: [small] }
`,
    '/policies/sextant.yaml',
  );
}

function selections(more: string, decision: string) {
  const read = config(more, decision);
  if (!read.ok) throw new Error(read.error.map(formatProblem).join('\n'));
  return [...read.value.selections];
}

describe('selection in a config', () => {
  test('is nobody’s affair where it is not written', () => {
    expect(selections('', '')).toEqual([]);
  });

  test.each([
    ['selection: { router: pair }', '', { router: 'pair', goal: { kind: 'bias', bias: 0.5 } }],
    [
      '',
      ', selection: { router: routers/mine }',
      { router: '/policies/routers/mine', goal: { kind: 'bias', bias: 0.5 } },
    ],
    [
      'selection: { router: pair, quality_bias: 0.2 }',
      ', selection: { within_of_best: 0.02 }',
      { router: 'pair', goal: { kind: 'within', ofBest: 0.02 } },
    ],
    [
      'selection: { router: pair, max_price_per_1000: 0.4 }',
      ', selection: { router: ./mine }',
      { router: '/policies/mine', goal: { kind: 'under', usdPer1000: 0.4 } },
    ],
  ])('holds for decisions with a choice: %s%s', (more, decision, wanted) => {
    expect(selections(more, decision)).toEqual([['both', wanted]]);
  });

  test('maps models to those that the router knows', () => {
    const read = config('', '');
    expect(read.ok && read.value.models[0]).toMatchObject({ routerModel: 'Mixtral', quality: 0.6 });
    expect(read.ok && read.value.models[1]).not.toHaveProperty('routerModel');
  });

  test.each([
    ['selection: { quality_bias: 0.5 }', '', 'selection: names no router; add router'],
    [
      '',
      ', selection: { quality_bias: 0.5 }',
      'decisions[0].selection: names no router; add router, here or in selection',
    ],
    [
      '',
      ', selection: { router: a, quality_bias: 1, within_of_best: 0.1 }',
      'has quality_bias and within_of_best; only one of them can decide',
    ],
    ['selection: { router: a, quality_bias: 2 }', '', 'must be at most 1'],
    ['selection: { router: a, quality: 1 }', '', 'unknown key'],
  ])('is refused: %s%s', (more, decision, complaint) => {
    const read = config(more, decision);
    expect(read.ok ? '' : read.error.map(formatProblem).join('\n')).toContain(complaint);
  });

  test('has no place beside block', () => {
    const read = parseConfig(
      `models: [{ name: small, endpoints: ["127.0.0.1:9101"], context_window: 100 }]
default_model: small
decisions: [{ name: no, when: always, block: No., selection: { router: a } }]
`,
      'sextant.yaml',
    );
    expect(read.ok ? '' : read.error.map(formatProblem).join('\n')).toContain(
      'has nothing to choose from beside block',
    );
  });
});
