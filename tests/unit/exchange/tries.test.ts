import { describe, expect, test } from '@jest/globals';
import type { ExchangeService } from '../../../src/exchange/service.js';
import { retryHeaders } from '../../../src/exchange/tries.js';
import { createCooldown } from '../../../src/selection/cooldown.js';
import type { FallbackPolicy } from '../../../src/selection/fallback.js';
import { createRetryBudget } from '../../../src/selection/retry-budget.js';
import { answer, ask, chat, harness, LARGE, SMALL, upstreamAnswers } from '../../support/exchange-service.js';

const POLICY: FallbackPolicy = {
  on: [429, '5xx', 'connect-failure', 'reset', 'timeout'],
  firstByteTimeoutMs: 700,
  answerTimeoutMs: undefined,
  triesMax: 3,
  models: ['large'],
};

function falling(policy: Partial<FallbackPolicy> = {}, retriesMin = 100) {
  const base = harness({ policy: { fallback: { ...POLICY, ...policy } }, cache: { enabled: false } });
  const fallback = {
    health: createCooldown({ after: 2, restMs: 60_000 }),
    budget: createRetryBudget({ percent: 1, retriesMin, windowMs: 60_000 }),
  };
  const service: ExchangeService = Object.assign(base.service, { fallback });
  return { ...base, service };
}

const headersOf = (verdict: object) =>
  new Map(
    (verdict as { setHeaders: { name: string; value: string }[] }).setHeaders.map(({ name, value }) => [
      name,
      value,
    ]),
  );

const attempts = (count: number) => ({ headers: { 'x-envoy-attempt-count': String(count) } });

describe('retryHeaders', () => {
  const of = (policy: Partial<FallbackPolicy>, stream = false) =>
    Object.fromEntries(
      retryHeaders({ ...POLICY, ...policy }, { tries: 2, stream }).map(({ name, value }) => [name, value]),
    );

  test('say when, how often and how fast', () => {
    expect(of({}, true)).toEqual({
      'x-sextant-plan': '2',
      'x-envoy-retry-on': '5xx,connect-failure,refused-stream,reset,retriable-status-codes',
      'x-envoy-max-retries': '1',
      'x-envoy-retriable-status-codes': '429',
      'x-envoy-upstream-rq-per-try-timeout-ms': '700',
    });
  });

  test('bound the time of an answer in one piece only where the policy does: its head comes last', () => {
    expect(of({})).not.toHaveProperty('x-envoy-upstream-rq-per-try-timeout-ms');
    expect(of({ answerTimeoutMs: 9 })['x-envoy-upstream-rq-per-try-timeout-ms']).toBe('9');
    expect(of({ answerTimeoutMs: 9, on: ['reset'] })).not.toHaveProperty(
      'x-envoy-upstream-rq-per-try-timeout-ms',
    );
  });

  test('leave out what the policy does', () => {
    expect(of({ on: ['timeout', 'reset'] })['x-envoy-retry-on']).toBe('reset');
    expect(of({ on: [503] })).toMatchObject({
      'x-envoy-retry-on': 'retriable-status-codes',
      'x-envoy-retriable-status-codes': '503',
    });
  });
});

describe('a plan', () => {
  test('names the models in order, and the body of each', async () => {
    const { verdict } = await ask(falling().open, chat('hello'));
    expect(verdict).toMatchObject({ kind: 'forward', plan: { models: ['small', 'large'] } });
    expect(headersOf(verdict).get('x-sextant-plan')).toBe('2');
  });

  test('is kept within the tries that are allowed', async () => {
    const h = falling({ models: ['large', 'small', 'nobody'], triesMax: 2 });
    const { verdict } = await ask(h.open, chat('hello'));
    expect(verdict).toMatchObject({ plan: { models: ['small', 'large'] } });
  });

  test('leaves out who cannot take the prompt', async () => {
    const tiny = { ...LARGE, contextWindow: 10 };
    const base = harness({ policy: { fallback: POLICY, models: [SMALL, tiny] }, cache: { enabled: false } });
    Object.assign(base.service, { fallback: falling().service.fallback });
    const { verdict } = await ask(base.open, chat('hello'));
    expect(verdict).not.toHaveProperty('plan');
  });

  test('is not made for a decision without one, or where nobody keeps book of models', async () => {
    expect((await ask(falling().open, chat('prove it'))).verdict).not.toHaveProperty('plan');
    const none = harness({ policy: { fallback: POLICY } });
    expect((await ask(none.open, chat('hello'))).verdict).not.toHaveProperty('plan');
  });
});

