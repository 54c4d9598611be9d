import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { waitUntil } from '../support/ports.js';
import { CALLER, type Stack, startStack } from '../support/stack.js';
import { MODEL_NAMES } from '../support/stack-config.js';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    config: {
      gateway: { ai_gateway: true },
      fallback: { models: ['coder'] },
      semantic_cache: { enabled: false },
      routes: [{ name: 'default', pass_paths: ['/version'] }],
    },
  });
}, 60_000);
afterAll(() => stack?.close());
beforeEach(() => stack.forget());

const FALSE_NAMES = { 'x-gateway-model-name': 'large', 'x-ai-eg-model': 'large' };

/** What the pools were told of the model, request by request. */
function told(): readonly (readonly (string | undefined)[])[] {
  return MODEL_NAMES.flatMap((pool) =>
    stack.simulators[pool]
      .requests()
      .recent.map(({ headers }) => [pool, headers['x-gateway-model-name'], headers['x-ai-eg-model']]),
  );
}

describe('a request that goes to a model names it', () => {
  test.each([
    ['the one that a decision chose', 'Refactor this unit test.', {}, 'coder'],
    ['the default one', 'Name a cheese of Spain.', {}, 'small'],
    ['the one that the client named', 'Hello.', { model: 'large' }, 'large'],
  ])('%s', async (_what, prompt, body, model) => {
    expect((await stack.chat(prompt, { body })).status).toBe(200);
    expect(told()).toEqual([[model, model, model]]);
  });

  test('whatever the client says of it', async () => {
    await stack.chat('Name a cheese of France.', { headers: FALSE_NAMES });
    await stack.ask({ method: 'GET', path: '/version', headers: { ...CALLER, ...FALSE_NAMES } });
    expect(told()).toEqual([
      ['small', 'small', 'small'],
      ['small', undefined, undefined],
    ]);
  });

  test('and the one that follows when it fails names itself', async () => {
    stack.simulators.small.setFault('503');
    const answer = await stack.chat('Name a cheese of Italy.');
    stack.simulators.small.setFault(undefined);
    expect(answer.headers['x-sextant-model']).toBe('coder');
    expect(told()).toEqual([
      ['small', 'small', 'small'],
      ['coder', 'coder', 'coder'],
    ]);
  });

  test('in Envoy’s metadata as well, where its access log finds it', async () => {
    await stack.chat('Refactor this other unit test.');
    await waitUntil('Envoy to write its log', async () =>
      /"gen_ai\.response\.model":"coder"/.test(stack.envoyLog()),
    );
    const line = stack
      .envoyLog()
      .split('\n')
      .find((each) => each.includes('"gen_ai.response.model":"coder"'));
    expect(JSON.parse(line ?? '')['gen_ai.provider.name']).toBe('coder');
  });
});
