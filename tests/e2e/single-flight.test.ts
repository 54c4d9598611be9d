import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { expectSigned } from '../support/expect-answer.js';
import { contentOf } from '../support/http.js';
import { waitUntil } from '../support/ports.js';
import { type Stack, startStack } from '../support/stack.js';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ config: { limits: { message_timeout_ms: 1000 } } });
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

test('when the first one fails, one of the others asks next and the rest wait for it', async () => {
  const prompt = 'Name a river of America.';
  const failing = { ...SLOW, 'x-simulator-fault': 'cut' };
  const leader = stack.chat(prompt, { headers: failing, body: { stream: true } });
  await waitUntil('the first to reach the model', () => stack.upstreamCalls() === 1);
  const followers = Array.from({ length: 30 }, () => stack.chat(prompt, { headers: SLOW }));
  const answers = await Promise.all(followers);
  await leader;
  expect(stack.upstreamCalls()).toBe(2);
  expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
  const waited = answers.filter(({ headers }) => headers['x-sextant-path'] === 'cache');
  expect(waited).toHaveLength(29);
});

test('when all fail, a few ask one after the other and then everybody does; each gets an answer of his own', async () => {
  const prompt = 'Name a river of Antarctica.';
  const failing = { 'x-simulator-ttft-ms': '200', 'x-simulator-fault': '503' };
  const asked = Array.from({ length: 12 }, () => stack.chat(prompt, { headers: failing }));
  const answers = await Promise.all(asked);
  expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(503));
  expect(stack.upstreamCalls()).toBe(12);
  // Nobody is left in the way of the next one.
  expectSigned(await stack.chat(prompt), { path: 'upstream', cache: 'miss' });
});

test('the same question in other words waits for the answer that is on its way', async () => {
  const leader = stack.chat('What are the main renewable energy sources?', { headers: SLOW });
  await waitUntil('the first to reach the model', () => stack.upstreamCalls() === 1);
  const reworded = stack.chat('What are the primary sources of renewable energy?', { headers: SLOW });
  const another = stack.chat('What are the main non-renewable energy sources?', { headers: SLOW });
  const [first, same, different] = await Promise.all([leader, reworded, another]);
  expect(stack.upstreamCalls()).toBe(2);
  expectSigned(same, { path: 'cache', cache: 'hit-semantic;reason=shared-flight' });
  expect(contentOf(same)).toBe(contentOf(first));
  expect(Number(same.headers['x-sextant-similarity'])).toBeLessThan(1);
  expectSigned(different, { path: 'upstream', cache: 'miss' });
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
