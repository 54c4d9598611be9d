import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';
import { goodConfig, problemsOf } from '../../support/config.js';

const BASE = `models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768 }
default_model: small
`;

function problems(added: string): readonly string[] {
  return problemsOf(parseConfig(BASE + added, 's.yaml'));
}

function caches(added: string) {
  const { semanticCache, routes } = goodConfig(BASE + added);
  return [semanticCache, ...routes.map(({ cache }) => cache)];
}

test('a bound takes the place of the threshold, with a sample', () => {
  for (const cache of caches('semantic_cache: { max_error_rate: 0.02 }')) {
    expect(cache).toMatchObject({
      maxErrorRate: 0.02,
      verifySampleRate: 0.01,
      similarityThreshold: 0.7,
      answerJudge: 'pair',
    });
  }
});

test('a threshold is sampled where that is asked for', () => {
  const [cache] = caches('semantic_cache: { verify_sample_rate: 0.1, judge: { type: exact } }');
  expect(cache).toMatchObject({ verifySampleRate: 0.1, similarityThreshold: 0.8, answerJudge: 'exact' });
  expect(cache?.maxErrorRate).toBeUndefined();
});

test('a route may lower the rate', () => {
  const [, route] = caches(
    'semantic_cache: { max_error_rate: 0.02 }\nroutes: [{ semantic_cache: { max_error_rate: 0.01, verify_sample_rate: 0.1 } }]',
  );
  expect(route).toMatchObject({ maxErrorRate: 0.01, verifySampleRate: 0.1, similarityThreshold: 0.7 });
});

describe('is refused', () => {
  test('beside a threshold, at both places', () => {
    expect(problems('semantic_cache: { similarity_threshold: 0.8, max_error_rate: 0.02 }')).toEqual([
      's.yaml:4:41: semantic_cache.similarity_threshold: cannot stand beside semantic_cache.max_error_rate: only one of them decides; remove one',
      's.yaml:4:62: semantic_cache.max_error_rate: cannot stand beside semantic_cache.similarity_threshold: only one of them decides; remove one',
    ]);
    expect(
      problems(
        'semantic_cache: { max_error_rate: 0.02 }\nroutes: [{ semantic_cache: { similarity_threshold: 0.9 } }]',
      ),
    ).toEqual([
      's.yaml:4:35: semantic_cache.max_error_rate: cannot stand beside routes[0].semantic_cache.similarity_threshold: only one of them decides; remove one',
      's.yaml:5:52: routes[0].semantic_cache.similarity_threshold: cannot stand beside semantic_cache.max_error_rate: only one of them decides; remove one',
    ]);
  });

  test.each([
    [
      'semantic_cache: { max_error_rate: 0.01 }\nroutes: [{ semantic_cache: { max_error_rate: 0.02 } }]',
      /^s\.yaml:5:\d+: .*looser than semantic_cache\.max_error_rate \(0\.01\)/,
    ],
    [
      'semantic_cache: {}\nroutes: [{ semantic_cache: { max_error_rate: 0.02 } }]',
      /^s\.yaml:5:\d+: .*tightens nothing/,
    ],
    ['semantic_cache: { max_error_rate: 0 }', /must be at least 0\.001 but is 0/],
    ['semantic_cache: { max_error_rate: 0.6 }', /must be at most 0\.5/],
    ['semantic_cache: { verify_sample_rate: 2 }', /must be at most 1/],
    ['semantic_cache: { judge: { type: guess } }', /exact/],
    [
      'semantic_cache: { judge: { type: model } }',
      /^s\.yaml:4:\d+: semantic_cache\.judge: type: model needs to know which/,
    ],
    ['semantic_cache: { judge: { model: small } }', /a model that nobody asks/],
    ['semantic_cache: { judge: { type: model, model: smal } }', /no model is called "smal"; .*small/],
  ])('%s', (added, expected) => {
    const found = problems(added);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  test.each([
    ['tls: { server_name: pool.internal }', 'by TLS'],
    ['credentials: { from: env, name: POOL_KEY }', 'with a key'],
    ['credentials: { from: file, path: ./key }', 'with a key'],
    ['credentials: { from: none }', undefined],
  ])('where the model that compares has the pool { %s }', (pool, reached) => {
    const base = BASE.replace('context_window: 32768', `context_window: 32768, pool: { ${pool} }`);
    const judged = `${base}semantic_cache: { judge: { type: model, model: small } }\n`;
    const found = problemsOf(parseConfig(judged, 's.yaml'));
    expect(
      found.map((line) => /names a model whose servers are reached (.+); Sextant/.exec(line)?.[1]),
    ).toEqual(reached === undefined ? [] : [reached]);
  });
});
