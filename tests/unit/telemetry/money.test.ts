import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  baselineUsd,
  costUsd,
  exchangeMoney,
  type MoneyInput,
  savedByRoutingUsd,
} from '../../../src/telemetry/money.js';

const SMALL = { input: 0.1, output: 0.4 };
const LARGE = { input: 2, output: 8 };
const TOKENS = { promptTokens: 1000, completionTokens: 500 };

describe('the money of an exchange', () => {
  test('counts prompt and answer by their own prices, per million tokens', () => {
    expect(costUsd(TOKENS, LARGE)).toBeCloseTo(0.006, 12);
    expect(costUsd(TOKENS, { input: 0, output: 0 })).toBe(0);
  });

  test('says what the small model saved against the default and the dearest one', () => {
    const money = exchangeMoney({
      answer: { tokens: TOKENS, price: SMALL },
      routing: { defaultPrice: LARGE, weighed: [SMALL, { input: 4, output: 16 }] },
    });
    expect(money.costUsd).toBeCloseTo(0.0003, 12);
    expect(savedByRoutingUsd(money, 'default')).toBeCloseTo(0.0057, 12);
    expect(savedByRoutingUsd(money, 'dearest')).toBeCloseTo(0.0117, 12);
  });

  test('says that a dearer model than the default cost more', () => {
    const routing = { defaultPrice: SMALL, weighed: [LARGE] };
    const money = exchangeMoney({ answer: { tokens: TOKENS, price: LARGE }, routing });
    expect(savedByRoutingUsd(money, 'default')).toBeCloseTo(-0.0057, 12);
    expect(savedByRoutingUsd(money, 'dearest')).toBe(0);
  });

  test('lays an answer that nobody got to the cost, and not to the baselines', () => {
    const money = exchangeMoney({
      answer: { tokens: TOKENS, price: LARGE },
      discarded: { tokens: TOKENS, price: SMALL },
      routing: { defaultPrice: LARGE, weighed: [SMALL] },
    });
    expect(money.costUsd).toBeCloseTo(0.0063, 12);
    expect(money.discardedUsd).toBeCloseTo(0.0003, 12);
    expect(savedByRoutingUsd(money, 'default')).toBeCloseTo(-0.0003, 12);
  });

  test('saves by a stored answer what its model would have cost, and nothing by routing', () => {
    const money = exchangeMoney({ reused: { tokens: TOKENS, price: LARGE } });
    expect(money).toEqual({
      costUsd: 0,
      discardedUsd: 0,
      atDefaultUsd: 0,
      atDearestUsd: 0,
      savedByCacheUsd: costUsd(TOKENS, LARGE),
    });
  });

  test('saves nothing by routing where the client chose the model', () => {
    const money = exchangeMoney({ answer: { tokens: TOKENS, price: LARGE } });
    expect(savedByRoutingUsd(money, 'default')).toBe(0);
    expect(savedByRoutingUsd(money, 'dearest')).toBe(0);
  });

  test('is never below zero, and never dearer than the dearest but for what nobody got', () => {
    const count = fc.integer({ min: 0, max: 1_000_000 });
    const price = fc.record({ input: fc.double({ min: 0, max: 100, noNaN: true }), output: fc.constant(3) });
    const priced = fc.record({
      tokens: fc.record({ promptTokens: count, completionTokens: count }),
      price,
    });
    const some = fc.record(
      {
        answer: priced,
        discarded: priced,
        reused: priced,
        routing: fc.record({ defaultPrice: price, weighed: fc.array(price, { maxLength: 4 }) }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(some, (input: MoneyInput) => {
        const money = exchangeMoney(input);
        for (const usd of Object.values(money)) expect(usd).toBeGreaterThanOrEqual(0);
        const answerUsd = money.costUsd - money.discardedUsd;
        expect(baselineUsd(money, 'dearest')).toBeGreaterThanOrEqual(answerUsd - 1e-9);
      }),
    );
  });
});
