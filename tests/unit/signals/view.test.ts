import { describe, expect, test } from '@jest/globals';
import type { PromptRequest, Turn } from '../../../src/openai/request.js';
import { estimateTokens, viewOf } from '../../../src/signals/view.js';

function turn(text: string): Turn {
  return { role: 'user', text, modalities: [] };
}

describe('estimateTokens', () => {
  test('a quarter token for a character of ASCII, and four for the turn', () => {
    expect(estimateTokens({ turns: [turn('a'.repeat(400))] })).toBe(104);
  });

  test('about one token for a Chinese, Japanese or Korean character', () => {
    expect(estimateTokens({ turns: [turn('如何退款'.repeat(100))] })).toBe(404);
    expect(estimateTokens({ turns: [turn('환불'.repeat(50))] })).toBe(104);
  });

  test('other alphabets lie between', () => {
    expect(estimateTokens({ turns: [turn('привет'.repeat(100))] })).toBe(379);
  });

  test('counts every turn', () => {
    expect(estimateTokens({ turns: [turn('abcd'), turn(''), turn('abcd')] })).toBe(14);
    expect(estimateTokens({ turns: [] })).toBe(0);
  });
});

test('viewOf hands on what signals look at', () => {
  const request: PromptRequest = {
    api: 'chat',
    model: 'auto',
    modelSpan: { start: 0, end: 0 },
    turns: [turn('hello'), { role: 'assistant', text: 'hi', modalities: [] }],
    ask: 'hello',
    askIndex: 0,
    textChars: 7,
    modalities: ['image'],
    hasTools: true,
    hasToolResults: false,
    stream: false,
    includeUsage: false,
    body: {},
  };
  const headers = new Map([['x-user', 'ann']]);
  expect(viewOf(request, headers)).toEqual({
    ask: 'hello',
    turns: request.turns,
    contextTokens: 10,
    modalities: ['image'],
    hasTools: true,
    headers,
    metadata: undefined,
    wishes: { stream: false, maxTokens: undefined },
  });
  const wishful = { ...request, stream: true, body: { max_tokens: 5, max_completion_tokens: 7 } };
  expect(viewOf(wishful, headers, { jwt: {} })).toMatchObject({
    metadata: { jwt: {} },
    wishes: { stream: true, maxTokens: 7 },
  });
  expect(
    viewOf({ ...request, body: { max_tokens: 5, max_completion_tokens: null } }, headers).wishes,
  ).toEqual({
    stream: false,
    maxTokens: 5,
  });
});
