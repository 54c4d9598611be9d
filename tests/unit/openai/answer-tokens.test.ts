import { expect, test } from '@jest/globals';
import { estimateAnswerTokens } from '../../../src/openai/answer-tokens.js';

const about = (choices: unknown) =>
  estimateAnswerTokens({
    api: 'chat',
    object: JSON.parse(JSON.stringify({ choices: choices ?? null })),
    usage: undefined,
    finishReasons: [],
  });

test.each([
  ['the content of a chat', [{ message: { role: 'assistant', content: '12345678' } }], 2],
  ['every choice', [{ message: { content: '1234' } }, { message: { content: '12345' } }], 3],
  ['what it thought', [{ message: { content: null, reasoning_content: '1234', reasoning: '1234' } }], 2],
  [
    'a call of a tool',
    [{ message: { tool_calls: [{ function: { name: 'abcd', arguments: '{"a":1}.' } }, 7] } }],
    3,
  ],
  ['the text of a completion', [{ text: '123456789' }], 3],
  ['nothing where there is nothing', [], 0],
  ['nothing where there are no choices', undefined, 0],
])('tokens are estimated of %s', (_, choices, tokens) => {
  expect(about(choices)).toBe(tokens);
});
