import { describe, expect, test } from '@jest/globals';
import { readRequest } from '../../../src/openai/read.js';
import type { PromptApi, PromptRequest } from '../../../src/openai/request.js';

function read(api: PromptApi, body: unknown): PromptRequest {
  const result = readRequest(api, Buffer.from(JSON.stringify(body)));
  if (!result.ok) throw result.error;
  return result.value;
}

function refusal(api: PromptApi, body: unknown): [string, string | undefined] {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const result = readRequest(api, Buffer.from(text));
  return result.ok ? ['ok', undefined] : [result.error.code, result.error.param];
}

const chat = (messages: unknown, more: object = {}): object => ({ model: 'auto', messages, ...more });
const user = (content: unknown): object => ({ role: 'user', content });

describe('chat', () => {
  test('reads the article’s request', () => {
    const messages = [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: 'What are the main renewable energy sources?' },
    ];
    expect(read('chat', { model: 'auto', messages, temperature: 0.7 })).toEqual({
      api: 'chat',
      model: 'auto',
      modelSpan: { start: 9, end: 15 },
      turns: [
        { role: 'system', text: 'You are a helpful assistant.', modalities: [] },
        { role: 'user', text: 'What are the main renewable energy sources?', modalities: [] },
      ],
      ask: 'What are the main renewable energy sources?',
      askIndex: 1,
      textChars: 71,
      modalities: [],
      hasTools: false,
      hasToolResults: false,
      stream: false,
      includeUsage: false,
      body: { model: 'auto', messages, temperature: 0.7 },
    });
  });

  test('joins text parts by newlines and names every other part', () => {
    const request = read(
      'chat',
      chat([
        user([
          { type: 'text', text: ' a ' },
          { type: 'image_url', image_url: { url: 'data:' } },
          { type: 'input_audio', input_audio: {} },
          { type: 'file', file: {} },
          { type: 'image_url', image_url: {} },
          { type: 'text', text: 'b\n' },
          'bare',
          { type: 'video_url', video_url: {} },
          { type: 'brand_new', text: 'still read' },
        ]),
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'I will not.' }] },
        user([{ type: 'audio_url', audio_url: {} }]),
      ]),
    );
    expect(request.turns).toEqual([
      { role: 'user', text: ' a \nb\n\nbare\nstill read', modalities: ['image', 'audio', 'file'] },
      { role: 'assistant', text: 'I will not.', modalities: [] },
      { role: 'user', text: '', modalities: ['audio'] },
    ]);
    expect(request.modalities).toEqual(['image', 'audio', 'file']);
    expect([request.ask, request.askIndex]).toEqual(['', 2]);
  });

  test('reads tool calls, tool results and what else an assistant says', () => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{"x":1}' } };
    const request = read(
      'chat',
      chat([
        user('go'),
        { role: 'assistant', content: null, tool_calls: [call, { type: 'custom', custom: {} }, 7] },
        { role: 'tool', tool_call_id: 'c', content: 'done' },
        { role: 'assistant', function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: null },
        { role: 'assistant', content: null, refusal: 'No.' },
        { role: 'assistant', content: 'Yes', refusal: 'No.', audio: { id: 'a' } },
        { role: 'assistant', content: 'Fine', refusal: null, audio: null },
      ]),
    );
    expect(request.turns.map((turn) => turn.text)).toEqual([
      'go',
      '',
      'done',
      '',
      '',
      'No.',
      'Yes\nNo.',
      'Fine',
    ]);
    expect(request.turns[6]?.modalities).toEqual(['audio']);
    expect(request.hasToolResults).toBe(true);
    expect(request.textChars).toBe(2 + 7 + 4 + 2 + 3 + 7 + 4);
    expect([request.ask, request.askIndex]).toEqual(['go', 0]);
  });

  test('has no question when no user speaks', () => {
    const request = read('chat', chat([{ role: 'developer', content: 'Be brief.' }]));
    expect([request.ask, request.askIndex]).toEqual(['', -1]);
  });

  test.each([
    [{ tools: [{ type: 'function' }] }, true],
    [{ functions: [{}] }, true],
    [{ tool_choice: 'auto' }, true],
    [{ tool_choice: { type: 'function' } }, true],
    [{ tools: [{}], tool_choice: 'none' }, true],
    [{ tools: [], functions: null, tool_choice: 'none' }, false],
    [{ tool_choice: null }, false],
  ])('%j: has tools is %s', (more, expected) => {
    expect(read('chat', chat([user('x')], more)).hasTools).toBe(expected);
  });

  test.each([
    [{}, false, false],
    [{ stream: null, stream_options: null }, false, false],
    [{ stream: true, stream_options: {} }, true, false],
    [{ stream: true, stream_options: { include_usage: null } }, true, false],
    [{ stream: true, stream_options: { include_usage: true } }, true, true],
  ])('%j streams: %s, with usage: %s', (more, stream, includeUsage) => {
    const request = read('chat', chat([user('x')], more));
    expect([request.stream, request.includeUsage]).toEqual([stream, includeUsage]);
  });

  test.each<[unknown, string, string | undefined]>([
    ['{"model":', 'invalid_json', undefined],
    ['{"model":"m",}', 'invalid_json', undefined],
    ['{"model":"m" "x":1}', 'invalid_json', undefined],
    ['[]', 'invalid_json', undefined],
    [{ messages: [] }, 'missing_field', 'model'],
    [{ model: null }, 'missing_field', 'model'],
    [{ model: 5 }, 'invalid_field', 'model'],
    [{ model: '' }, 'invalid_field', 'model'],
    [{ model: 'm' }, 'missing_field', 'messages'],
    [chat(null), 'missing_field', 'messages'],
    [chat([]), 'invalid_field', 'messages'],
    [chat({}), 'invalid_field', 'messages'],
    [chat([null]), 'invalid_field', 'messages[0]'],
    [chat([user('x'), { content: 'y' }]), 'missing_field', 'messages[1].role'],
    [chat([{ role: 'User', content: 'y' }]), 'invalid_field', 'messages[0].role'],
    [chat([{ role: ['user'], content: 'y' }]), 'invalid_field', 'messages[0].role'],
    [chat([{ role: 'user' }]), 'missing_field', 'messages[0].content'],
    [chat([user(null)]), 'missing_field', 'messages[0].content'],
    [chat([user(5)]), 'invalid_field', 'messages[0].content'],
    [chat([user({ type: 'text' })]), 'invalid_field', 'messages[0].content'],
    [chat([user([null])]), 'invalid_field', 'messages[0].content[0]'],
    [chat([user([{ text: 'x' }])]), 'missing_field', 'messages[0].content[0].type'],
    [chat([user([{ type: 1 }])]), 'invalid_field', 'messages[0].content[0].type'],
    [chat([user([{ type: 'text' }])]), 'invalid_field', 'messages[0].content[0].text'],
    [chat([user([{ type: 'refusal' }])]), 'invalid_field', 'messages[0].content[0].refusal'],
    [chat([user('x')], { stream: 'true' }), 'invalid_field', 'stream'],
    [chat([user('x')], { stream_options: [] }), 'invalid_field', 'stream_options'],
    [
      chat([user('x')], { stream_options: { include_usage: 1 } }),
      'invalid_field',
      'stream_options.include_usage',
    ],
  ])('refuses %j: %s %s', (body, code, param) => {
    expect(refusal('chat', body)).toEqual([code, param]);
  });

  test('says what to do, and nothing of the prompt', () => {
    const result = readRequest('chat', Buffer.from('{"model":"m","messages":[{"secret"}]}'));
    expect(!result.ok && result.error.message).toBe(
      'The body is not valid JSON; check its commas, quotes and escapes.',
    );
    const missing = readRequest('chat', Buffer.from('{"model":"m"}'));
    expect(!missing.ok && missing.error.message).toMatch(/^`messages` is missing; send an array/);
  });

  test('a key `__proto__` hides nothing and adds nothing', () => {
    const body = '{"__proto__":{"stream":true},"model":"m","messages":[{"role":"user","content":"x"}]}';
    const result = readRequest('chat', Buffer.from(body));
    expect(result.ok && result.value.stream).toBe(false);
    const smuggled = '{"__proto__":{"model":"m"},"messages":[]}';
    expect(refusal('chat', smuggled)).toEqual(['missing_field', 'model']);
  });
});

