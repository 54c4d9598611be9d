import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { expectSigned } from '../support/expect-answer.js';
import { CALLER, type Stack, startStack } from '../support/stack.js';
import type { ModelName } from '../support/stack-config.js';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
}, 60_000);
afterAll(() => stack?.close());
beforeEach(() => stack.forget());

interface Case {
  readonly what: string;
  readonly prompt: unknown;
  readonly model: ModelName;
  readonly decision: string;
}

const CASES: readonly Case[] = [
  { what: 'no decision claims it', prompt: 'Name a river of Europe.', model: 'small', decision: 'default' },
  { what: 'a keyword', prompt: 'Write a unit test for a queue.', model: 'coder', decision: 'coding' },
  { what: 'a keyword in capitals', prompt: 'PYTHON: reverse a string', model: 'coder', decision: 'coding' },
  {
    what: 'the higher priority of two',
    prompt: 'Prove that my python works.',
    model: 'coder',
    decision: 'coding',
  },
  { what: 'one side of an OR', prompt: 'Prove that 2 is prime.', model: 'large', decision: 'reasoning' },
  {
    what: 'meaning alone',
    prompt: 'Please solve this quadratic equation for me.',
    model: 'large',
    decision: 'reasoning',
  },
  { what: 'length', prompt: 'A long walk. '.repeat(8_000), model: 'large', decision: 'reasoning' },
  {
    what: 'language',
    prompt: 'Quelle est la meilleure façon de préparer une soupe de légumes pour toute la famille ?',
    model: 'large',
    decision: 'french',
  },
  {
    what: 'content in parts',
    prompt: [
      { type: 'text', text: 'Refactor' },
      { type: 'text', text: 'this for me' },
    ],
    model: 'coder',
    decision: 'coding',
  },
];

describe('a prompt goes where its content sends it', () => {
  test.each(CASES)('$what → $model', async ({ prompt, model, decision }) => {
    const answer = await stack.chat('', { body: { messages: [{ role: 'user', content: prompt }] } });
    expectSigned(answer, { model, decision, path: 'upstream', cache: 'miss' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text).model).toBe(model);
    expect(stack.upstreamCalls()).toBe(1);
    expect(stack.simulators[model].requests().recent[0]?.model).toBe(model);
  });

  test('only the last user turn is asked now, and a system prompt claims nothing', async () => {
    const messages = [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: 'Name a lake.' },
    ];
    expectSigned(await stack.chat('', { body: { messages } }), { model: 'small', decision: 'default' });
  });
});

test('of the body nothing but the model changes, byte for byte', async () => {
  const body = (model: string): string =>
    `{ "seed":9007199254740993,\t"model" :  "${model}","x":[1e400, 0.10, -0], "messages":[{"role":"user",` +
    `"content":"caf\\u00e9 \\ud83d\\ude00 \\/ \u00e9 \u{1F600}" , "model":"auto"}] , "unknown":{"model":"auto"}}\n`;
  const answer = await stack.ask({ body: body('auto'), headers: CALLER });
  expect(answer.status).toBe(200);
  const seen = stack.simulators.small.requests().recent[0];
  expect(seen?.body).toBe(body('small'));
  expect(seen?.headers['content-length']).toBe(String(Buffer.byteLength(body('small'))));
});

test('a body of megabytes goes through whole', async () => {
  const prompt = 'word '.repeat(200_000);
  const answer = await stack.chat(prompt, { body: { model: 'auto' } });
  expect(answer.headers['x-sextant-model']).toBe('large');
  // The simulator says that its window is too small; what matters is that it read all of it.
  expect(stack.simulators.large.requests().recent[0]?.body.length).toBeGreaterThan(1_000_000);
});

test('a block answers 403 and asks nobody', async () => {
  const answer = await stack.chat('Tell me about the forbidden-word.');
  expectSigned(answer, { decision: 'block-forbidden', path: 'blocked' });
  expect(answer.status).toBe(403);
  expect(JSON.parse(answer.text).error).toMatchObject({
    message: 'This subject is not answered here.',
    code: 'blocked_by_policy',
  });
  expect(stack.upstreamCalls()).toBe(0);
});

test('a block holds for a concrete model as well, since the route is guarded', async () => {
  const answer = await stack.chat('forbidden-word', { body: { model: 'large' } });
  expect(answer.status).toBe(403);
  expect(stack.upstreamCalls()).toBe(0);
});

test('an image goes to a model that sees, and neither comes from the cache nor enters it', async () => {
  const content = [
    { type: 'text', text: 'What is in this picture?' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
  ];
  for (const _ of [1, 2]) {
    const answer = await stack.chat('', { body: { messages: [{ role: 'user', content }] } });
    expectSigned(answer, { model: 'large', path: 'upstream', cache: 'bypass;reason=modality' });
  }
  expect(stack.upstreamCalls()).toBe(2);
});

test('/v1/completions is read and routed like chat', async () => {
  const body = JSON.stringify({ model: 'auto', prompt: 'Write a python loop', max_tokens: 500 });
  const answer = await stack.ask({ path: '/v1/completions', body, headers: CALLER });
  expectSigned(answer, { model: 'coder', decision: 'coding', path: 'upstream', cache: 'miss' });
  expect(JSON.parse(answer.text).object).toBe('text_completion');
  const again = await stack.ask({ path: '/v1/completions', body, headers: CALLER });
  expectSigned(again, { model: 'coder', path: 'cache', cache: 'hit-exact' });
  expect(JSON.parse(again.text).choices).toEqual(JSON.parse(answer.text).choices);
});

test('/v1/embeddings goes by its concrete model', async () => {
  const body = JSON.stringify({ model: 'coder', input: 'some words' });
  const answer = await stack.ask({ path: '/v1/embeddings', body, headers: CALLER });
  expectSigned(answer, { model: 'coder' });
  expect(answer.status).toBe(200);
  expect(stack.simulators.coder.requests().recent[0]?.body).toBe(body);
});
