import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { errorOf, expectSigned } from '../support/expect-answer.js';
import { CALLER, type Stack, startStack } from '../support/stack.js';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    config: {
      routes: [
        { name: 'team', prefix: '/team', guarded: true, semantic_cache: { enabled: false } },
        { name: 'open', prefix: '/', guarded: false, pass_paths: ['/tokenize', '/health'] },
      ],
    },
  });
}, 60_000);
afterAll(() => stack?.close());
beforeEach(() => stack.forget());

describe('a concrete model', () => {
  test('passes at least cost, its bytes untouched', async () => {
    const body = '{ "messages":[ {"content":"python, prove it","role":"user"} ],\n "model" : "large" }';
    for (const _ of [1, 2]) {
      const answer = await stack.ask({ body, headers: CALLER });
      expectSigned(answer, { model: 'large', path: 'passthrough', cache: 'bypass;reason=concrete-model' });
      expect(answer.status).toBe(200);
    }
    const { total, recent } = stack.simulators.large.requests();
    expect({ total, body: recent[0]?.body }).toEqual({ total: 2, body });
  });

  test('is compressed once more for a client that takes it so', async () => {
    const headers = { ...CALLER, 'accept-encoding': 'gzip' };
    await stack.chat('hello', { body: { model: 'large' }, headers });
    expect(stack.simulators.large.requests().recent[0]?.headers['accept-encoding']).toMatch(/gzip|identity/);
  });

  test('that does not exist is refused with the names that do', async () => {
    const answer = await stack.chat('hello', { body: { model: 'huge' } });
    expect(answer.status).toBe(404);
    const error = errorOf(answer);
    expect(error).toMatchObject({ code: 'model_not_found', param: 'model' });
    for (const name of ['huge', 'auto', 'small', 'large', 'coder']) expect(error.message).toContain(name);
  });
});

test('GET /v1/models lists the virtual model and the real ones', async () => {
  const answer = await stack.ask({ method: 'GET', path: '/v1/models' });
  expect(answer.status).toBe(200);
  const list = JSON.parse(answer.text);
  expect(list.object).toBe('list');
  expect(list.data.map((model: { id: string }) => model.id).toSorted()).toEqual(
    ['auto', 'coder', 'large', 'small'].toSorted(),
  );
  for (const model of list.data)
    expect(model).toMatchObject({ object: 'model', created: expect.any(Number) });
  expect(stack.upstreamCalls()).toBe(0);
});

describe('paths that Sextant does not read', () => {
  test('pass where the route names them', async () => {
    const body = JSON.stringify({ model: 'small', prompt: 'some words' });
    const answer = await stack.ask({ path: '/tokenize', body, headers: CALLER });
    expectSigned(answer, { path: 'passthrough' });
    expect(answer.status).toBe(200);
    expect(stack.simulators.small.requests().recent[0]).toMatchObject({ path: '/tokenize', body });
  });

  test('pass without a body as well, and with a query', async () => {
    const answer = await stack.ask({ method: 'GET', path: '/health?full=1' });
    expectSigned(answer, { path: 'passthrough' });
    expect(answer.status).toBe(200);
  });

  test('an escaped slash, which servers read in different ways, is refused by Envoy', async () => {
    const answer = await stack.ask({ path: '/health/..%2fversion', body: '{}', headers: CALLER });
    expect(answer.status).toBe(400);
    expect(errorOf(answer).code).toBe('bad_request');
    expect(stack.upstreamCalls()).toBe(0);
  });

  test.each(['/v1/fine_tuning/jobs', '/tokenize/more', '/Tokenize', '/'])(
    'and nowhere else: %s',
    async (path) => {
      const answer = await stack.ask({ path, body: '{}', headers: CALLER });
      expect(answer.status).toBe(404);
      expect(errorOf(answer).code).toBe('unknown_path');
      expect(stack.upstreamCalls()).toBe(0);
    },
  );
});

describe('a route of its own prefix', () => {
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Name a python.' }] });

  test('is read by its own policy and reaches the model under the plain path', async () => {
    for (const _ of [1, 2]) {
      const answer = await stack.ask({ path: '/team/v1/chat/completions', body, headers: CALLER });
      expectSigned(answer, { model: 'coder', decision: 'coding', path: 'upstream', cache: 'off' });
    }
    expect(stack.simulators.coder.requests().recent.map(({ path }) => path)).toEqual([
      '/v1/chat/completions',
      '/v1/chat/completions',
    ]);
  });

  test('takes no path that only begins with its letters', async () => {
    const answer = await stack.ask({ path: '/teams/v1/chat/completions', body, headers: CALLER });
    expect(answer.status).toBe(404);
  });
});
