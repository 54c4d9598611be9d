import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { affinityScorer } from '../../../src/selection/affinity.js';
import { createConversationMemory } from '../../../src/selection/conversations.js';
import { card } from '../../support/model-card.js';

const CARD = card('a', { price: { input: 1, output: 9 } });
const NEEDS = { contextTokens: 100, modalities: [] };

describe('a conversation', () => {
  const score = (tokens: number, card = CARD) => affinityScorer({ model: 'a', tokens }).score(card, NEEDS);

  test('is worth what the model that knows it need not read again', () => {
    expect(score(1000)).toBeCloseTo(0.5);
    expect(score(9000)).toBeCloseTo(0.9);
    expect(score(0)).toBe(0);
    expect(score(9000, { ...CARD, name: 'b' })).toBe(0);
  });

  test('is worth its reading where nobody says a price', () => {
    const free = { ...CARD, price: { input: 0, output: 0 } };
    expect(score(4096, free)).toBe(0.5);
    expect(score(0, free)).toBe(0);
  });
});

describe('the memory of conversations', () => {
  test('finds the first key that it knows', () => {
    const memory = createConversationMemory({ entriesMax: 10, ttlMs: 1000 });
    memory.note('one', 'small', 0);
    memory.note('two', 'large', 0);
    expect(memory.find(['none', 'two', 'one'], 1)).toEqual({ key: 'two', model: 'large' });
    memory.note('two', 'small', 2);
    expect(memory.find(['two'], 3)).toEqual({ key: 'two', model: 'small' });
    expect(memory.find([], 3)).toBeUndefined();
  });

  test('forgets after a while, whatever was asked for meanwhile', () => {
    const memory = createConversationMemory({ entriesMax: 10, ttlMs: 1000 });
    memory.note('one', 'small', 0);
    memory.note('two', 'small', 500);
    expect(memory.find(['one'], 1000)?.key).toBe('one');
    expect(memory.find(['one', 'two'], 1001)?.key).toBe('two');
    expect(memory.find(['one'], 1000)).toBeUndefined();
  });

  test('never knows more than it may, and forgets first what nobody used the longest', () => {
    const steps = fc.array(fc.tuple(fc.nat(9), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (taken) => {
        const memory = createConversationMemory({ entriesMax: 3, ttlMs: 1e9 });
        let used: number[] = [];
        for (const [key, notes] of taken) {
          const known = used.includes(key);
          expect(memory.find([String(key)], 0) !== undefined).toBe(known);
          if (notes) memory.note(String(key), 'm', 0);
          if (notes || known) used = [...used.filter((each) => each !== key), key].slice(-3);
        }
      }),
    );
  });
});
