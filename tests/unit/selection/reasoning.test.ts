import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  REASONING_FAMILIES,
  type ReasoningFamily,
  reasoningEdits,
  sizeOf,
} from '../../../src/selection/reasoning.js';

const WISH = { effort: undefined, budgetTokens: undefined };
const card = (family: ReasoningFamily) => ({ reasoning: { family, efforts: undefined } });
const on = { thinks: true, answerTokensMax: undefined };
const off = { thinks: false, answerTokensMax: undefined };

describe('reasoningEdits', () => {
  test.each([
    ['qwen3', 'enable_thinking'],
    ['glm', 'enable_thinking'],
    ['deepseek', 'thinking'],
    ['granite', 'thinking'],
  ] as const)('%s has a switch in its chat template', (family, name) => {
    const path = ['chat_template_kwargs', name];
    expect(reasoningEdits(card(family), WISH, off)).toEqual([{ path, value: false }]);
    expect(reasoningEdits(card(family), { ...WISH, budgetTokens: 300 }, off)).toEqual([
      { path, value: false },
    ]);
    expect(reasoningEdits(card(family), { ...WISH, budgetTokens: 300 }, on)).toEqual([
      { path, value: true },
      { path: ['thinking_token_budget'], value: 300 },
    ]);
  });

  test.each([
    ['gpt-oss', 'high', true, 'high'],
    ['gpt-oss', 'high', false, 'low'],
    ['openai', 'medium', true, 'medium'],
    ['openai', undefined, false, 'minimal'],
  ] as const)('%s with effort %s, thinking %s: %s', (family, effort, thinks, value) => {
    expect(reasoningEdits(card(family), { ...WISH, effort }, { ...on, thinks })).toEqual([
      { path: ['reasoning_effort'], value },
    ]);
  });

  test('an effort that the model does not know becomes the next one above, else the highest it has', () => {
    const reasoning = { family: 'openai', efforts: ['none', 'high'] } as const;
    const path = ['reasoning_effort'];
    expect(reasoningEdits({ reasoning }, { ...WISH, effort: 'low' }, on)).toEqual([{ path, value: 'high' }]);
    expect(reasoningEdits({ reasoning }, WISH, off)).toEqual([{ path, value: 'none' }]);
    const lazy = { family: 'openai', efforts: ['minimal', 'low'] } as const;
    expect(reasoningEdits({ reasoning: lazy }, { ...WISH, effort: 'high' }, on)).toEqual([
      { path, value: 'low' },
    ]);
  });

  test('without an effort a model that knows nothing else is left to itself', () => {
    expect(reasoningEdits(card('gpt-oss'), WISH, on)).toEqual([]);
  });

  test('anthropic has a budget, which leaves room for the answer', () => {
    const budget = (wish: object, answerTokensMax?: number) =>
      reasoningEdits(card('anthropic'), { ...WISH, ...wish }, { thinks: true, answerTokensMax })[0]?.value;
    expect(budget({})).toEqual({ type: 'enabled', budget_tokens: 8192 });
    expect(budget({ effort: 'low' })).toEqual({ type: 'enabled', budget_tokens: 1024 });
    expect(budget({ budgetTokens: 5 })).toEqual({ type: 'enabled', budget_tokens: 1024 });
    expect(budget({ budgetTokens: 9000 }, 4000)).toEqual({ type: 'enabled', budget_tokens: 3999 });
    expect(budget({}, 1024)).toBeUndefined();
    expect(reasoningEdits(card('anthropic'), WISH, off)).toEqual([
      { path: ['thinking'], value: { type: 'disabled' } },
    ]);
  });

  test('a card without a family changes nothing, and no family writes a member twice', () => {
    expect(reasoningEdits({}, { effort: 'high', budgetTokens: 5 }, on)).toEqual([]);
    fc.assert(
      fc.property(
        fc.constantFrom(...REASONING_FAMILIES),
        fc.record({
          effort: fc.constantFrom('low', 'medium', 'high', undefined),
          budgetTokens: fc.option(fc.integer({ min: 1, max: 1e6 }), { nil: undefined }),
        }),
        fc.boolean(),
        (family, wish, thinks) => {
          const names = reasoningEdits(card(family), wish, { ...on, thinks }).map(({ path }) => path[0]);
          expect(new Set(names).size).toBe(names.length);
        },
      ),
    );
  });
});

test('the size of a model is that of the difficulty head', () => {
  const sizes = [0, 8, 9, 12, 47, 48].map((parametersB) => sizeOf({ parametersB }));
  expect(sizes).toEqual([undefined, 'small', 'small', 'medium', 'medium', 'large']);
});
