import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';
import { goodOf, problemsOf } from '../../support/config.js';

function config(card: string, rest = '') {
  return parseConfig(
    `models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768${card} }
  - { name: large, endpoints: ["127.0.0.1:9102"], context_window: 32768 }
default_model: small
${rest}`,
    '/etc/s.yaml',
  );
}

function good(card: string, rest?: string) {
  return goodOf(config(card, rest));
}

function problems(card: string, rest?: string): string {
  return problemsOf(config(card, rest)).join('\n');
}

test('a pool is reached as plainly as it was before there were pools', () => {
  expect(good('').models[0]?.pool).toEqual({
    maxNumSeqs: 256,
    tls: undefined,
    credentials: { from: 'pass' },
    healthCheck: undefined,
    outliers: undefined,
  });
});

test.each([
  ['{ from: env }', 'needs name, the environment variable'],
  ['{ from: file }', 'needs path, the file that holds the key'],
  ['{ from: env, name: K, path: k }', 'has a path, which only "from: file" reads'],
  ['{ from: pass, name: K }', 'has a name, which only "from: env" reads'],
  ['{ from: env, name: "1 K" }', 'is no name of an environment variable'],
  ['{ from: env, name: K, prefix: "a\\tb" }', 'may hold printable ASCII only'],
])('credentials: %s: %s', (credentials, expected) => {
  expect(problems(`, pool: { credentials: ${credentials} }`)).toContain(expected);
});

test('TLS needs a name to hold the certificate against, and both halves of our own', () => {
  expect(problems(', pool: { tls: {} }')).toContain('models[0].pool.tls: has no server_name, and 127.0.0.1');
  expect(problems(', pool: { tls: { server_name: a.b } }')).toBe('');
  expect(problems(', pool: { tls: { server_name: a.b, cert_file: c } }')).toContain('needs both');
});

test('models that share a cluster share its pool', () => {
  const two = `, pool: { credentials: { from: none } } }
  - { name: twin, cluster: small, endpoints: ["127.0.0.1:9101"], context_window: 10`;
  expect(problems(two)).toContain('the cluster "small" is reached in another way above');
  expect(problems(`${two}, pool: { credentials: { from: pass } }`)).toContain('models[1].pool');
  expect(problems(`${two}, pool: { credentials: { from: none } }`)).toBe('');
});

describe('fallback', () => {
  const DECISION = 'decisions: [{ name: all, when: always, models: [small], fallback: ';

  test('is off unless it is written', () => {
    expect(good('').fallback).toBeUndefined();
    expect(good('', 'fallback: { enabled: false }').fallback).toBeUndefined();
    expect(good('', 'fallback: {}').fallback).toEqual({
      policy: {
        on: [429, '5xx', 'connect-failure', 'reset', 'timeout'],
        firstByteTimeoutMs: 10_000,
        answerTimeoutMs: undefined,
        triesMax: 3,
        models: [],
      },
      isFixed: false,
      budgetPercent: 50,
      cooldownAfter: 3,
      cooldownMs: 10_000,
    });
  });

  test('of a decision says what is otherwise, and follows its own models only', () => {
    const base = 'fallback: { tries_max: 4, models: [large] }\n';
    const [own] = good('', `${base}${DECISION}{ on: [503], answer_timeout_ms: 5 } }]`).decisions;
    expect(own?.fallback).toEqual({
      on: [503],
      firstByteTimeoutMs: 10_000,
      answerTimeoutMs: 5,
      triesMax: 4,
      models: [],
    });
    expect(good('', `${base}${DECISION}{ enabled: false } }]`).decisions[0]?.fallback).toBeUndefined();
    expect(good('', `${DECISION}{ enabled: false } }]`).decisions[0]?.fallback).toBeUndefined();
  });

  test('in a fixed order knows what may follow what', () => {
    const base = 'fallback: { order: fixed, models: [large, small] }\n';
    const read = good('', `${base}${DECISION}{ models: [small, large] } }]`);
    expect(read.fallback).toMatchObject({ isFixed: true, policy: { written: ['small', 'large'] } });
    expect(read.decisions[0]?.fallback).toMatchObject({ written: ['small', 'large'] });
  });

  test('makes Sextant hear of every answer', () => {
    const routes = 'routes: [{ read_usage: false }]\n';
    expect(good('', routes).routes[0]?.hearsAnswers).toBe(false);
    expect(good('', `${routes}fallback: {}`).routes[0]?.hearsAnswers).toBe(true);
  });

  test('names models that there are, and means something', () => {
    expect(problems('', 'fallback: { models: [larg] }')).toContain('did you mean "large"?');
    expect(problems('', `fallback: {}\n${DECISION}{ models: [larg] } }]`)).toContain(
      'decisions[0].fallback.models[0]: no model is called "larg"',
    );
    expect(problems('', `${DECISION}{ models: [large] } }]`)).toContain('needs the section fallback');
    const block = 'decisions: [{ name: all, when: always, block: no, fallback: {} }]';
    expect(problems('', `fallback: {}\n${block}`)).toContain('has no meaning for a block');
    expect(problems('', 'fallback: { on: [5yy] }')).toContain('fallback.on');
  });
});
