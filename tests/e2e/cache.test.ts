import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fault } from '../../src/simulator/faults.js';
import { expectSigned } from '../support/expect-answer.js';
import { type Answer, contentOf, eventsOf } from '../support/http.js';
import { waitUntil } from '../support/ports.js';
import { type ChatOptions, type Stack, startStack } from '../support/stack.js';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    config: { identity: { tenant_header: 'x-tenant', set_by: 'gateway' } },
  });
}, 60_000);
afterAll(() => stack?.close());
beforeEach(() => stack.forget());

const STREAM = { body: { stream: true } };

/** The entry is written after the last byte went to the client, so the next request may come too early for it. */
async function untilStored(prompt: string, more?: ChatOptions): Promise<Answer> {
  let answer: Answer | undefined;
  await waitUntil('the answer to be stored', async () => {
    answer = await stack.chat(prompt, more);
    return answer.headers['x-sextant-path'] === 'cache';
  });
  if (answer === undefined) throw new Error('nothing was asked');
  return answer;
}

describe('the tiers', () => {
  test('the same question again is answered from the cache, with the same content', async () => {
    const prompt = 'What are the main renewable energy sources?';
    const first = await stack.chat(prompt);
    expectSigned(first, { model: 'small', path: 'upstream', cache: 'miss' });
    expect(first.headers['cache-status']).toMatch(/^Sextant; fwd=miss/);
    const again = await stack.chat(prompt);
    expectSigned(again, { model: 'small', decision: 'default', path: 'cache', cache: 'hit-exact' });
    expect(again.headers['cache-status']).toMatch(/^Sextant; hit; ttl=\d+/);
    expect(again.headers['x-sextant-similarity']).toMatch(/^1(\.0+)?$/);
    expect(Number(again.headers['age'])).toBeGreaterThanOrEqual(0);
    expect(contentOf(again)).toBe(contentOf(first));
    expect(JSON.parse(again.text).usage).toEqual(JSON.parse(first.text).usage);
    expect(stack.upstreamCalls()).toBe(1);
  });

  test('the same question in other words is answered from it as well', async () => {
    const stored = await stack.chat('What are the main renewable energy sources?');
    const answer = await stack.chat('What are the primary sources of renewable energy?');
    expectSigned(answer, { model: 'small', path: 'cache', cache: 'hit-semantic' });
    expect(Number(answer.headers['x-sextant-similarity'])).toBeGreaterThan(0.8);
    expect(contentOf(answer)).toBe(contentOf(stored));
    expect(stack.upstreamCalls()).toBe(0);
  });

  test.each([
    'What are the main non-renewable energy sources?',
    'What are the main renewable energy sources in 1950?',
    'What are not the main renewable energy sources?',
  ])('near, yet another question: %s', async (prompt) => {
    const answer = await stack.chat(prompt);
    expectSigned(answer, { path: 'upstream', cache: 'miss' });
    expect(Number(answer.headers['x-sextant-similarity'])).toBeGreaterThan(0.6);
    expect(stack.upstreamCalls()).toBe(1);
  });

  test('a decision may keep its answers out', async () => {
    for (const _ of [1, 2]) {
      expectSigned(await stack.chat('How is the weather today?'), { decision: 'no-cache', cache: 'bypass' });
    }
    expect(stack.upstreamCalls()).toBe(2);
  });

  test('a client may ask for a fresh answer, and for none to be kept', async () => {
    const prompt = 'Name the tallest mountain of Japan.';
    const noStore = { headers: { 'cache-control': 'no-store' } };
    expectSigned(await stack.chat(prompt, noStore), { cache: 'bypass;reason=no-store' });
    expectSigned(await stack.chat(prompt), { path: 'upstream', cache: 'miss' });
    await untilStored(prompt);
    const noCache = { headers: { 'cache-control': 'no-cache' } };
    expectSigned(await stack.chat(prompt, noCache), { path: 'upstream', cache: 'miss' });
  });
});

describe('one entry serves JSON and streams', () => {
  test.each([
    { asked: 'JSON', stored: undefined, prompt: 'Name a famous bridge of London.' },
    { asked: 'a stream', stored: STREAM, prompt: 'Name a famous tower of Paris.' },
  ])('stored from $asked', async ({ stored, prompt }) => {
    const first = await stack.chat(prompt, stored);
    expectSigned(first, { path: 'upstream', cache: 'miss' });
    const json = await untilStored(prompt);
    expectSigned(json, { cache: 'hit-exact' });
    expect(json.headers['content-type']).toMatch(/^application\/json/);
    expect(contentOf(json)).toBe(contentOf(first));
    expect(JSON.parse(json.text)).toMatchObject({ object: 'chat.completion', model: 'small' });

    const stream = await stack.chat(prompt, STREAM);
    expectSigned(stream, { cache: 'hit-exact' });
    expect(stream.headers['content-type']).toMatch(/^text\/event-stream/);
    expect(contentOf(stream)).toBe(contentOf(first));
    const events = eventsOf(stream);
    expect(events.at(-1)).toBe('[DONE]');
    expect(JSON.parse(events.at(-2) ?? '')).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
    expect(stack.upstreamCalls()).toBe(1);
  });

  test('a stream from the cache tells the usage when it is asked to', async () => {
    const prompt = 'Name a famous opera of Verdi.';
    const first = await stack.chat(prompt);
    await untilStored(prompt);
    const body = { stream: true, stream_options: { include_usage: true } };
    const events = eventsOf(await stack.chat(prompt, { body }));
    expect(JSON.parse(events.at(-2) ?? '')).toMatchObject({
      choices: [],
      usage: { prompt_tokens: JSON.parse(first.text).usage.prompt_tokens },
    });
  });

  test('a stream hits a reworded question', async () => {
    await stack.chat('How do I boil an egg properly?');
    await untilStored('How do I boil an egg properly?');
    const answer = await stack.chat('How can I properly boil an egg?', STREAM);
    expectSigned(answer, { cache: 'hit-semantic' });
    expect(eventsOf(answer).at(-1)).toBe('[DONE]');
  });
});

