import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type PartitionInput, partitionOf } from '../../../src/cache/partition.js';
import type { Json, JsonObject } from '../../../src/lib/json.js';
import { chat, completion, requestOf } from './requests.js';

function partition(request: PartitionInput['request'], given: Partial<PartitionInput> = {}): string {
  return partitionOf({
    secret: Uint8Array.of(1, 2, 3),
    tenant: 'header:acme',
    policyVersion: 'v1',
    encoderHash: 'e1',
    virtualModel: 'auto',
    namespaces: [],
    relaxed: { temperatureStep: undefined, ignore: [] },
    request,
    ...given,
  });
}

const plain = partition(chat('What is DNA?'));

test('what signals made of the caller splits the cache', () => {
  const judged = (outcome: string) => partition(chat('a'), { judged: [['staff', outcome]] });
  expect(partition(chat('a'), { judged: [] })).toBe(plain);
  expect(new Set([plain, judged('match'), judged('no-match'), judged('unknown')]).size).toBe(4);
});

describe('what does not split the cache', () => {
  test('the question itself', () => {
    expect(partition(chat('What is RNA?'))).toBe(plain);
    expect(partition(completion('What is RNA?'))).toBe(partition(completion('What is DNA?')));
  });

  test('how the answer travels, and the order of keys', () => {
    expect(partition(chat('a', { stream: true, stream_options: { include_usage: true } }))).toBe(plain);
    const one = partition(chat('a', { seed: 1, top_p: 0.5 }));
    expect(partition(chat('a', { top_p: 0.5, seed: 1 }))).toBe(one);
  });

  test('whether a text is a string or one text part', () => {
    expect(partition(chat([{ type: 'text', text: 'What is DNA?' }]))).toBe(plain);
    expect(partition(completion(['What is DNA?']))).toBe(partition(completion('What is DNA?')));
  });

  test('what the API documents as the same as nothing', () => {
    for (const name of ['temperature', 'top_p', 'stop', 'tools', 'max_tokens', 'seed', 'user']) {
      expect(partition(chat('a', { [name]: null }))).toBe(plain);
    }
  });

  test('what a client asks of the cache in the body', () => {
    expect(partition(chat('a', { cache: { 'no-cache': true, ttl: 5 } }))).toBe(plain);
  });

  test('how an earlier turn is written down', () => {
    const of = (...turns: Json[]) => partition(chat('a', {}, turns));
    const hello = of({ role: 'user', content: 'Hello' }, { role: 'assistant', content: 'Hi' });
    expect(of({ role: 'user', content: ' Hello\n'.trimStart() }, { role: 'assistant', content: 'Hi' })).toBe(
      hello,
    );
    expect(of({ role: 'user', content: '\n\nHello  ' }, { role: 'assistant', content: 'Hi' })).toBe(hello);
    expect(
      of(
        { role: 'user', content: [{ type: 'text', text: 'Hello' }], name: null },
        { role: 'assistant', content: 'Hi', refusal: null, tool_calls: null, audio: null },
      ),
    ).toBe(hello);
  });

  test('what the policy ignores', () => {
    const relaxed = { temperatureStep: 0.5, ignore: ['user', 'seed', 'metadata'] as const };
    const one = partition(chat('a', { user: 'x', seed: 1, temperature: 0.7, metadata: { a: 1 } }), {
      relaxed,
    });
    expect(partition(chat('a', { user: 'y', seed: 2, temperature: 0.3 }), { relaxed })).toBe(one);
    expect(partition(chat('a', { temperature: 0.74 }), { relaxed })).toBe(one);
    expect(partition(chat('a', { temperature: 0.76 }), { relaxed })).not.toBe(one);
    expect(partition(chat('a', { user: 'x', seed: 1, temperature: 0.5, top_p: 1 }), { relaxed })).not.toBe(
      one,
    );
    expect(partition(chat('a', {}), { relaxed })).not.toBe(one);
  });

  test('it is hex of an HMAC, the same each time', () => {
    expect(plain).toMatch(/^[0-9a-f]{64}$/);
    expect(partition(chat('What is DNA?'))).toBe(plain);
  });
});

