import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTokenWatch } from '../../../src/openai/token-watch.js';

const event = (delta: object) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`;
const ROLE = event({ role: 'assistant', content: '' });

function begins(text: string): boolean {
  return createTokenWatch().push(Buffer.from(text));
}

describe('the first token', () => {
  test.each([
    ['text', event({ content: 'Hi' })],
    ['a line break', event({ content: '\n' })],
    ['a quote', event({ content: '"' })],
    ['thinking', event({ reasoning_content: 'Hm' })],
    ['thinking by its newer name', event({ reasoning: 'Hm' })],
    ['a tool call', event({ tool_calls: [{ index: 0, id: 'a' }] })],
    ['the text of a completion', 'data: {"choices":[{"index":0,"text":"Hi"}]}\n\n'],
    ['text of a pretty printer', 'data: {"delta": {"content": "Hi"}}'],
  ])('is %s', (_, text) => {
    expect(begins(text)).toBe(true);
    expect(begins(ROLE + text)).toBe(true);
  });

  test.each([
    ['a role', ROLE],
    ['no text', event({ content: null, tool_calls: [] })],
    ['a comment', ': waiting "content":\n\n'],
    ['the end', 'data: [DONE]\n\n'],
  ])('is not %s', (_, text) => {
    expect(begins(text)).toBe(false);
  });

  test('stays', () => {
    const watch = createTokenWatch();
    expect([ROLE, event({ content: 'a' }), ROLE].map((text) => watch.push(Buffer.from(text)))).toEqual([
      false,
      true,
      true,
    ]);
  });
});

test('events are counted, whatever the texts in them are', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.constant('a\ndata: b')), { maxLength: 30 }), (texts) => {
      const watch = createTokenWatch();
      for (const content of texts) watch.push(Buffer.from(event({ content })));
      expect(watch.events()).toBe(texts.length);
      const whole = createTokenWatch();
      whole.push(Buffer.from(texts.map((content) => event({ content })).join('')));
      expect(whole.events()).toBe(texts.length);
    }),
  );
});
