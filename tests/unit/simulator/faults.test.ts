import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../../../src/simulator/server.js';

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({
    name: 'pool-a',
    port: 0,
    ttftMs: 0,
    tokensPerSecond: 0,
    reasoning: true,
  });
});
afterEach(() => {
  simulator.setFault(undefined);
  simulator.forget();
});
afterAll(() => simulator.close());

interface Outcome {
  readonly status: number | undefined;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly bytes: Buffer;
  /** False when the connection broke before the end of the message. */
  readonly complete: boolean;
  readonly ms: number;
  /** The client gave up. */
  readonly timedOut: boolean;
}

/** A client that reports broken connections instead of throwing. */
function ask(
  headers: Record<string, string>,
  body: object | string,
  path = '/v1/chat/completions',
): Promise<Outcome> {
  const startedMs = performance.now();
  let timedOut = false;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const call = request(`${simulator.url}${path}`, { method: 'POST', headers, agent: false, timeout: 300 });
    const done = (status: number | undefined, fields: Outcome['headers'], complete: boolean): void =>
      resolve({
        status,
        headers: fields,
        bytes: Buffer.concat(chunks),
        complete,
        ms: performance.now() - startedMs,
        timedOut,
      });
    call.on('timeout', () => {
      timedOut = true;
      call.destroy();
    });
    call.on('error', () => done(undefined, {}, false));
    call.on('response', (response) => {
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => undefined);
      response.on('close', () => done(response.statusCode, response.headers, response.complete));
    });
    call.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}

const hello = { model: 'pool-a', messages: [{ role: 'user', content: 'hello' }] };
const streamed = { ...hello, stream: true };

