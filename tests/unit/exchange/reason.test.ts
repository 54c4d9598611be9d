import { describe, expect, test } from '@jest/globals';
import type { ReasoningPolicy } from '../../../src/selection/reasoning.js';
import {
  answer,
  ask,
  chat,
  HARD,
  harness,
  LARGE,
  SMALL,
  upstreamAnswers,
} from '../../support/exchange-service.js';

const ALWAYS_ON: ReasoningPolicy = {
  mode: 'on',
  effort: undefined,
  budgetTokens: undefined,
  difficultyBelow: 0.5,
  override: false,
};

function thinking(policy: Partial<ReasoningPolicy>) {
  const large = { ...LARGE, reasoning: { family: 'qwen3', efforts: undefined } } as const;
  const reasoning = { ...ALWAYS_ON, ...policy };
  return harness({ policy: { models: [SMALL, large] }, decisions: [{ ...HARD, reasoning }] });
}

async function sent(h: ReturnType<typeof harness>, question: string, more = {}) {
  const { exchange, verdict } = await ask(h.open, chat(question, more));
  await upstreamAnswers(exchange, answer('yes'));
  const body = verdict.kind === 'forward' ? verdict.body : undefined;
  return {
    kwargs: JSON.parse(Buffer.from(body ?? []).toString()).chat_template_kwargs,
    record: h.records.at(-1)?.reasoning,
  };
}

describe('how much a model thinks', () => {
  test('is written in the words of the family, and told in the log line', async () => {
    expect(await sent(thinking({ mode: 'off' }), 'prove it')).toEqual({
      kwargs: { enable_thinking: false },
      record: 'off',
    });
    expect(await sent(thinking({ mode: 'on' }), 'prove it')).toEqual({
      kwargs: { enable_thinking: true },
      record: 'on',
    });
  });

  test('is the client’s own affair where it says something', async () => {
    const more = { chat_template_kwargs: { enable_thinking: true } };
    expect((await sent(thinking({ mode: 'off' }), 'prove it', more)).kwargs).toEqual({
      enable_thinking: true,
    });
    expect((await sent(thinking({ mode: 'off', override: true }), 'prove it', more)).kwargs).toEqual({
      enable_thinking: false,
    });
  });

  test('follows the difficulty of the question where the decision says auto', async () => {
    const always = await sent(thinking({ mode: 'auto', difficultyBelow: 1.1 }), 'prove it');
    expect(always.kwargs).toEqual({ enable_thinking: true });
    const never = await sent(thinking({ mode: 'auto', difficultyBelow: 0 }), 'prove it');
    expect(never.kwargs).toEqual({ enable_thinking: false });
  });

  test('stays as it is where nobody can tell how hard the question is', async () => {
    const h = thinking({ mode: 'auto' });
    h.encoder.failure = new Error('gone');
    expect(await sent(h, 'prove it')).toEqual({ kwargs: undefined, record: '' });
  });

  test('is no matter for a model of no family, or a decision without a wish', async () => {
    const plain = harness({ decisions: [{ ...HARD, reasoning: ALWAYS_ON }] });
    expect((await sent(plain, 'prove it')).kwargs).toBeUndefined();
    expect((await sent(thinking({}), 'hello')).kwargs).toBeUndefined();
  });
});
