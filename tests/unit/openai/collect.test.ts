import { describe, expect, test } from '@jest/globals';
import { type Collected, type CollectorOptions, createAnswerCollector } from '../../../src/openai/collect.js';
import type { Completion } from '../../../src/openai/completion.js';

const DONE = '[DONE]';

function collect(
  text: string | Uint8Array,
  options: Partial<CollectorOptions> = {},
  endOfStream = true,
): Collected {
  const collector = createAnswerCollector({
    api: 'chat',
    contentType: 'application/json',
    bytesMax: 10_000,
    keep: true,
    ...options,
  });
  const bytes = Buffer.from(text as Uint8Array);
  for (let at = 0; at < bytes.length; at += 50) collector.push(bytes.subarray(at, at + 50));
  return collector.finish(endOfStream);
}

function stream(
  chunks: readonly unknown[],
  options: Partial<CollectorOptions> = {},
  endOfStream = true,
): Collected {
  const text = chunks.map((chunk) => `data: ${chunk === DONE ? DONE : JSON.stringify(chunk)}\n\n`).join('');
  return collect(text, { contentType: 'text/event-stream; charset=utf-8', ...options }, endOfStream);
}

function wholeOf({ outcome }: Collected): Completion {
  if (outcome.kind !== 'whole') throw new Error(`partial: ${outcome.reason}`);
  return outcome.completion;
}

const reasonOf = ({ outcome }: Collected): string => (outcome.kind === 'whole' ? 'whole' : outcome.reason);

const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 5, model: 'm' };
const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
const delta = (fields: object, more: object = {}): object => ({
  ...head,
  choices: [{ index: 0, delta: fields, logprobs: null, finish_reason: null, ...more }],
});
const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 5,
  model: 'm',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'Hi' }, logprobs: null, finish_reason: 'stop' },
  ],
  usage,
  vendor: { kept: true },
};

describe('an answer in one object', () => {
  test('is kept as it is', () => {
    const collected = collect(JSON.stringify(answer), { contentType: 'Application/JSON; charset=utf-8' });
    expect(wholeOf(collected)).toEqual({
      api: 'chat',
      object: answer,
      usage: { promptTokens: 3, completionTokens: 4 },
      finishReasons: ['stop'],
    });
    expect(collected.usage).toEqual({ promptTokens: 3, completionTokens: 4 });
  });

  test('says the finish reasons in order of index', () => {
    const choices = [
      { index: 1, message: {}, finish_reason: 'length' },
      { index: 0, message: {}, finish_reason: null },
      { message: {} },
    ];
    expect(wholeOf(collect(JSON.stringify({ choices }))).finishReasons).toEqual([null, null, 'length']);
  });

  test('may be a text completion', () => {
    const object = { object: 'text_completion', choices: [{ index: 0, text: 'x', finish_reason: 'stop' }] };
    const collected = collect(JSON.stringify(object), { api: 'completions' });
    expect(wholeOf(collected)).toEqual({
      api: 'completions',
      object,
      usage: undefined,
      finishReasons: ['stop'],
    });
  });

  test.each<[string, string]>([
    ['{"error":{"message":"no"}}', 'not-an-answer'],
    [JSON.stringify({ ...answer, object: 'error' }), 'not-an-answer'],
    [JSON.stringify({ ...answer, error: {} }), 'not-an-answer'],
    ['{"choices":[]}', 'not-an-answer'],
    ['{"choices":{}}', 'not-an-answer'],
    ['{"choices":[{"index":0,"text":"x"}]}', 'not-an-answer'],
    ['{"choices":[null]}', 'not-an-answer'],
    ['[]', 'malformed'],
    ['', 'malformed'],
    ['{"choices":[', 'malformed'],
    ['{"choices":,}', 'malformed'],
    [`{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`, 'malformed'],
    ['{"choices":[],"choices":[]}', 'malformed'],
  ])('%.60s is %s', (text, reason) => {
    expect(reasonOf(collect(text))).toBe(reason);
  });

  test('above the limit is not kept, its usage is', () => {
    const text = JSON.stringify(answer);
    expect(reasonOf(collect(text, { bytesMax: text.length }))).toBe('whole');
    const collected = collect(text, { bytesMax: text.length - 1 });
    expect(reasonOf(collected)).toBe('too-large');
    expect(collected.usage).toEqual({ promptTokens: 3, completionTokens: 4 });
  });

  test('that is cut is never whole, even where its bytes are', () => {
    expect(reasonOf(collect(JSON.stringify(answer), {}, false))).toBe('cut');
  });

  test('of another type is no answer', () => {
    expect(reasonOf(collect(JSON.stringify(answer), { contentType: 'text/html' }))).toBe('not-an-answer');
    expect(reasonOf(collect(JSON.stringify(answer), { contentType: '' }))).toBe('not-an-answer');
  });
});

