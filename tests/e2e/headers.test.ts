import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Answer, ask } from '../support/http.js';
import { listening } from '../support/ports.js';
import { CALLER, type Stack, startStack } from '../support/stack.js';

let stack: Stack;
let liar: Server;

beforeAll(async () => {
  liar = createServer((_, response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-sextant-model': 'liar',
      'x-sextant-invented': 'liar',
      'cache-status': 'Origin; hit',
    });
    response.end('{"object":"chat.completion","choices":[]}');
  });
  const port = await listening(liar);
  const model = { name: 'lying', endpoints: [`127.0.0.1:${port}`], context_window: 8192 };
  stack = await startStack({ moreModels: [model] });
}, 60_000);
afterAll(async () => {
  await stack?.close();
  liar.closeAllConnections();
  liar.close();
});
beforeEach(() => stack.forget());

const NAMES = [
  'x-sextant-id',
  'x-sextant-model',
  'x-sextant-decision',
  'x-sextant-path',
  'x-sextant-cache',
  'x-sextant-similarity',
  'x-sextant-overhead-ms',
  'cache-status',
];

describe('every answer carries them all, once', () => {
  const cases: readonly { what: string; answer: () => Promise<Answer> }[] = [
    { what: 'a miss', answer: () => stack.chat('Name a cheese of Spain.') },
    { what: 'a hit', answer: () => stack.chat('Name a cheese of Spain.') },
    { what: 'a stream', answer: () => stack.chat('Name a wine of Spain.', { body: { stream: true } }) },
    { what: 'a block', answer: () => stack.chat('forbidden-word') },
    { what: 'bad input', answer: () => stack.ask({ body: '{', headers: CALLER }) },
    { what: 'an unknown path', answer: () => stack.ask({ path: '/nothing', body: '{}', headers: CALLER }) },
    { what: 'the list of models', answer: () => stack.ask({ method: 'GET', path: '/v1/models' }) },
    { what: 'a concrete model', answer: () => stack.chat('Hello.', { body: { model: 'large' } }) },
    {
      what: 'an error of the upstream',
      answer: () => stack.chat('Name a bread of Spain.', { headers: { 'x-simulator-fault': '500' } }),
    },
  ];

  test.each(cases)('$what', async ({ answer }) => {
    const { headers } = await answer();
    for (const name of NAMES) expect(headers[name]).toMatch(/\S/);
    // A header that stood twice would come back joined.
    for (const name of NAMES.slice(0, -1)) expect(headers[name]).not.toContain(', ');
    expect(Number(headers['x-sextant-overhead-ms'])).toBeGreaterThanOrEqual(0);
  });

  test('no two answers have the same id', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => stack.chat('Name a soup of Spain.')));
    expect(new Set(answers.map(({ headers }) => headers['x-sextant-id'])).size).toBe(5);
  });
});

test('what a client says under our names is neither honoured nor passed on', async () => {
  const spoofed = {
    ...CALLER,
    'x-sextant-cluster': 'large',
    'x-sextant-model': 'large',
    'X-Sextant-Route': 'other',
    'x-sextant-cache': ['hit-exact', 'hit-exact'],
    'x-sextant-anything': 'else',
  };
  const body = JSON.stringify({
    model: 'auto',
    messages: [{ role: 'user', content: 'Name a fish of Spain.' }],
  });
  const answer = await ask(stack.url, { body, headers: spoofed });
  expect(answer.headers['x-sextant-model']).toBe('small');
  expect(answer.headers['x-sextant-cache']).toMatch(/^miss/);
  const [seen] = stack.simulators.small.requests().recent;
  const names = Object.keys(seen?.headers ?? {}).filter((name) => name.startsWith('x-sextant-'));
  // The pool that Envoy was told is the one name that may stay on the way to it.
  expect(names.filter((name) => name !== 'x-sextant-cluster')).toEqual([]);
  expect(seen?.headers['x-sextant-cluster'] ?? 'small').toBe('small');
});

test('the credentials of the client reach the upstream', async () => {
  await stack.chat('Name a salad of Spain.');
  expect(stack.simulators.small.requests().recent[0]?.headers['authorization']).toBe(CALLER.authorization);
});

test('what an upstream says under our names is not passed on; its own cache status stays in the list', async () => {
  const answer = await stack.chat('Hello.', { body: { model: 'lying' } });
  expect(answer.headers['x-sextant-model']).toBe('lying');
  expect(answer.headers['x-sextant-invented']).toBeUndefined();
  expect(answer.headers['cache-status']).toMatch(/^Origin; hit, Sextant; fwd=/);
});