describe('an answer', () => {
  test('is signed by the model that gave it', async () => {
    const h = falling();
    const { exchange } = await ask(h.open, chat('hello'));
    const verdict = await upstreamAnswers(exchange, answer('hi'), attempts(2));
    expect(headersOf(verdict).get('x-sextant-model')).toBe('large');
    expect(headersOf(verdict).get('x-sextant-tries')).toBe('2');
    expect(verdict.removeHeaders).toContain('x-envoy-attempt-count');
    expect(h.records[0]).toMatchObject({ model: 'large', tries: 2 });
  });

  test('after failures teaches to ask another model first', async () => {
    const h = falling();
    for (const _ of [1, 2]) {
      const { exchange } = await ask(h.open, chat('hello'));
      await upstreamAnswers(exchange, answer('hi'), attempts(2));
    }
    const { verdict, exchange } = await ask(h.open, chat('hello'));
    expect(verdict).toMatchObject({ plan: { models: ['large', 'small'] } });
    const signed = await upstreamAnswers(exchange, answer('hi'), attempts(1));
    expect(headersOf(signed).get('x-sextant-model')).toBe('large');
  });

  test('teaches the same where nobody could follow', async () => {
    const h = falling();
    for (const _ of [1, 2]) {
      const { exchange } = await ask(h.open, chat('prove it'));
      await upstreamAnswers(exchange, answer('no'), { status: 503, ...attempts(1) });
    }
    expect(h.service.fallback?.health.stateOf('large', performance.now())).toBe('cooling');
  });

  test('that needed too many tries leaves none for the next', async () => {
    const h = falling({}, 1);
    const { exchange } = await ask(h.open, chat('hello'));
    await upstreamAnswers(exchange, answer('hi'), attempts(2));
    expect((await ask(h.open, chat('hello'))).verdict).not.toHaveProperty('plan');
  });

  test('with a count that cannot be is taken for what it can be', async () => {
    const h = falling();
    for (const [said, tries] of [
      ['99', '2'],
      ['-1', '1'],
      ['x', '1'],
    ] as const) {
      const { exchange } = await ask(h.open, chat('hello'));
      const verdict = await upstreamAnswers(exchange, answer('hi'), {
        headers: { 'x-envoy-attempt-count': said },
      });
      expect(headersOf(verdict).get('x-sextant-tries')).toBe(tries);
    }
  });
});

describe('in a fixed order', () => {
  test('the cluster of the order is named in place of a plan', async () => {
    const { open } = falling({ written: ['small', 'large'] });
    const { exchange, verdict } = await ask(open, chat('hello'));
    exchange.close();
    const headers = headersOf(verdict);
    expect(headers.get('x-sextant-cluster')).toBe('sextant-order:small,large');
    expect(headers.get('x-envoy-max-retries')).toBe('1');
    expect(headers.has('x-sextant-plan')).toBe(false);
  });

  test('a model that nobody follows is asked at its own pool', async () => {
    const { open } = falling({ written: ['small', 'other', 'large'] });
    const { exchange, verdict } = await ask(open, chat('hello'));
    exchange.close();
    expect(headersOf(verdict).get('x-sextant-cluster')).toBe('pool-small');
  });
});
