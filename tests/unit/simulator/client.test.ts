import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import OpenAI, { type APIError } from 'openai';
import { QUESTIONS } from '../../../src/simulator/answers.js';
import { type Simulator, startSimulator } from '../../../src/simulator/server.js';

// The official client is the judge of the wire format: what it can read, an application can read.
let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator({
    name: 'small-general',
    aliases: ['auto'],
    port: 0,
    ttftMs: 0,
    tokensPerSecond: 0,
  });
  client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'none', maxRetries: 0 });
});

afterAll(() => simulator.close());

const hello = { model: 'small-general', messages: [{ role: 'user' as const, content: 'Say hello.' }] };
const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer' }, unit: { enum: ['C', 'F'] } },
      required: ['city', 'days', 'unit'],
    },
  },
};

async function problemOf(request: Promise<unknown>): Promise<APIError> {
  const problem = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(problem instanceof OpenAI.APIError)) throw new Error('the client did not throw an APIError');
  return problem;
}

describe('chat completions as JSON', () => {
  test('carry the fields that vLLM writes', async () => {
    const { data, response } = await client.chat.completions.create(hello).withResponse();
    expect(data.id).toMatch(/^chatcmpl-[0-9a-f]{32}$/);
    expect(data).toMatchObject({ object: 'chat.completion', model: 'small-general', prompt_logprobs: null });
    expect(data.system_fingerprint).toBe('simulator');
    expect(data.choices).toHaveLength(1);
    expect(data.choices[0]).toMatchObject({
      index: 0,
      finish_reason: 'stop',
      stop_reason: null,
      logprobs: null,
    });
    expect(data.choices[0]?.message).toMatchObject({ role: 'assistant', tool_calls: [] });
    expect(data.choices[0]?.message.content).toContain('[simulated answer by small-general]');
    const usage = data.usage ?? { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
    expect(usage.prompt_tokens).toBeGreaterThan(0);
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
    expect(response.headers.get('server')).toBe('sextant-upstream-simulator');
    expect(response.headers.get('x-simulator')).toBe('small-general');
  });

  test('are the same for the same question and differ for another', async () => {
    const texts = await Promise.all(
      ['one', 'one', 'two'].map(async (content) => {
        const answer = await client.chat.completions.create({
          ...hello,
          messages: [{ role: 'user', content }],
        });
        return answer.choices[0]?.message.content;
      }),
    );
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).not.toBe(texts[0]);
  });

  test('answer the question of the article at length and under the alias too', async () => {
    const answer = await client.chat.completions.create({
      model: 'auto',
      messages: [{ role: 'user', content: QUESTIONS.article }],
    });
    expect(answer.model).toBe('auto');
    expect(answer.usage?.completion_tokens).toBeGreaterThan(370);
    expect(answer.usage?.completion_tokens).toBeLessThan(410);
  });

  test('obey n, stop, max_tokens and max_completion_tokens', async () => {
    const many = await client.chat.completions.create({ ...hello, n: 3 });
    expect(many.choices.map((choice) => choice.index)).toEqual([0, 1, 2]);
    expect(new Set(many.choices.map((choice) => choice.message.content)).size).toBe(3);
    const stopped = await client.chat.completions.create({ ...hello, stop: ['small-', 'answer'] });
    expect(stopped.choices[0]).toMatchObject({
      finish_reason: 'stop',
      stop_reason: 'answer',
      message: { content: '[simulated ' },
    });
    const short = await client.chat.completions.create({ ...hello, max_tokens: 3 });
    expect(short.choices[0]).toMatchObject({ finish_reason: 'length', stop_reason: null });
    expect(short.usage?.completion_tokens).toBe(3);
    const shorter = await client.chat.completions.create({
      ...hello,
      max_tokens: 9,
      max_completion_tokens: 2,
    });
    expect(shorter.usage?.completion_tokens).toBe(2);
  });

  test('give log probabilities when asked', async () => {
    const answer = await client.chat.completions.create({ ...hello, logprobs: true, top_logprobs: 1 });
    const scored = answer.choices[0]?.logprobs?.content ?? [];
    expect(scored.map((token) => token.token).join('')).toBe(answer.choices[0]?.message.content);
    expect(scored[0]?.top_logprobs).toHaveLength(1);
  });
});

describe('tools', () => {
  test('are called when required, named, or mentioned, and not otherwise', async () => {
    const ask = { ...hello, tools: [weather] };
    const required = await client.chat.completions.create({ ...ask, tool_choice: 'required' });
    expect(required.choices[0]?.finish_reason).toBe('tool_calls');
    expect(required.choices[0]?.message.content).toBeNull();
    const call = required.choices[0]?.message.tool_calls?.[0];
    expect(call).toMatchObject({ type: 'function', function: { name: 'get_weather' } });
    const args = call?.type === 'function' ? (JSON.parse(call.function.arguments) as unknown) : undefined;
    expect(args).toEqual({ city: 'simulated', days: 1, unit: 'C' });
    const named = await client.chat.completions.create({
      ...ask,
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
    });
    expect(named.choices[0]?.finish_reason).toBe('stop');
    expect(named.choices[0]?.message.tool_calls).toHaveLength(1);
    const mentioned = await client.chat.completions.create({
      ...ask,
      messages: [{ role: 'user', content: 'Please use get_weather for Paris.' }],
    });
    expect(mentioned.choices[0]?.finish_reason).toBe('tool_calls');
    for (const tool_choice of ['auto', 'none'] as const) {
      const plain = await client.chat.completions.create({ ...ask, tool_choice });
      expect(plain.choices[0]).toMatchObject({ finish_reason: 'stop', message: { tool_calls: [] } });
    }
  });

  test('are not called again once their result stands at the end', async () => {
    const answer = await client.chat.completions.create({
      model: 'small-general',
      tools: [weather],
      messages: [
        { role: 'user', content: 'get_weather please' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: 'sunny' },
      ],
    });
    expect(answer.choices[0]?.finish_reason).toBe('stop');
  });

  test('stream as pieces that join to the same call', async () => {
    const ask = { ...hello, tools: [weather], tool_choice: 'required' as const };
    const whole = await client.chat.completions.create(ask);
    const streamed = await client.chat.completions.stream(ask).finalChatCompletion();
    const call = streamed.choices[0]?.message.tool_calls?.[0];
    expect(streamed.choices[0]?.finish_reason).toBe('tool_calls');
    expect(call?.type === 'function' && call.function.arguments).toBe(
      JSON.stringify({ city: 'simulated', days: 1, unit: 'C' }),
    );
    expect(call?.id).toBe(whole.choices[0]?.message.tool_calls?.[0]?.id);
  });
});

