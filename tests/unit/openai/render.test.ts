import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import type { JsonObject } from '../../../src/lib/json.js';
import { SextantError } from '../../../src/lib/sextant-error.js';
import { answerFrom } from '../../../src/openai/answer.js';
import type { Completion } from '../../../src/openai/completion.js';
import { errorBody, httpStatusOf } from '../../../src/openai/errors.js';
import { modelsBody } from '../../../src/openai/models-list.js';
import { completionToJson, completionToSse, type StreamIdentity } from '../../../src/openai/render.js';
import { pieces } from '../../../src/openai/text-pieces.js';
import { listening } from '../../support/ports.js';

const identity: StreamIdentity = { id: 'chatcmpl-9', createdS: 12, model: 'small', includeUsage: false };
const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
const CODE = `Here:\n\n\`\`\`py\nif x:\n\tprint("日本 🙂")\n\`\`\`\n${'| a | b |\n'.repeat(30)}`;

function answer(object: JsonObject, api: Completion['api'] = 'chat'): Completion {
  const completion = answerFrom(api, object);
  if (completion === undefined) throw new Error('not an answer');
  return completion;
}

const chat = (message: JsonObject, more: JsonObject = {}): Completion =>
  answer({
    id: 'old',
    object: 'chat.completion',
    created: 1,
    model: 'old',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop', ...more }],
    usage,
  });

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

function chunksOf(completion: Completion, options: Partial<StreamIdentity> = {}): JsonObject[] {
  const events = text(completionToSse(completion, { ...identity, ...options })).split('\n\n');
  expect(events.slice(-2)).toEqual(['data: [DONE]', '']);
  return events.slice(0, -2).map((event) => JSON.parse(event.replace(/^data: /, '')) as JsonObject);
}

describe('completionToJson', () => {
  test('gives a new id, time and model and keeps all else, in its place', () => {
    const json = text(completionToJson(chat({ content: 'Hi', vendor: [1] }), identity));
    expect(json).toBe(
      '{"id":"chatcmpl-9","object":"chat.completion","created":12,"model":"small","choices":[{"index":0,' +
        '"message":{"role":"assistant","content":"Hi","vendor":[1]},"finish_reason":"stop"}],' +
        '"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}',
    );
  });
});

describe('completionToSse', () => {
  test('writes role, pieces, end', () => {
    const head = { id: 'chatcmpl-9', object: 'chat.completion.chunk', created: 12, model: 'small' };
    const choice = (delta: JsonObject, finish_reason: string | null = null): JsonObject => ({
      ...head,
      choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    });
    expect(chunksOf(chat({ content: 'Hi' }, { logprobs: null }))).toEqual([
      choice({ role: 'assistant', content: '' }),
      choice({ content: 'Hi' }),
      choice({}, 'stop'),
    ]);
  });

  test('says the usage only when asked, in a chunk without choices', () => {
    expect(chunksOf(chat({ content: 'Hi' }), { includeUsage: true }).at(-1)).toMatchObject({
      choices: [],
      usage,
    });
    expect(JSON.stringify(chunksOf(chat({ content: 'Hi' })))).not.toContain('usage');
    const { usage: _usage, ...without } = chat({ content: 'Hi' }).object;
    expect(chunksOf(answer(without), { includeUsage: true })).toHaveLength(3);
  });

  test('puts the fingerprint into every chunk and other fields of the answer into the first', () => {
    const completion = answer({ ...chat({ content: 'Hi' }).object, system_fingerprint: 'fp', vendor: 1 });
    expect(chunksOf(completion).map((chunk) => [chunk['system_fingerprint'], chunk['vendor']])).toEqual([
      ['fp', 1],
      ['fp', undefined],
      ['fp', undefined],
    ]);
    expect(chunksOf(completion, { fingerprint: 'ours' })[2]?.['system_fingerprint']).toBe('ours');
  });

  test('thinks before it speaks and calls tools last, whatever the order of the fields', () => {
    const calls = [
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
      { id: 'b', type: 'custom', custom: { name: 'g', input: 'y' } },
      { id: 'c', type: 'function', function: { name: 'h', arguments: '' } },
      5,
    ];
    const message = {
      tool_calls: calls,
      refusal: 'No',
      content: 'Hi',
      annotations: [{ a: 1 }],
      reasoning_content: 'Hm',
    };
    const deltas = chunksOf(chat(message)).map((chunk) => {
      const [choice] = chunk['choices'] as unknown as readonly [{ delta: JsonObject }];
      return choice.delta;
    });
    expect(deltas).toEqual([
      { role: 'assistant', content: '' },
      { reasoning_content: 'Hm' },
      { content: 'Hi' },
      { refusal: 'No' },
      { annotations: [{ a: 1 }] },
      { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"x":1}' } }] },
      { tool_calls: [{ index: 1, id: 'b', type: 'custom', custom: { name: 'g', input: 'y' } }] },
      { tool_calls: [{ index: 2, id: 'c', type: 'function', function: { name: 'h', arguments: '' } }] },
      {},
    ]);
  });

  test('keeps log probabilities beside the text that they are of', () => {
    const logprobs = { content: [{ token: 'x' }] };
    const long = 'x'.repeat(1_000);
    const choices = chunksOf(chat({ content: long }, { logprobs })).flatMap((chunk) => chunk['choices']);
    expect(choices[1]).toMatchObject({ delta: { content: long }, logprobs });
    expect(choices[2]).toMatchObject({ delta: {}, logprobs: null });
    const silent = chunksOf(chat({ content: null }, { logprobs })).flatMap((chunk) => chunk['choices']);
    expect(silent[1]).toMatchObject({ delta: {}, logprobs });
  });
});

