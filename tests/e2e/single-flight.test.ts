import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { expectSigned } from '../support/expect-answer.js';
import { contentOf } from '../support/http.js';
import { waitUntil } from '../support/ports.js';
import { type Stack, startStack } from '../support/stack.js';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
}, 60_000);
afterAll(() => stack?.close());
beforeEach(() => stack.forget());

/** Above the message timeout of Envoy, so that a wait needs the time that Sextant asks Envoy for. */
const SLOW = { 'x-simulator-ttft-ms': '1500' };

test('ten identical requests at once are one upstream call', async () => {
  const prompt = 'Name a river of Africa.';
  const leader = stack.chat(prompt, { headers: SLOW });
  await waitUntil('the first to reach the model', () => stack.upstreamCalls() === 1);
  const followers = Array.from({ length: 9 }, () => stack.chat(prompt, { headers: SLOW }));
  const answers = await Promise.all([leader, ...followers]);
  expect(stack.upstreamCalls()).toBe(1);
  expect(new Set(answers.map(contentOf)).size).toBe(1);
  expectSigned(answers[0] as (typeof answers)[0], { path: 'upstream', cache: 'miss' });
  for (const answer of answers.slice(1)) {
    expectSigned(answer, { path: 'cache', cache: 'hit-exact;reason=shared-flight' });
    // The wait is the model's time, not Sextant's.
    expect(Number(answer.headers['x-sextant-overhead-ms'])).toBeLessThan(500);
  }
});

test('one that streams does not wait', async () => {
  const prompt = 'Name a river of Asia.';
  const leader = stack.chat(prompt, { headers: SLOW });
  await waitUntil('the first to reach the model', () => stack.upstreamCalls() === 1);
  const streamed = await stack.chat(prompt, { body: { stream: true } });
  expectSigned(streamed, { path: 'upstream', cache: 'miss' });
  expect(stack.upstreamCalls()).toBe(2);
  await leader;
});

test('when the first one fails, the others go alone', async () => {
  const prompt = 'Name a river of America.';
  const failing = { ...SLOW, 'x-simulator-fault': 'cut' };
  const leader = stack.chat(prompt, { headers: failing, body: { stream: true } });
  await waitUntil('the first to reach the model', () => stack.upstreamCalls() === 1);
  const follower = await stack.chat(prompt);
  await leader;
  expect(follower.status).toBe(200);
  expectSigned(follower, { path: 'upstream', cache: 'miss' });
});

test('two tenants never share a flight', async () => {
  const prompt = 'Name a river of Europe.';
  const leader = stack.chat(prompt, { headers: SLOW });
  await waitUntil('the first to reach the model', () => stack.upstreamCalls() === 1);
  const other = await stack.chat(prompt, { headers: { authorization: 'Bearer somebody-else' } });
  expectSigned(other, { path: 'upstream', cache: 'miss' });
  await leader;
  expect(stack.upstreamCalls()).toBe(2);
});
