import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { type Stack, startStack } from '../support/stack.js';

let stack: Stack;
let client: OpenAI;

beforeAll(async () => {
  stack = await startStack();
  client = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: 'test-token', maxRetries: 0 });
}, 60_000);
afterAll(() => stack?.close());

const messages = [{ role: 'user' as const, content: 'Name a moon of Saturn.' }];

describe('the official client needs no change', () => {
  test('a chat, the same from the cache', async () => {
    const first = await client.chat.completions.create({ model: 'auto', messages });
    const again = await client.chat.completions.create({ model: 'auto', messages }).withResponse();
    expect(again.response.headers.get('x-sextant-path')).toBe('cache');
    expect(again.data.choices).toEqual(first.choices);
    expect(again.data.usage).toEqual(first.usage);
    expect(again.data.id).not.toBe(first.id);
  });

  test.each(['Name a moon of Saturn.', 'Name a moon of Jupiter.'])(
    'a stream, hit or miss: %s',
    async (content) => {
      const stream = await client.chat.completions.create({
        model: 'auto',
        messages: [{ role: 'user', content }],
        stream: true,
        stream_options: { include_usage: true },
      });
      let text = '';
      let finish: string | null = null;
      let tokens = 0;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? '';
        finish = chunk.choices[0]?.finish_reason ?? finish;
        tokens = chunk.usage?.completion_tokens ?? tokens;
      }
      expect(text).toContain('simulated');
      expect(finish).toBe('stop');
      expect(tokens).toBeGreaterThan(0);
    },
  );

  test('the list of models', async () => {
    const names: string[] = [];
    for await (const model of client.models.list()) names.push(model.id);
    expect(names).toEqual(expect.arrayContaining(['auto', 'small', 'large', 'coder']));
  });

  test('a tool call, streamed and from the cache', async () => {
    const tools = [
      {
        type: 'function' as const,
        function: {
          name: 'lookup',
          parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        },
      },
    ];
    const ask = {
      model: 'auto',
      messages: [{ role: 'user' as const, content: 'Please lookup Oslo.' }],
      tools,
    };
    const first = await client.chat.completions.create(ask);
    const call = first.choices[0]?.message.tool_calls?.[0];
    expect(call).toMatchObject({ type: 'function', function: { name: 'lookup' } });
    const runner = client.chat.completions.stream(ask);
    const streamed = await runner.finalChatCompletion();
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'lookup' } });
  });

  test('errors come as the classes that it throws', async () => {
    await expect(client.chat.completions.create({ model: 'nothing', messages })).rejects.toThrow(
      OpenAI.NotFoundError,
    );
    const bad = client.chat.completions.create({ model: 'auto', messages: 'hi' as never });
    await expect(bad).rejects.toThrow(OpenAI.BadRequestError);
    const blocked = client.chat.completions.create({
      model: 'auto',
      messages: [{ role: 'user', content: 'forbidden-word' }],
    });
    await expect(blocked).rejects.toThrow(OpenAI.PermissionDeniedError);
  });

  test('embeddings of a concrete model', async () => {
    const { data } = await client.embeddings.create({ model: 'small', input: ['one', 'two'] });
    expect(data).toHaveLength(2);
  });
});