describe('what is not whole and good is passed on and not kept', () => {
  const cases: readonly { fault: Fault; stream: boolean; status: number | undefined }[] = [
    { fault: 'cut', stream: false, status: undefined },
    { fault: 'cut', stream: true, status: undefined },
    { fault: 'no-done', stream: true, status: 200 },
    { fault: 'stream-error', stream: true, status: 200 },
    { fault: 'malformed', stream: false, status: 200 },
    { fault: 'malformed', stream: true, status: 200 },
    { fault: 'gzip', stream: false, status: 200 },
    { fault: '500', stream: false, status: 500 },
    { fault: '503', stream: true, status: 503 },
    { fault: '429', stream: false, status: 429 },
  ];

  test.each(cases)('$fault, stream: $stream', async ({ fault, stream, status }) => {
    const prompt = `Name a city, for the fault ${fault} ${stream ? 'of a stream' : 'of an object'}.`;
    const faulty = { body: { stream }, headers: { 'x-simulator-fault': fault } };
    // What is cut can come as a broken connection, of which a client sees no head, or as an error of Envoy's own.
    const first = await stack.chat(prompt, faulty).catch(() => undefined);
    if (status !== undefined) {
      expect(first?.status).toBe(status);
      expectSigned(first as Answer, { path: 'upstream' });
    }
    if (fault === '429') expect(first?.headers['retry-after']).toBeDefined();
    const second = await stack.chat(prompt, { body: { stream } });
    expectSigned(second, { path: 'upstream', cache: 'miss' });
    expect(second.status).toBe(200);
    expect(stack.upstreamCalls()).toBe(2);
  });

  test('an answer that the client did not wait for is not kept either', async () => {
    const prompt = 'Name a lighthouse of Brittany.';
    const slow = { 'x-simulator-ttft-ms': '100', 'x-simulator-tokens-per-second': '20' };
    const body = { model: 'auto', stream: true, messages: [{ role: 'user', content: prompt }] };
    const controller = new AbortController();
    const response = await fetch(`${stack.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer test-token', ...slow },
      body: JSON.stringify(body),
      signal: controller.signal,
    });
    await response.body?.getReader().read();
    controller.abort();
    expectSigned(await stack.chat(prompt), { path: 'upstream', cache: 'miss' });
  });
});

describe('two tenants never share', () => {
  const prompt = 'How many days of leave do I have left?';

  test('by their credentials', async () => {
    await stack.chat(prompt, { headers: { authorization: 'Bearer alice' } });
    expectSigned(await untilStored(prompt, { headers: { authorization: 'Bearer alice' } }), {
      cache: 'hit-exact',
    });
    const other = await stack.chat(prompt, { headers: { authorization: 'Bearer bob' } });
    expectSigned(other, { path: 'upstream', cache: 'miss;reason=empty' });
  });

  test('by the tenant header, even with the same credentials', async () => {
    const of = (tenant: string): ChatOptions => ({ headers: { 'x-tenant': tenant } });
    await stack.chat(prompt, of('alpha'));
    expectSigned(await untilStored(prompt, of('alpha')), { cache: 'hit-exact' });
    expectSigned(await stack.chat(prompt, of('beta')), { path: 'upstream', cache: 'miss;reason=empty' });
  });

  test('nobody named: nothing served, nothing kept', async () => {
    const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: prompt }] });
    for (const _ of [1, 2]) {
      expectSigned(await stack.ask({ body }), { path: 'upstream', cache: 'bypass;reason=no-identity' });
    }
    expect(stack.upstreamCalls()).toBe(2);
  });
});

describe('what changes the answer changes the entry', () => {
  const prompt = 'Recommend me a book.';
  const user = { role: 'user', content: prompt };
  const variants: readonly { what: string; body: Readonly<Record<string, unknown>> }[] = [
    { what: 'a system prompt', body: { messages: [{ role: 'system', content: 'Be brief.' }, user] } },
    {
      what: 'earlier turns',
      body: {
        messages: [
          { role: 'user', content: 'I like crime.' },
          { role: 'assistant', content: 'Noted.' },
          user,
        ],
      },
    },
    { what: 'the temperature', body: { temperature: 0.1 } },
    { what: 'max_tokens', body: { max_tokens: 50 } },
    { what: 'a seed', body: { seed: 7 } },
    { what: 'the response format', body: { response_format: { type: 'json_object' } } },
    {
      what: 'tools',
      body: { tools: [{ type: 'function', function: { name: 'lookup', parameters: { type: 'object' } } }] },
    },
    { what: 'a field that nobody knows yet', body: { novelty: true } },
  ];

  test.each(variants)('$what', async ({ body }) => {
    await untilStored(prompt);
    stack.forget();
    expectSigned(await stack.chat(prompt, { body }), { path: 'upstream', cache: 'miss' });
    expect(stack.upstreamCalls()).toBe(1);
  });

  test('the order of keys does not', async () => {
    await untilStored(prompt);
    const body = JSON.stringify({ messages: [{ content: prompt, role: 'user' }], model: 'auto' });
    const answer = await stack.ask({ body, headers: { authorization: 'Bearer test-token' } });
    expectSigned(answer, { cache: 'hit-exact' });
  });
});
