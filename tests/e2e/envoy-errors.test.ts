import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Answer } from '../support/http.js';
import { CALLER, type Stack, startStack } from '../support/stack.js';

const BODY_BYTES_MAX = 65_536;
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ config: { limits: { body_bytes_max: BODY_BYTES_MAX } } });
}, 300_000);
afterAll(() => stack.close());

/** The body that Envoy writes has this message; Sextant's own errors of the same status have others. */
function expectEnvoyError(answer: Answer, status: number, code: string, message: RegExp): void {
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/json');
  const { error } = JSON.parse(answer.text);
  expect(error).toMatchObject({ type: 'invalid_request_error', param: null, code });
  expect(error.message).toMatch(message);
}

test('a body above the limit is refused by a message that names the limit', async () => {
  const answer = await stack.ask({
    path: '/v1/chat/completions',
    body: 'x'.repeat(BODY_BYTES_MAX + 1),
    headers: CALLER,
  });
  expectEnvoyError(answer, 413, 'body_too_large', /larger than the 65536 bytes that this gateway takes/);
});

test('a path with an escaped slash is refused', async () => {
  const answer = await stack.ask({ path: '/v1%2fchat', body: '{}', headers: CALLER });
  expectEnvoyError(answer, 400, 'bad_request', /Check its path/);
});

test('what Sextant itself answers keeps its own body', async () => {
  const answer = await stack.ask({ path: '/nothing/here', body: '{}', headers: CALLER });
  expect(answer.status).toBe(404);
  const { error } = JSON.parse(answer.text);
  expect(error.code).toBe('unknown_path');
  expect(error.message).not.toMatch(/Nothing is served/);
  expect(answer.headers['x-sextant-path']).toBe('error');
});
