import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCooldown } from '../../../src/selection/cooldown.js';
import { isFailure, tryOrder } from '../../../src/selection/fallback.js';
import type { ModelCard } from '../../../src/selection/model-card.js';
import { createRetryBudget } from '../../../src/selection/retry-budget.js';

const CARDS = ['a', 'b', 'c'].map((name): ModelCard => {
  const price = { input: 0, output: 0 };
  return { name, cluster: name, contextWindow: 1, price, parametersB: 0, modalities: [], weight: 1 };
});

function order(health: ReturnType<typeof createCooldown>, nowMs: number, mayProbe = true): string {
  return tryOrder(CARDS, { health, nowMs, mayProbe })
    .map(({ name }) => name)
    .join('');
}

function failing(...models: readonly string[]) {
  const health = createCooldown({ after: 3, restMs: 1000 });
  for (const model of models) for (let i = 0; i < 3; i++) health.answered(model, true, 0);
  return health;
}

describe('a model that fails time after time', () => {
  test('comes last until it has rested', () => {
    const health = createCooldown({ after: 3, restMs: 1000 });
    health.answered('a', true, 0);
    health.answered('a', true, 0);
    expect(order(health, 1)).toBe('abc');
    health.answered('a', true, 10);
    expect(order(health, 20)).toBe('bca');
    expect(order(health, 1009)).toBe('bca');
  });

  test('is then asked by one request, and by all once it answers', () => {
    const health = failing('a');
    expect(order(health, 1000)).toBe('abc');
    expect(order(health, 1001)).toBe('bca');
    health.answered('a', false, 1100);
    expect(order(health, 1101)).toBe('abc');
  });

  test('rests again when that fails, and is asked again when that answer never comes', () => {
    const health = failing('a');
    expect(order(health, 1000)).toBe('abc');
    health.answered('a', true, 1500);
    expect(order(health, 2400)).toBe('bca');
    expect(order(health, 2500)).toBe('abc');
    expect(order(health, 3500)).toBe('abc');
  });

  test('is not tried out when nobody may follow', () => {
    const health = failing('a');
    expect(order(health, 5000, false)).toBe('bca');
    expect(order(health, 5000)).toBe('abc');
  });

  test('counts failures in a row only', () => {
    const health = createCooldown({ after: 2, restMs: 1000 });
    for (const failed of [true, false, true]) health.answered('a', failed, 0);
    expect(health.stateOf('a', 1)).toBe('well');
    health.probe('never-seen', 0);
    expect(health.stateOf('never-seen', 1)).toBe('well');
  });

  test('whatever fails, all stay in the plan, each once', () => {
    const events = fc.array(
      fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean(), fc.integer({ min: 0, max: 5000 })),
    );
    fc.assert(
      fc.property(events, fc.boolean(), (all, mayProbe) => {
        const health = createCooldown({ after: 2, restMs: 1000 });
        for (const [model, failed, nowMs] of all) health.answered(model, failed, nowMs);
        expect([...order(health, 5000, mayProbe)].toSorted().join('')).toBe('abc');
      }),
    );
  });
});

describe('the budget of further tries', () => {
  const options = { percent: 50, retriesMin: 3, windowMs: 1000 };

  test('lets a quiet gateway try, and stops when half of the requests needed it', () => {
    const budget = createRetryBudget(options);
    for (let i = 0; i < 3; i++) {
      expect(budget.mayRetry(10)).toBe(true);
      budget.spent(2, 10);
    }
    expect(budget.mayRetry(10)).toBe(false);
    for (let i = 0; i < 4; i++) budget.spent(1, 20);
    expect(budget.mayRetry(30)).toBe(true);
    budget.spent(3, 40);
    expect(budget.mayRetry(50)).toBe(false);
  });

  test('forgets after two windows', () => {
    const budget = createRetryBudget(options);
    budget.spent(9, 100);
    expect(budget.mayRetry(1500)).toBe(false);
    expect(budget.mayRetry(2500)).toBe(true);
    budget.spent(9, 2600);
    expect(budget.mayRetry(9000)).toBe(true);
  });
});

test('only the model’s own failures count', () => {
  expect([200, 400, 401, 404, 413].some(isFailure)).toBe(false);
  expect([429, 500, 503, 504].every(isFailure)).toBe(true);
});
