import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';
import { formatProblem } from '../../../src/config/problems.js';
import { goodOf, problemsOf } from '../../support/config.js';

const folder = mkdtempSync(join(tmpdir(), 'sextant-selection-'));
const ROUTERS = ['models/routers/pair', 'models/routers/trio', 'routers/mine', 'mine'];
beforeAll(() => {
  for (const path of ROUTERS) {
    mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(join(folder, path, 'router.json'), '{"models":[{"name":"Mixtral"},{"name":"GPT-4"}]}');
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function config(more: string, decision: string) {
  return parseConfig(
    `encoder: { path: models }
models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768, router_model: Mixtral, quality: 0.6 }
  - { name: large, endpoints: ["127.0.0.1:9102"], context_window: 32768 }
default_model: small
${more}
decisions:
  - { name: both, when: always, models: [small, large]${decision} }
  - { name: one, when: always, models: [small] }
`,
    join(folder, 'sextant.yaml'),
  );
}

function selections(more: string, decision: string) {
  return [...goodOf(config(more, decision)).selections];
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
      { router: join(folder, 'routers/mine'), goal: { kind: 'bias', bias: 0.5 } },
    ],
    [
      'selection: { router: pair, quality_bias: 0.2 }',
      ', selection: { within_of_best: 0.02 }',
      { router: 'pair', goal: { kind: 'within', ofBest: 0.02 } },
    ],
    [
      'selection: { router: pair, max_price_per_1000: 0.4 }',
      ', selection: { router: ./mine }',
      { router: join(folder, 'mine'), goal: { kind: 'under', usdPer1000: 0.4 } },
    ],
    [
      'selection: { router: pair, quality_bias: 0.3 }',
      ', selection: { scorers: { expected_quality: 2 } }',
      { router: 'pair', goal: { kind: 'weighed', weight: 2 } },
    ],
    [
      'selection: { router: pair, scorers: { expected_quality: 2 } }',
      ', selection: { within_of_best: 0.1 }',
      { router: 'pair', goal: { kind: 'within', ofBest: 0.1 } },
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
    ['selection: { scorers: { expected_quality: 1 } }', '', 'selection: names no router; add router'],
    [
      'selection: { router: pair, quality_bias: 0.5, scorers: { expected_quality: 1 } }',
      '',
      'selection: has quality_bias and scorers.expected_quality; only one of them can decide, keep one',
    ],
    [
      '',
      ', selection: { quality_bias: 0.5 }',
      'decisions[0].selection: names no router; add router, here or in selection',
    ],
    [
      '',
      ', selection: { router: pair, quality_bias: 1, within_of_best: 0.1 }',
      'has quality_bias and within_of_best; only one of them can decide',
    ],
    ['selection: { router: a, quality_bias: 2 }', '', 'must be at most 1'],
    ['selection: { router: a, quality: 1 }', '', 'unknown key'],
  ])('is refused: %s%s', (more, decision, complaint) => {
    const read = config(more, decision);
    expect(problemsOf(read).join('\n')).toContain(complaint);
  });

  test('has no place beside block', () => {
    const read = parseConfig(
      `models: [{ name: small, endpoints: ["127.0.0.1:9101"], context_window: 100 }]
default_model: small
decisions: [{ name: no, when: always, block: No., selection: { router: a } }]
`,
      'sextant.yaml',
    );
    expect(problemsOf(read).join('\n')).toContain('has nothing to choose from beside block');
  });
});

describe('the routers that a config names', () => {
  function problems(more: string, decision = '', file = 'sextant.yaml') {
    const read = config(more, decision);
    const path = join(folder, file);
    return read.ok ? [] : read.error.map((problem) => formatProblem(problem).replace(`${path}:`, ''));
  }

  test('are there', () => {
    expect(problems('selection: { router: trio }', ', selection: { router: ./mine }')).toEqual([]);
  });

  test.each([
    [
      'selection: { router: piar }',
      '6:22: selection.router: no router of the name "piar" ships with Sextant; did you mean "pair"?; a folder of your own has a slash, as in ./piar',
    ],
    [
      'selection: { router: something }',
      '6:22: selection.router: no router of the name "something" ships with Sextant; choose one of pair, trio; a folder of your own has a slash, as in ./something',
    ],
    [
      'selection: { router: routers/nine }',
      '6:22: selection.router: leads to no folder with a readable router.json (did you mean "mine"?); make one with `sextant train router`',
    ],
    [
      'selection: { router: nowhere/main }',
      '6:22: selection.router: leads to no folder with a readable router.json; make one with `sextant train router`',
    ],
  ])('%s', (more, problem) => {
    expect(problems(more)).toEqual([problem]);
  });

  test('of a decision are named by it', () => {
    expect(problems('', ', selection: { router: pairs }')).toEqual([
      expect.stringMatching(/^8:\d+: decisions\[0\]\.selection\.router: no router .*did you mean "pair"\?/),
    ]);
  });

  test('know the models that are said to be theirs', () => {
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other/router.json'), '{"models":[{"name":"Mixtrall"},{"name":7},"x"]}');
    expect(problems('selection: { router: ./other }')).toEqual([
      '3:88: models[0].router_model: no router that chooses this model knows "Mixtral"; did you mean "Mixtrall"?',
    ]);
    // Another decision that chooses it by a router that does know the name is enough.
    expect(problems('', ', selection: { router: ./other }')).toEqual([]);
  });

  test.each(['[]', '{"models":7}', '"models"', 'nothing'])(
    'are no router where router.json is %s',
    (text) => {
      mkdirSync(join(folder, 'odd'), { recursive: true });
      writeFileSync(join(folder, 'odd/router.json'), text);
      expect(problems('selection: { router: ./odd }')[0]).toContain(
        'leads to no folder with a readable router.json',
      );
    },
  );
});