describe('what splits the cache', () => {
  const earlier: Json[] = [
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Hi' },
  ];
  const requests: Record<string, PartitionInput['request']> = {
    plain: chat('a'),
    'a temperature': chat('a', { temperature: 0.7 }),
    'another temperature': chat('a', { temperature: 0.8 }),
    'a number and its text': chat('a', { temperature: '0.7' }),
    tools: chat('a', { tools: [{ type: 'function', function: { name: 'f' } }] }),
    'a response format': chat('a', { response_format: { type: 'json_object' } }),
    n: chat('a', { n: 2 }),
    stop: chat('a', { stop: ['\n'] }),
    max_tokens: chat('a', { max_tokens: 5 }),
    'a cache that is no object': chat('a', { cache: true }),
    'a parameter nobody knows': chat('a', { frobnicate: null }),
    'earlier turns': chat('a', {}, earlier),
    'earlier turns in another order': chat('a', {}, [...earlier].reverse()),
    'an answer before that ends in a space': chat('a', {}, [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi ' },
    ]),
    'an earlier turn with space inside': chat('a', {}, [
      { role: 'user', content: 'Hel lo' },
      { role: 'assistant', content: 'Hi' },
    ]),
    'earlier turns that are broken': chat('a', {}, [
      5,
      { content: [] },
      { content: [7] },
      { content: [{ type: 'text', text: 5 }] },
      { content: [{ type: 'text', text: 'a', mark: 1 }] },
    ]),
    'a part more': chat([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]),
    'a part with a mark': chat([{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }]),
    'a part that is no text': chat([{ type: 'image_url', image_url: { url: 'x' } }]),
    'parts that are broken': chat([5, 'text', { text: 5 }, [1]]),
    'content that is null': chat(null),
    'another api': completion('a'),
    'white space where a completion goes on': completion('a '),
    'lines before a completion': completion('\n a'),
    'several prompts': completion(['a', 'b']),
    'a message that is none': requestOf('chat', { messages: ['x'] }, { askIndex: 0 }),
    'no messages': requestOf('chat', { messages: null }, { askIndex: -1 }),
    embeddings: requestOf('embeddings', { input: 'a' }),
    infinity: chat('a', { temperature: Number.POSITIVE_INFINITY }),
    'a system prompt': requestOf(
      'chat',
      {
        messages: [
          { role: 'system', content: 'b' },
          { role: 'user', content: 'a' },
        ],
      },
      { askIndex: 1 },
    ),
    'a name': requestOf(
      'chat',
      {
        messages: [
          { role: 'system', content: 'b' },
          { role: 'user', name: 'x', content: 'a' },
        ],
      },
      { askIndex: 1 },
    ),
    'a turn after the question': requestOf(
      'chat',
      {
        messages: [
          { role: 'system', content: 'b' },
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'So' },
        ],
      },
      { askIndex: 1 },
    ),
    'another turn that is asked': requestOf(
      'chat',
      {
        messages: [
          { role: 'user', content: 'b' },
          { role: 'user', content: 'a' },
        ],
      },
      { askIndex: 0 },
    ),
  };

  test('each of these has a partition of its own', () => {
    const partitions = Object.values(requests).map((request) => partition(request));
    expect(new Set(partitions).size).toBe(partitions.length);
  });

  test('who asks, under which policy, by which encoder, of which model, with which secret', () => {
    const request = chat('a');
    const others: Partial<PartitionInput>[] = [
      {},
      { tenant: 'header:acme2' },
      { policyVersion: 'v2' },
      { encoderHash: 'e2' },
      { virtualModel: 'fast' },
      { secret: Uint8Array.of(1, 2, 4) },
      { namespaces: ['a'] },
      { namespaces: ['a', 'b'] },
      { namespaces: ['a,b'] },
      { relaxed: { temperatureStep: 0.5, ignore: [] } },
      { relaxed: { temperatureStep: undefined, ignore: ['seed'] } },
      { tenant: 'header:acme","v1', policyVersion: '' },
    ];
    const partitions = others.map((given) => partition(request, given));
    expect(new Set(partitions).size).toBe(others.length);
  });

  test('large earlier turns, to the last character', () => {
    const turn = (end: string): Json[] => [{ role: 'assistant', content: `${'x'.repeat(100_000)}${end}` }];
    expect(partition(chat('a', {}, turn('1')))).toBe(partition(chat('a', {}, turn('1'))));
    expect(partition(chat('a', {}, turn('1')))).not.toBe(partition(chat('a', {}, turn('2'))));
  });

  test('any change of any other field', () => {
    const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
    const body = fc.dictionary(fc.string({ maxLength: 5 }), json, { maxKeys: 4 });
    fc.assert(
      fc.property(body, body, (one, other) => {
        const same = partition(chat('a', one)) === partition(chat('b', other));
        expect(same).toBe(normal(one) === normal(other));
      }),
      { numRuns: 300 },
    );
  });
});

/** The body in one order of keys, as a second opinion on what is equal. */
function normal(body: JsonObject): string {
  const sort = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(sort);
    if (typeof value !== 'object' || value === null) return value;
    return Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, item]) => [name, sort(item)]);
  };
  const { messages: _messages, ...rest } = chat('a', body).body;
  return JSON.stringify([sort(rest), sort(chat('a', body).body['messages'] ?? null)]);
}
