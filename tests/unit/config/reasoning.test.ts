import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';
import { goodOf, problemsOf } from '../../support/config.js';

function config(card: string, decision: string) {
  return parseConfig(
    `models:
  - { name: small, endpoints: ["127.0.0.1:9101"], context_window: 32768${card} }
default_model: small
decisions:
  - { name: all, when: always, models: [small]${decision} }
`,
    'sextant.yaml',
  );
}

describe('reasoning in a config', () => {
  test('is read with its defaults', () => {
    const read = goodOf(config(', reasoning: { family: qwen3 }', ', reasoning: {}'));
    expect(read.models[0]?.reasoning).toEqual({ family: 'qwen3', efforts: undefined });
    expect(read.decisions[0]?.reasoning).toEqual({
      mode: 'auto',
      effort: undefined,
      budgetTokens: undefined,
      difficultyBelow: 0.5,
      override: false,
    });
  });

  test('is absent where nobody wrote it', () => {
    const read = goodOf(config('', ''));
    expect(read.models[0]).not.toHaveProperty('reasoning');
    expect(read.decisions[0]).not.toHaveProperty('reasoning');
  });

  test('names the families that there are', () => {
    const read = config(', reasoning: { family: qwen }', '');
    expect(problemsOf(read).join('\n')).toMatch(/5?.*family.*qwen3/);
  });
});
