import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { parseConfig } from '../../../src/config/load.js';
import { renderEnvoy } from '../../../src/render/envoy.js';
import { goodConfig, goodOf, problemsOf } from '../../support/config.js';

const FILE = (cascade: string, rest: string) => `models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768 }
  - { name: large, endpoints: ["127.0.0.1:9102"], context_window: 32768 }
default_model: small
decisions:
  - { name: all, when: always, models: [small], cascade: ${cascade} }
${rest}`;

const read = (cascade: string, rest = 'fallback: {}\n') => parseConfig(FILE(cascade, rest), '/etc/s.yaml');

function good(cascade: string) {
  return goodOf(read(cascade));
}

function problems(cascade: string, rest?: string): string {
  return problemsOf(read(cascade, rest)).join('\n');
}

test('a cascade needs no more than a model to ask', () => {
  expect(good('{ to: [large] }').decisions[0]?.cascade).toEqual({
    to: ['large'],
    bodyBytesMax: 1_048_576,
    timeoutMs: 90_000,
    judge: {
      refusal: true,
      phrases: [],
      cut: true,
      repetition: true,
      broken: true,
      charsMin: 1,
      meanLogprobMin: -1,
      minLogprobMin: undefined,
      expectedMin: undefined,
    },
  });
});

describe('what cannot work is said where it stands', () => {
  test.each([
    ['{ to: [] }', undefined, 'decisions[0].cascade.to: is an empty list'],
    ['{ to: [lage] }', undefined, 'no model is called "lage"; did you mean "large"?'],
    ['{ to: [small, large] }', undefined, 'cascade.to: names every model of this decision'],
    ['{ to: [large] }', '', 'cascade: needs the section fallback'],
    ['{ to: [large] }', 'fallback: { enabled: false }\n', 'cascade: needs the section fallback'],
    ['{ to: [large] }', 'fallback: { order: fixed }\n', 'cascade: needs fallback.order selected'],
    ['{ to: [large], judge: { refusals: true } }', undefined, 'did you mean "refusal"?'],
    ['{ to: [large], judge: { mean_logprob_min: 1 } }', undefined, 'must be at most 0 but is 1'],
    [
      '{ to: [large], body_bytes_max: 4096 }',
      'fallback: {}\nlimits: { body_bytes_max: 2048 }\n',
      'cascade.body_bytes_max: is above limits.body_bytes_max (2048)',
    ],
  ])('%s', (cascade, rest, expected) => {
    const said = problems(cascade, rest);
    expect(said).toContain(expected);
    expect(said).toMatch(/^\/etc\/s\.yaml:6:\d+/m);
  });

  test('beside a block', () => {
    const file = FILE('{ to: [large] }', 'fallback: {}\n').replace('models: [small]', 'block: no');
    const result = parseConfig(file, '/etc/s.yaml');
    const said = problemsOf(result).join('\n');
    expect(said).toContain('has no answer to judge beside block');
  });
});

describe('the rendered Envoy', () => {
  const filtersOf = (yaml: string) =>
    Object.fromEntries(
      parse(yaml).static_resources.clusters.map(
        (cluster: {
          name: string;
          typed_extension_protocol_options: Record<string, { http_filters?: { name: string }[] }>;
        }) => {
          const [options] = Object.values(cluster.typed_extension_protocol_options);
          return [cluster.name, options?.http_filters?.map(({ name }) => name) ?? []];
        },
      ),
    );

  test('judges at the pools that come first, and takes the header away behind it', () => {
    const yaml = renderEnvoy(good('{ to: [large] }'));
    const { small, large } = filtersOf(yaml);
    expect(small.slice(-3)).toEqual([
      'sextant.judge',
      'sextant.judge.header',
      'envoy.filters.http.upstream_codec',
    ]);
    expect(large).not.toContain('sextant.judge');
    expect(yaml).toContain('sextant.cascade');
  });

  test('is as it was where nobody is judged', () => {
    const file = FILE('{ to: [large] }', 'fallback: {}\n').replace(/, cascade: .*\}/, ' }');
    expect(renderEnvoy(goodConfig(file, '/etc/s.yaml'))).not.toMatch(/judge|sextant\.cascade/);
  });
});
