import { expect, test } from '@jest/globals';
import { contextLengthSignal } from '../../../src/signals/context-length.js';
import { promptView } from '../../support/prompt-view.js';

test.each<[{ minTokens?: number; maxTokens?: number }, number, boolean]>([
  [{ minTokens: 100 }, 99, false],
  [{ minTokens: 100 }, 100, true],
  [{ minTokens: 100, maxTokens: 200 }, 200, true],
  [{ minTokens: 100, maxTokens: 200 }, 201, false],
  [{ maxTokens: 200 }, 0, true],
  [{}, 1_000_000, true],
])('%j with %i tokens: %j', (bounds, contextTokens, matched) => {
  const signal = contextLengthSignal({ name: 'long', ...bounds });
  expect(signal.cost).toBe('rule');
  expect(signal.evaluate(promptView('', { contextTokens }), undefined)).toEqual({
    state: 'known',
    matched,
    score: contextTokens,
    threshold: bounds.minTokens ?? 0,
    detail: `about ${contextTokens} tokens`,
  });
});