describe('a streamed answer', () => {
  test('becomes the object that the upstream would have sent in one piece', () => {
    const collected = stream([
      { ...delta({ role: 'assistant', content: '' }), system_fingerprint: null, prompt_token_ids: null },
      { ...delta({ reasoning_content: 'Hm' }), system_fingerprint: 'fp' },
      delta({ reasoning_content: 'm.', content: null }),
      delta({ role: 'assistant', content: '  a\n' }, { token_ids: [1, 2] }),
      delta({ content: '\tb ' }, { token_ids: [3], vendor: 'x' }),
      delta({ content: '' }, { finish_reason: 'stop', stop_reason: 7 }),
      { ...head, choices: [], usage },
      DONE,
    ]);
    expect(wholeOf(collected)).toEqual({
      api: 'chat',
      object: {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 5,
        model: 'm',
        system_fingerprint: 'fp',
        prompt_token_ids: null,
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: '  a\n\tb ', reasoning_content: 'Hmm.' },
            logprobs: null,
            finish_reason: 'stop',
            token_ids: [1, 2, 3],
            vendor: 'x',
            stop_reason: 7,
          },
        ],
        usage,
      },
      usage: { promptTokens: 3, completionTokens: 4 },
      finishReasons: ['stop'],
    });
  });

  test('merges tool calls by index, in their order', () => {
    const call = (index: number, fields: object): object => delta({ tool_calls: [{ index, ...fields }] });
    const collected = stream([
      delta({ role: 'assistant', content: null }),
      call(1, { id: 'b', type: 'function', function: { name: 'g', arguments: '' } }),
      delta({
        tool_calls: [
          { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{"x"' } },
          { index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '[]' } },
        ],
      }),
      call(0, { id: null, function: { name: '', arguments: ':1}' } }),
      delta({}, { finish_reason: 'tool_calls' }),
      DONE,
    ]);
    expect(wholeOf(collected).object).toMatchObject({
      choices: [
        {
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
              { id: 'b', type: 'function', function: { name: 'g', arguments: '[]' } },
            ],
          },
        },
      ],
    });
    expect(JSON.stringify(wholeOf(collected).object)).not.toContain('"tool_calls":[{"index"');
    expect(wholeOf(collected).finishReasons).toEqual(['tool_calls']);
  });

  test('merges choices by index, log probabilities and fields that nobody knows', () => {
    const chunk = (index: number, content: string, token: string, reason: string | null = null): object => ({
      ...head,
      choices: [
        {
          index,
          delta: { content, thinking: 't' },
          logprobs: { content: [{ token }] },
          finish_reason: reason,
        },
      ],
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    });
    const {
      object,
      usage: said,
      finishReasons,
    } = wholeOf(
      stream([
        chunk(1, 'b1', '1'),
        chunk(0, 'a1', '2'),
        chunk(1, 'b2', '3', 'length'),
        chunk(0, 'a2', '4', 'stop'),
        DONE,
      ]),
    );
    expect(object['choices']).toEqual([
      {
        index: 0,
        message: { content: 'a1a2', thinking: 'tt' },
        logprobs: { content: [{ token: '2' }, { token: '4' }] },
        finish_reason: 'stop',
      },
      {
        index: 1,
        message: { content: 'b1b2', thinking: 'tt' },
        logprobs: { content: [{ token: '1' }, { token: '3' }] },
        finish_reason: 'length',
      },
    ]);
    expect([said, finishReasons]).toEqual([{ promptTokens: 1, completionTokens: 1 }, ['stop', 'length']]);
  });

  test('may be a text completion', () => {
    const chunk = (text: string, reason: string | null): object => ({
      id: 'cmpl-1',
      object: 'text_completion',
      choices: [{ index: 0, text, logprobs: { tokens: [text] }, finish_reason: reason }],
    });
    const collected = stream([chunk('a ', null), chunk(' b', 'stop'), DONE], { api: 'completions' });
    expect(wholeOf(collected).object).toEqual({
      id: 'cmpl-1',
      object: 'text_completion',
      choices: [{ index: 0, text: 'a  b', logprobs: { tokens: ['a ', ' b'] }, finish_reason: 'stop' }],
    });
  });

  test('ends at [DONE], whatever follows', () => {
    expect(reasonOf(stream([delta({ content: 'x' }), DONE, { error: {} }, 'junk']))).toBe('whole');
  });

  test('pollutes no prototype, keeps the key', () => {
    const text = `data: {"choices":[{"index":0,"delta":{"content":"x","__proto__":{"evil":1}}}],"__proto__":{"evil":2}}\n\ndata: [DONE]\n\n`;
    const { object } = wholeOf(collect(text, { contentType: 'text/event-stream' }));
    expect(JSON.stringify(object)).toContain('"__proto__":{"evil":1}');
    expect(({} as { evil?: number }).evil).toBeUndefined();
    expect((object as { evil?: number }).evil).toBeUndefined();
  });

  const deep = `${'['.repeat(100)}${']'.repeat(100)}`;
  test.each<[string, string, readonly unknown[]]>([
    ['cut', 'without [DONE]', [delta({ content: 'x' }, { finish_reason: 'stop' })]],
    ['cut', 'empty', []],
    ['not-an-answer', 'an error', [delta({ content: 'x' }), { error: { message: 'no' } }, DONE]],
    ['not-an-answer', 'an older error', [{ object: 'error', message: 'no' }, DONE]],
    ['not-an-answer', 'no choice', [{ ...head, choices: [], usage }, DONE]],
    ['not-an-answer', 'only [DONE]', [DONE]],
    ['not-an-answer', 'no delta', [{ ...head, choices: [{ index: 0, message: { content: 'x' } }] }, DONE]],
    ['not-an-answer', 'a text', [{ ...head, choices: [{ index: 0, text: 'x' }] }, DONE]],
    ['malformed', 'a chunk that is no object', [5, DONE]],
    ['malformed', 'choices that are no array', [{ ...head, choices: {} }, DONE]],
    ['malformed', 'a choice that is no object', [{ ...head, choices: [5] }, DONE]],
    ['malformed', 'a choice without index', [{ ...head, choices: [{ delta: {} }] }, DONE]],
    ['malformed', 'an index out of range', [{ ...head, choices: [{ index: 1e9, delta: {} }] }, DONE]],
    ['too-large', 'nested too deep', [{ ...head, vendor: JSON.parse(deep) }, DONE]],
    ['too-large', 'long', [...Array.from({ length: 20 }, () => delta({ content: 'x'.repeat(600) })), DONE]],
    [
      'too-large',
      'wide',
      [...Array.from({ length: 200 }, () => delta({}, { ids: Array(20).fill(1) })), DONE],
    ],
    ['too-large', 'usage', [delta({ content: 'x'.repeat(500) }), { usage: { x: 'x'.repeat(9_700) } }, DONE]],
  ])('is %s: %s', (reason, _name, chunks) => {
    expect(reasonOf(stream(chunks))).toBe(reason);
  });

  test('has a bounded number of tool calls', () => {
    const calls = (count: number) => Array.from({ length: count }, (_, index) => ({ index }));
    const ofCalls = (count: number) => stream([delta({ tool_calls: calls(count) }), DONE], { bytesMax: 1e6 });
    expect(reasonOf(ofCalls(1_024))).toBe('whole');
    expect(reasonOf(ofCalls(50_000))).toBe('too-large');
  });

  test.each([
    ['malformed', 'data: {"choices":\n\ndata: [DONE]\n\n'],
    ['malformed', Buffer.from([0x64, 0xff])],
    ['malformed', Buffer.from([0x64, 0xe6, 0xbc])],
    ['not-an-answer', 'event: error\ndata: {"message":"no"}\n\ndata: [DONE]\n\n'],
    ['too-large', `data: ${'x'.repeat(20_000)}`],
  ])('is %s: %.40s', (reason, text) => {
    expect(reasonOf(collect(text as string, { contentType: 'text/event-stream' }))).toBe(reason);
  });

  test('weighs its content, not its envelopes', () => {
    const chunks = Array.from({ length: 1_000 }, () => delta({ content: 'four' }));
    expect(reasonOf(stream([...chunks, DONE], { bytesMax: 5_000 }))).toBe('whole');
  });

  test('that is cut is never whole, even after [DONE]; its usage counts', () => {
    const collected = stream([delta({ content: 'x' }), { ...head, choices: [], usage }, DONE], {}, false);
    expect(reasonOf(collected)).toBe('cut');
    expect(collected.usage).toEqual({ promptTokens: 3, completionTokens: 4 });
  });

  test('counts usage after a fault too', () => {
    const collected = stream([5, { ...head, choices: [], usage }, DONE]);
    expect([reasonOf(collected), collected.usage]).toEqual([
      'malformed',
      { promptTokens: 3, completionTokens: 4 },
    ]);
  });
});

describe('when nobody keeps the answer', () => {
  test.each(['application/json', 'text/event-stream', 'whatever'])(
    'only the usage of %s is read',
    (contentType) => {
      const collected = collect(JSON.stringify(answer), { contentType, keep: false });
      expect(collected).toEqual({
        usage: { promptTokens: 3, completionTokens: 4 },
        outcome: { kind: 'partial', reason: 'not-kept' },
      });
    },
  );
});