describe('faults by header', () => {
  test.each([
    ['500', 500, 'InternalServerError'],
    ['503', 503, 'ServiceUnavailableError'],
    ['429', 429, 'RateLimitError'],
  ])('%s answers with a vLLM error body', async (fault, status, type) => {
    const outcome = await ask({ 'x-simulator-fault': fault }, hello);
    expect(outcome.status).toBe(status);
    expect(JSON.parse(outcome.bytes.toString())).toMatchObject({ error: { type, code: status } });
    expect(outcome.headers['retry-after']).toBe(fault === '429' ? '1' : undefined);
    expect(outcome.headers['x-simulator']).toBe('pool-a');
  });

  test('hang never answers and reset closes without a word', async () => {
    const hung = await ask({ 'x-simulator-fault': 'hang' }, hello);
    expect(hung.status).toBeUndefined();
    expect(hung.timedOut).toBe(true);
    const reset = await ask({ 'x-simulator-fault': 'reset' }, hello);
    expect(reset.status).toBeUndefined();
    expect([reset.complete, reset.timedOut]).toEqual([false, false]);
  });

  test('cut breaks a JSON answer and a stream in the middle', async () => {
    const json = await ask({ 'x-simulator-fault': 'cut' }, hello);
    expect([json.status, json.complete]).toEqual([200, false]);
    expect(json.bytes.length).toBeGreaterThan(20);
    expect(() => JSON.parse(json.bytes.toString()) as unknown).toThrow();
    const stream = await ask({ 'x-simulator-fault': 'cut' }, streamed);
    expect([stream.status, stream.complete]).toEqual([200, false]);
    expect(stream.bytes.toString()).toContain('data: {');
    expect(stream.bytes.toString()).not.toContain('[DONE]');
  });

  test('no-done, stream-error and malformed spoil streams that HTTP calls complete', async () => {
    const open = await ask({ 'x-simulator-fault': 'no-done' }, streamed);
    expect(open.complete).toBe(true);
    expect(open.bytes.toString()).toContain('"finish_reason":"stop"');
    expect(open.bytes.toString()).not.toContain('[DONE]');
    const broken = await ask({ 'x-simulator-fault': 'stream-error' }, streamed);
    expect(broken.bytes.toString()).toMatch(/data: \{"error":.*\n\ndata: \[DONE\]\n\n$/);
    const garbled = await ask({ 'x-simulator-fault': 'malformed' }, streamed);
    expect(garbled.bytes.toString()).toMatch(/data: \{"id":\n\n$/);
    expect((await ask({ 'x-simulator-fault': 'stream-error' }, hello)).status).toBe(500);
    const notJson = await ask({ 'x-simulator-fault': 'malformed' }, hello);
    expect(() => JSON.parse(notJson.bytes.toString()) as unknown).toThrow();
  });

  test('refusal, length, empty and unsure are good answers in form, and say who made them', async () => {
    const choiceOf = async (fault: string) => {
      const outcome = await ask({ 'x-simulator-fault': fault }, { ...hello, logprobs: true });
      expect([outcome.status, outcome.headers['x-simulator']]).toEqual([200, 'pool-a']);
      return JSON.parse(outcome.bytes.toString()).choices[0];
    };
    const refusal = await choiceOf('refusal');
    expect(refusal.message.content).toBe('[simulated answer by pool-a] I cannot help with that.');
    const length = await choiceOf('length');
    expect(length.finish_reason).toBe('length');
    expect(length.message.content).toMatch(/^\[simulated answer by pool-a\] Model/);
    expect((await choiceOf('empty')).message.content).toBe('');
    expect((await choiceOf('unsure')).logprobs.content[0].logprob).toBe(-3);
  });

  test('gzip encodes what nobody asked to be encoded', async () => {
    for (const body of [hello, streamed]) {
      const outcome = await ask({ 'x-simulator-fault': 'gzip' }, body);
      expect(outcome.headers['content-encoding']).toBe('gzip');
      expect(gunzipSync(outcome.bytes).toString()).toContain('pool-a');
    }
  });

  test('slow answers slower', async () => {
    const outcome = await ask(
      { 'x-simulator-fault': 'slow', 'x-simulator-tokens-per-second': '10000' },
      streamed,
    );
    // The first token of a slow answer takes half a second at least, longer than this client waits.
    expect(outcome.complete).toBe(false);
    expect(outcome.ms).toBeGreaterThan(250);
  });
});

test('setFault holds for every request until it is healed, and a header goes first', async () => {
  simulator.setFault('503');
  expect((await ask({}, hello)).status).toBe(503);
  expect((await ask({ 'x-simulator-fault': '500' }, hello)).status).toBe(500);
  simulator.setFault(undefined);
  expect((await ask({}, hello)).status).toBe(200);
  expect((await ask({ 'x-simulator-fault': 'unheard-of' }, hello)).status).toBe(200);
});

test('a pace asked by header is kept, for JSON and for streams, without drift', async () => {
  const pace = { 'x-simulator-ttft-ms': '40', 'x-simulator-tokens-per-second': '200' };
  for (const body of [hello, streamed]) {
    const { ms, complete } = await ask(pace, { ...body, max_tokens: 21 });
    expect(complete).toBe(true);
    expect(ms).toBeGreaterThan(138);
  }
});

test('thinking comes as reasoning_content, unless the chat template is told not to think', async () => {
  const thinking = await ask({}, hello);
  expect(thinking.bytes.toString()).toContain('"reasoning_content":"Simulated thinking of pool-a."');
  const plain = await ask({}, { ...hello, chat_template_kwargs: { enable_thinking: false } });
  expect(plain.bytes.toString()).toContain('"reasoning_content":null');
  expect((await ask({}, streamed)).bytes.toString()).toContain('"delta":{"reasoning_content":"Simulated"}');
});

test('what was asked can be read back', async () => {
  await ask({ 'X-Tenant': 'blue' }, hello);
  await ask({}, 'not json');
  await ask({}, hello, '/v1/nothing?x=1');
  const seen = simulator.requests();
  expect(seen.total).toBe(3);
  expect([...seen.byModel]).toEqual([['pool-a', 2]]);
  expect(seen.byPath.get('/v1/nothing')).toBe(1);
  expect(seen.recent[0]).toMatchObject({ model: 'pool-a', body: JSON.stringify(hello), method: 'POST' });
  expect(seen.recent[0]?.headers['x-tenant']).toBe('blue');
  expect(seen.recent[0]?.bodyHash).toMatch(/^[0-9a-f]{64}$/);
  for (let more = 0; more < 120; more += 1) await ask({}, '{}', '/tokenize');
  const later = simulator.requests();
  expect([later.total, later.recent.length]).toEqual([123, 100]);
  expect(later.recent.every((request) => request.path === '/tokenize')).toBe(true);
});

test('the small endpoints answer as vLLM does', async () => {
  const health = await fetch(`${simulator.url}/health`);
  expect([health.status, await health.text()]).toEqual([200, '']);
  const version = await fetch(`${simulator.url}/version`);
  expect(await version.json()).toEqual({ version: '0.0.0-simulator' });
  const tokens = await ask({}, { prompt: 'two words', return_token_strs: true }, '/tokenize');
  expect(JSON.parse(tokens.bytes.toString())).toMatchObject({ count: 2, token_strs: ['two', ' words'] });
  expect((await fetch(`${simulator.url}/v1/chat/completions`)).status).toBe(405);
  expect((await ask({}, 'nonsense')).status).toBe(400);
  expect((await ask({}, '{}', '/nowhere')).status).toBe(404);
});

test('a taken port is an error of the start', async () => {
  const options = { name: 'pool-b', port: simulator.port, ttftMs: 0, tokensPerSecond: 0 };
  await expect(startSimulator(options)).rejects.toThrow('EADDRINUSE');
});