describe('chat completions as a stream', () => {
  test('begin with the role, join to the JSON answer, and end with the usage', async () => {
    const whole = await client.chat.completions.create(hello);
    const stream = await client.chat.completions.create({
      ...hello,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(
      whole.choices[0]?.message.content,
    );
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
    expect(chunks.at(-2)?.choices[0]).toMatchObject({ finish_reason: 'stop', stop_reason: null });
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(whole.usage?.completion_tokens);
  });

  test('say `length` on their last token, as vLLM does', async () => {
    const stream = await client.chat.completions.create({ ...hello, max_tokens: 2, stream: true });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks).toHaveLength(3);
    expect(chunks[2]?.choices[0]).toMatchObject({ finish_reason: 'length' });
    expect(chunks[2]?.choices[0]?.delta.content).not.toBe('');
    expect(chunks.some((chunk) => chunk.usage)).toBe(false);
  });

  test('keep the choices apart when there are several', async () => {
    const whole = await client.chat.completions.create({ ...hello, n: 2 });
    const streamed = await client.chat.completions.stream({ ...hello, n: 2 }).finalChatCompletion();
    expect(streamed.choices.map((choice) => choice.message.content)).toEqual(
      whole.choices.map((choice) => choice.message.content),
    );
  });
});

describe('other endpoints', () => {
  test('text completions, JSON and stream, with sixteen tokens unless told otherwise', async () => {
    const ask = { model: 'small-general', prompt: 'Once upon a time' };
    const short = await client.completions.create(ask);
    expect(short).toMatchObject({ object: 'text_completion', choices: [{ finish_reason: 'length' }] });
    expect(short.usage?.completion_tokens).toBe(16);
    const whole = await client.completions.create({ ...ask, max_tokens: 500, logprobs: 1 });
    expect(whole.choices[0]?.finish_reason).toBe('stop');
    expect(whole.choices[0]?.logprobs?.tokens?.join('')).toBe(whole.choices[0]?.text);
    let text = '';
    for await (const chunk of await client.completions.create({ ...ask, max_tokens: 500, stream: true })) {
      text += chunk.choices[0]?.text ?? '';
    }
    expect(text).toBe(whole.choices[0]?.text);
  });

  test('embeddings are unit vectors in both encodings', async () => {
    const ask = { model: 'small-general', input: ['a', 'b'] };
    const floats = await client.embeddings.create({ ...ask, encoding_format: 'float' });
    const encoded = await client.embeddings.create(ask);
    expect(encoded.data.map((item) => item.embedding.map((value) => Math.fround(value)))).toEqual(
      floats.data.map((item) => item.embedding.map((value) => Math.fround(value))),
    );
    const norm = Math.hypot(...(floats.data[0]?.embedding ?? []));
    expect(norm).toBeCloseTo(1, 5);
    expect(floats.data[1]?.embedding).not.toEqual(floats.data[0]?.embedding);
    expect(floats.usage.prompt_tokens).toBe(2);
  });

  test('the list of models names the aliases', async () => {
    const list = await client.models.list();
    expect(list.data.map((model) => model.id)).toEqual(['small-general', 'auto']);
  });
});

describe('errors', () => {
  test('an unknown model is a 404 that names it', async () => {
    const problem = await problemOf(client.chat.completions.create({ ...hello, model: 'ghost' }));
    expect(problem.status).toBe(404);
    expect(problem.error).toEqual({
      message: 'The model `ghost` does not exist.',
      type: 'NotFoundError',
      param: 'model',
      code: 404,
    });
  });

  test.each([
    [{ messages: [] }, 'messages'],
    [{ n: 0 }, 'n'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ logprobs: true, top_logprobs: 21 }, 'top_logprobs'],
    [{ stream_options: { include_usage: true } }, 'stream_options'],
  ])('%j is a 400 that names the field', async (change, param) => {
    const problem = await problemOf(client.post('/chat/completions', { body: { ...hello, ...change } }));
    expect([problem.status, problem.param]).toEqual([400, param]);
  });

  test('missing fields are named as the validator of vLLM does', async () => {
    const problem = await problemOf(client.post('/chat/completions', { body: { model: 'auto' } }));
    expect(problem.message).toContain("('body', 'messages')");
    const prompt = await problemOf(client.post('/completions', { body: { model: 'auto' } }));
    expect(prompt.message).toContain("('body', 'prompt')");
    const input = await problemOf(client.post('/embeddings', { body: { model: 'auto' } }));
    expect([input.status, input.param]).toEqual([400, 'input']);
  });

  test('a prompt above the context window is a 400', async () => {
    const content = 'word '.repeat(120_000);
    const problem = await problemOf(
      client.chat.completions.create({ ...hello, messages: [{ role: 'user', content }] }),
    );
    expect(problem.status).toBe(400);
    expect(problem.message).toContain('maximum context length is 131072 tokens');
  });
});