describe('completions', () => {
  const turn = (text: string, modalities: string[] = []): object => ({ role: 'user', text, modalities });

  test.each<[object, object[], number, number]>([
    [{ prompt: 'Say hi' }, [turn('Say hi')], 0, 6],
    [{ prompt: ['Say hi'] }, [turn('Say hi')], 0, 6],
    [{ prompt: ['a', 'bc'] }, [turn('a'), turn('bc')], -1, 3],
    [{ prompt: [1, 2, 3] }, [turn('')], -1, 12],
    [{ prompt: [[1, 2], [3]] }, [turn(''), turn('')], -1, 12],
    [{ prompt_embeds: 'AAAA' }, [turn('', ['file'])], -1, 0],
    [{ prompt: 'hi', prompt_embeds: ['AAAA'] }, [turn('hi'), turn('', ['file'])], -1, 2],
    [{ prompt: 'hi', prompt_embeds: null }, [turn('hi')], 0, 2],
  ])('reads %j', (body, turns, askIndex, textChars) => {
    const request = read('completions', { model: 'm', ...body });
    expect(request.turns).toEqual(turns);
    expect([request.askIndex, request.textChars]).toEqual([askIndex, textChars]);
    expect(request.ask).toBe(request.turns[askIndex]?.text ?? '');
  });

  test.each<[object, string, string]>([
    [{}, 'missing_field', 'prompt'],
    [{ prompt: null }, 'missing_field', 'prompt'],
    [{ prompt: 5 }, 'invalid_field', 'prompt'],
    [{ prompt: [] }, 'invalid_field', 'prompt'],
    [{ prompt: ['a', 5] }, 'invalid_field', 'prompt[1]'],
    [{ prompt: [[1], []] }, 'invalid_field', 'prompt[0]'],
    [{ prompt: [[1], 'a'] }, 'invalid_field', 'prompt[0]'],
    [{ prompt: 5, prompt_embeds: 'AAAA' }, 'invalid_field', 'prompt'],
  ])('refuses %j: %s %s', (body, code, param) => {
    expect(refusal('completions', { model: 'm', ...body })).toEqual([code, param]);
  });
});

test('embeddings are read for their model alone', () => {
  const request = read('embeddings', { input: [['any'], 1], model: 'embedder' });
  expect(request).toMatchObject({ api: 'embeddings', model: 'embedder', turns: [], ask: '', askIndex: -1 });
  expect(refusal('embeddings', { input: 'x' })).toEqual(['missing_field', 'model']);
});
