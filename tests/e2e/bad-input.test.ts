import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { errorOf, expectSigned } from '../support/expect-answer.js';
import type { Question } from '../support/http.js';
import { CALLER, type Stack, startStack } from '../support/stack.js';

const BODY_BYTES_MAX = 256 * 1024;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ config: { limits: { body_bytes_max: BODY_BYTES_MAX } } });
}, 60_000);
afterAll(() => stack?.close());
beforeEach(() => stack.forget());

interface Case extends Question {
  readonly what: string;
  readonly status: number;
  readonly code: string;
  readonly param?: string;
}

const GOOD = '{"model":"auto","messages":[{"role":"user","content":"hi"}]}';

const CASES: readonly Case[] = [
  { what: 'no JSON', body: 'not json', status: 400, code: 'invalid_json' },
  { what: 'cut JSON', body: GOOD.slice(0, -3), status: 400, code: 'invalid_json' },
  { what: 'bytes after the JSON', body: `${GOOD} {}`, status: 400, code: 'invalid_json' },
  { what: 'JSON that is no object', body: '[1,2]', status: 400, code: 'invalid_json' },
  { what: 'no body at all', body: '', status: 400, code: 'invalid_json' },
  { what: 'no messages', body: '{"model":"auto"}', status: 400, code: 'missing_field', param: 'messages' },
  { what: 'no model', body: '{"messages":[]}', status: 400, code: 'missing_field', param: 'model' },
  {
    what: 'messages of a wrong type',
    body: '{"model":"auto","messages":"hi"}',
    status: 400,
    code: 'invalid_field',
    param: 'messages',
  },
  {
    what: 'content of a wrong type',
    body: '{"model":"auto","messages":[{"role":"user","content":7}]}',
    status: 400,
    code: 'invalid_field',
    param: 'messages[0].content',
  },
  {
    what: 'a duplicate key',
    body: '{"model":"auto","model":"large","messages":[{"role":"user","content":"hi"}]}',
    status: 400,
    code: 'duplicate_key',
  },
  {
    what: 'a key that is duplicate once its escape is read',
    body: '{"model":"auto","mod\\u0065l":"large","messages":[{"role":"user","content":"hi"}]}',
    status: 400,
    code: 'duplicate_key',
  },
  {
    what: 'a hundred thousand brackets',
    body: `{"model":"auto","x":${'['.repeat(100_000)}`,
    status: 400,
    code: 'json_too_deep',
  },
  {
    what: 'bytes that are no UTF-8',
    body: Buffer.from([...Buffer.from('{"model":"auto","messages":[{"role":"user","content":"'), 0xff, 0xfe]),
    status: 400,
    code: 'invalid_encoding',
  },
  {
    what: 'an unknown model',
    body: GOOD.replace('auto', 'gpt-nothing'),
    status: 404,
    code: 'model_not_found',
    param: 'model',
  },
  {
    what: 'an unknown content-encoding',
    body: GOOD,
    headers: { 'content-encoding': 'zstd-of-tomorrow' },
    status: 415,
    code: 'unsupported_encoding',
  },
  {
    what: 'a brotli bomb',
    body: brotliCompressSync(Buffer.alloc(64 * 1024 * 1024, ' ')),
    headers: { 'content-encoding': 'br' },
    status: 413,
    code: 'body_too_large',
  },
  {
    what: 'gzip that is none',
    body: 'certainly no gzip',
    headers: { 'content-encoding': 'gzip' },
    status: 400,
    code: 'invalid_encoding',
  },
  { what: 'an unknown path', path: '/v2/chat', body: GOOD, status: 404, code: 'unknown_path' },
  { what: 'a path that only vLLM knows', path: '/tokenize', body: GOOD, status: 404, code: 'unknown_path' },
  {
    what: 'a path dressed up by dots and slashes',
    path: '/v1//chat/../tokenize',
    body: GOOD,
    status: 404,
    code: 'unknown_path',
  },
  { what: 'a wrong method', method: 'GET', status: 405, code: 'method_not_allowed' },
];

describe('what cannot be read is refused with the reason, and reaches no model', () => {
  test.each(CASES)('$what → $status $code', async ({ status, code, param, what: _, ...question }) => {
    const answer = await stack.ask({ ...question, headers: { ...CALLER, ...question.headers } });
    expect({ status: answer.status, error: errorOf(answer) }).toMatchObject({
      status,
      error: { code, ...(param === undefined ? {} : { param }) },
    });
    expectSigned(answer, { path: 'error' });
    expect(answer.headers['x-sextant-id']).toBeDefined();
    expect(stack.upstreamCalls()).toBe(0);
  });

  test('a path of dots and slashes that ends at the chat API is the chat API', async () => {
    const answer = await stack.ask({ path: '/x/..//v1//chat/completions', body: GOOD, headers: CALLER });
    expectSigned(answer, { model: 'small', path: 'upstream' });
  });
});

test('a body above the limit gets 413 from Envoy itself, and reaches no model', async () => {
  const answer = await stack.ask({ body: GOOD.replace('hi', 'x'.repeat(BODY_BYTES_MAX)), headers: CALLER });
  expect(answer.status).toBe(413);
  expect(stack.upstreamCalls()).toBe(0);
});

describe('a compressed body is read like any other, and goes on plain', () => {
  test.each([
    { encoding: 'gzip', compress: gzipSync },
    { encoding: 'br', compress: brotliCompressSync },
    { encoding: 'deflate', compress: deflateSync },
    { encoding: 'identity', compress: (text: string) => Buffer.from(text) },
  ])('$encoding', async ({ encoding, compress }) => {
    const body = GOOD.replace('hi', `Write python, ${encoding}`);
    const headers = { ...CALLER, 'content-encoding': encoding };
    const answer = await stack.ask({ body: compress(body), headers });
    expectSigned(answer, { model: 'coder', decision: 'coding' });
    expect(answer.status).toBe(200);
    const seen = stack.simulators.coder.requests().recent[0];
    expect(seen?.body).toBe(body.replace('auto', 'coder'));
    expect(seen?.headers['content-encoding'] ?? 'identity').toBe('identity');
  });
});