describe('pieces', () => {
  test('give the text back and cut no character in two', () => {
    expect([...pieces('a🙂b🙂', 2)]).toEqual(['a🙂', 'b🙂']);
    expect([...pieces('🙂🙂', 1)]).toEqual(['🙂', '🙂']);
    expect([...pieces('\ud83d\ud83d\ude42', 1)]).toEqual(['\ud83d', '🙂']);
    expect([...pieces('abc', 2)]).toEqual(['ab', 'c']);
    expect([...pieces('')]).toEqual([]);
    expect([...pieces('ab', 0)]).toEqual(['a', 'b']);
  });
});

describe('the official client', () => {
  let server: Server;
  let client: OpenAI;
  let reply: { status: number; type: string; body: Uint8Array };

  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.writeHead(reply.status, { 'content-type': reply.type });
      response.end(reply.body);
    });
    const port = await listening(server);
    client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'test-token', maxRetries: 0 });
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  const call = {
    id: 'a',
    type: 'function',
    function: { name: 'f', arguments: `{"x":"${'y'.repeat(300)}"}` },
  };
  const messages = [{ role: 'user' as const, content: 'x' }];

  test('reads the JSON', async () => {
    reply = {
      status: 200,
      type: 'application/json',
      body: completionToJson(chat({ content: CODE }), identity),
    };
    const read = await client.chat.completions.create({ model: 'auto', messages });
    expect(read).toMatchObject({ id: 'chatcmpl-9', created: 12, model: 'small', usage });
    expect(read.choices[0]?.message.content).toBe(CODE);
  });

  test('reads the stream, and puts it together to the same message', async () => {
    const completion = answer({
      ...chat({}).object,
      choices: [
        { index: 0, message: { role: 'assistant', content: CODE, refusal: null }, finish_reason: 'stop' },
        {
          index: 1,
          message: { role: 'assistant', content: null, tool_calls: [call] },
          finish_reason: 'tool_calls',
        },
      ],
    });
    const body = completionToSse(completion, { ...identity, includeUsage: true });
    reply = { status: 200, type: 'text/event-stream', body };
    const runner = client.chat.completions.stream({
      model: 'auto',
      messages,
      n: 2,
      stream_options: { include_usage: true },
    });
    const read = await runner.finalChatCompletion();
    expect(read.choices[0]?.message.content).toBe(CODE);
    expect(read.choices[1]?.message.tool_calls).toMatchObject([call]);
    expect(read.choices.map((choice) => choice.finish_reason)).toEqual(['stop', 'tool_calls']);
    expect(await runner.totalUsage()).toMatchObject(usage);
  });

  test('reads a streamed text completion', async () => {
    const object = { choices: [{ index: 0, text: CODE, logprobs: null, finish_reason: 'length' }], usage };
    reply = {
      status: 200,
      type: 'text/event-stream',
      body: completionToSse(answer(object, 'completions'), identity),
    };
    const parts: string[] = [];
    let reason: string | null = null;
    for await (const chunk of await client.completions.create({ model: 'auto', prompt: 'x', stream: true })) {
      parts.push(chunk.choices[0]?.text ?? '');
      reason = chunk.choices[0]?.finish_reason ?? null;
    }
    expect([parts.join(''), reason]).toEqual([CODE, 'length']);
  });

  test('reads errors and the list of models', async () => {
    const error = new SextantError('missing_field', '`messages` is missing.', { param: 'messages' });
    reply = { status: httpStatusOf(error.code), type: 'application/json', body: errorBody(error) };
    await expect(client.chat.completions.create({ model: 'auto', messages })).rejects.toMatchObject({
      status: 400,
      code: 'missing_field',
      param: 'messages',
      type: 'invalid_request_error',
    });
    const body = modelsBody([{ id: 'auto', ownedBy: 'sextant' }], 12);
    reply = { status: 200, type: 'application/json', body };
    expect((await client.models.list()).data).toEqual([
      { id: 'auto', object: 'model', created: 12, owned_by: 'sextant' },
    ]);
  });
});
