import { type ClientRequest, request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { expectSigned } from '../support/expect-answer.js';
import { type Answer, contentOf, eventsOf } from '../support/http.js';
import { waitUntil } from '../support/ports.js';
import { CALLER, type Stack, startStack } from '../support/stack.js';

const PROMPT = 'Name a famous bridge of London.';
const BODY_BYTES_MAX = 200_000;
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    config: {
      semantic_cache: { similarity_threshold: 0.8, stream_hits: { tokens_per_second: 40 } },
      limits: { body_bytes_max: BODY_BYTES_MAX },
      fallback: { models: ['dead', 'large'] },
      decisions: [
        { name: 'dead', when: 'proof', models: ['dead'], fallback: { models: ['coder'] } },
        { name: 'block', when: 'forbidden', block: 'This subject is not answered here.' },
      ],
      routes: [
        { name: 'default', guarded: true },
        { name: 'fast', prefix: '/fast', guarded: true, semantic_cache: { stream_hits: {} } },
      ],
    },
    moreModels: [{ name: 'dead', endpoints: ['127.0.0.1:1'], context_window: 8192 }],
  });
}, 60_000);
afterAll(() => stack?.close());
beforeEach(() => stack.forget());

async function stored(prompt: string, path = '/v1/chat/completions'): Promise<Answer> {
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: prompt }] });
  let answer: Answer | undefined;
  await waitUntil('the answer to be stored', async () => {
    answer = await stack.ask({ path, body, headers: CALLER });
    return answer.headers['x-sextant-path'] === 'cache';
  });
  if (answer === undefined) throw new Error('nothing was asked');
  return answer;
}

const streamOf = (prompt: string) =>
  JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: prompt }], stream: true });

/** Asks, and gives the pieces as they come off the wire. */
function piecesOf(
  prompt: string,
  { path = '/v1/chat/completions', leaveAfter = Number.POSITIVE_INFINITY } = {},
): Promise<{ readonly pieces: readonly string[]; readonly headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const headers = { ...CALLER, 'content-type': 'application/json' };
    const sent: ClientRequest = request(new URL(path, stack.url), { method: 'POST', headers, agent: false });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const pieces: string[] = [];
      response.on('error', () => {});
      response.on('data', (piece: Buffer) => {
        pieces.push(piece.toString());
        if (pieces.length >= leaveAfter) sent.destroy();
      });
      response.on('close', () => resolve({ pieces, headers: response.headers }));
    });
    sent.end(streamOf(prompt));
  });
}

describe('a hit', () => {
  test('comes in pieces at its pace, with the content and the headers of one body', async () => {
    const json = await stored(PROMPT);
    expectSigned(json, { cache: 'hit-exact' });
    expect(json.headers['content-type']).toMatch(/^application\/json/);
    const { pieces, headers } = await piecesOf(PROMPT);
    expect(pieces.length).toBeGreaterThan(4);
    expect(headers['transfer-encoding']).toBe('chunked');
    expect(headers['content-type']).toMatch(/^text\/event-stream/);
    expect(headers).toMatchObject({
      'x-sextant-path': 'cache',
      'x-sextant-cache': 'hit-exact',
      'x-sextant-model': 'small',
    });
    const text = pieces.join('');
    const events = text.split('\n\n').filter((event) => event !== '');
    expect(events.at(-1)).toBe('data: [DONE]');
    const said = events
      .slice(0, -1)
      .map((event) => JSON.parse(event.slice(6)).choices[0].delta.content ?? '');
    expect(said.join('')).toBe(contentOf(json));
  });

  test('is read by the official client as a stream', async () => {
    const json = await stored(PROMPT);
    const client = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: 'test-token', maxRetries: 0 });
    const messages = [{ role: 'user' as const, content: PROMPT }];
    const stream = await client.chat.completions.create({ model: 'auto', messages, stream: true });
    let text = '';
    let chunks = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      chunks += 1;
    }
    expect(text).toBe(contentOf(json));
    expect(chunks).toBeGreaterThan(4);
  });

  test('ends with a client that leaves, and harms nobody after it', async () => {
    await stored(PROMPT);
    const { pieces } = await piecesOf(PROMPT, { leaveAfter: 2 });
    expect(pieces.join('')).not.toContain('[DONE]');
    expect((await piecesOf(PROMPT)).pieces.join('')).toContain('[DONE]');
    expect(stack.sextantLog()).not.toContain('failed');
  });

  test('without a pace comes at once', async () => {
    const path = '/fast/v1/chat/completions';
    const json = await stored('Name a famous tower of Paris.', path);
    const answer = await stack.ask({
      path,
      body: streamOf('Name a famous tower of Paris.'),
      headers: CALLER,
    });
    expectSigned(answer, { path: 'cache', cache: 'hit-exact' });
    expect(contentOf(answer)).toBe(contentOf(json));
    expect(eventsOf(answer).at(-1)).toBe('[DONE]');
  });
});

describe('everything else is as with one body', () => {
  test('a miss goes to the pool that the body chooses, under its name and with its length', async () => {
    const answer = await stack.chat('Please refactor this python function.', { body: { stream: true } });
    expectSigned(answer, { path: 'upstream', cache: 'miss' });
    expect(eventsOf(answer).at(-1)).toBe('[DONE]');
    const [seen] = stack.simulators.small.requests().recent;
    expect(seen?.model).toBe('small');
    expect(seen?.headers['content-length']).toBe(String(Buffer.byteLength(seen?.body ?? '')));
    expect(seen?.headers['x-sextant-cluster']).toBeUndefined();
  });

  test('another model is tried when the first one fails', async () => {
    const answer = await stack.chat('Can you prove this theorem?');
    expectSigned(answer, { model: 'coder', path: 'upstream' });
    expect(stack.simulators.coder.requests().recent[0]?.model).toBe('coder');
  });

  test('a prompt that is refused is refused', async () => {
    const answer = await stack.chat('Say the forbidden-word.', { body: { stream: true } });
    expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([403, 'blocked_by_policy']);
    expect(stack.upstreamCalls()).toBe(0);
  });

  test('a long body passes whole, one above the bound is refused', async () => {
    const long = 'word '.repeat(30_000);
    const answer = await stack.chat(long);
    expectSigned(answer, { path: 'upstream' });
    const seen = [...stack.simulators.small.requests().recent, ...stack.simulators.large.requests().recent];
    expect(seen[0]?.body).toContain(long);
    const refused = await stack.chat('word '.repeat(BODY_BYTES_MAX / 4));
    expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([413, 'body_too_large']);
  });

  test('embeddings, the list of models and paths that nobody serves', async () => {
    const body = JSON.stringify({ model: 'small', input: 'a text' });
    const embedding = await stack.ask({ path: '/v1/embeddings', body, headers: CALLER });
    expectSigned(embedding, { model: 'small', path: 'passthrough' });
    expect(JSON.parse(embedding.text).object).toBe('list');
    expect((await stack.ask({ method: 'GET', path: '/v1/models' })).status).toBe(200);
    expect((await stack.ask({ path: '/v1/unknown', body: '{}', headers: CALLER })).status).toBe(404);
    expect((await stack.ask({ body: '{"model":', headers: CALLER })).status).toBe(400);
  });
});
