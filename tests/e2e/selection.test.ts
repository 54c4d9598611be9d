import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '../support/ports.js';
import { type Stack, startStack } from '../support/stack.js';
import type { ModelName } from '../support/stack-config.js';

/** What each pool answers at the same time. */
const PLACES = 8;

let stack: Stack;
let held: AbortController;

beforeAll(async () => {
  const sql = { card: { lora: { adapter: 'sql' }, weight: 1 }, simulator: { adapters: ['sql'] } };
  stack = await startStack({
    pools: {
      large: { card: { residency: ['eu'] } },
      small: sql,
      coder: { ...sql, card: { ...sql.card, pool: { max_num_seqs: PLACES } } },
    },
    config: {
      load: { poll_interval_ms: 50, timeout_ms: 10_000 },
      affinity: {},
      identity: { tenant_header: 'x-tenant', set_by: 'gateway' },
      residency: { tenants: { acme: ['eu'] } },
      semantic_cache: { enabled: false },
      decisions: [
        { name: 'tables', priority: 1, when: 'code', models: ['small', 'coder'] },
        {
          name: 'quick',
          when: 'fresh',
          models: ['large', 'coder'],
          selection: { first_token_ms_max: 300, scorers: { lora: 0, load: 0 } },
        },
        { name: 'begun', when: 'forbidden', models: ['large'] },
        {
          name: 'talk',
          priority: -1,
          when: 'always',
          models: ['small', 'large'],
          selection: { scorers: { lora: 0, load: 0 } },
        },
        { name: 'proofs', when: 'proof', models: ['large', 'coder'] },
      ],
    },
  });
}, 60_000);
afterAll(() => stack?.close());
beforeEach(() => {
  held = new AbortController();
  stack.forget();
});
afterEach(() => {
  held.abort();
  stack.simulators.coder.setFault(undefined);
});

/** Gives a pool requests that never end, as other gateways would. */
function hold(model: ModelName, requests: number): void {
  const body = JSON.stringify({ model: 'sql', messages: [{ role: 'user', content: 'Wait.' }] });
  const options = { method: 'POST', headers: { 'x-simulator-fault': 'hang' }, body, signal: held.signal };
  for (let at = 0; at < requests; at += 1) {
    fetch(`${stack.simulators[model].url}/v1/chat/completions`, options).catch(() => undefined);
  }
}

async function untilAnsweredBy(model: ModelName, prompt: string): Promise<void> {
  await waitUntil(`${model} to answer`, async () => {
    const answer = await stack.chat(prompt);
    expect(answer.status).toBe(200);
    return answer.headers['x-sextant-model'] === model;
  });
}

test('an adapter is asked for by its own name, where it is in use', async () => {
  const prompt = 'Refactor this query.';
  // The cheaper of two pools that both have room for the adapter.
  await untilAnsweredBy('small', prompt);
  expect(stack.simulators.small.requests().recent.at(-1)?.model).toBe('sql');
  hold('coder', 1);
  await untilAnsweredBy('coder', prompt);
  expect(stack.simulators.coder.requests().recent.at(-1)?.model).toBe('sql');
});

test('a pool that is full loses its prompts to a dearer one, and gets them back', async () => {
  const prompt = 'Prove that seven is prime.';
  await untilAnsweredBy('coder', prompt);
  hold('coder', PLACES);
  await untilAnsweredBy('large', prompt);
  for (const _ of [1, 2, 3]) {
    expect((await stack.chat(prompt)).headers['x-sextant-model']).toBe('large');
  }
  held.abort();
  await untilAnsweredBy('coder', prompt);
});

test('a model whose first token takes too long stands back', async () => {
  const ask = async () => {
    const answer = await stack.chat('How is the weather today?', { body: { stream: true } });
    expect(answer.status).toBe(200);
    return answer.headers['x-sextant-model'];
  };
  expect(await ask()).toBe('coder');
  expect(await ask()).toBe('coder');
  // From now on its first token takes half a second; a mean over answers of late shows it after one or two.
  stack.simulators.coder.setFault('slow');
  await waitUntil('large to answer', async () => (await ask()) === 'large');
  expect(await ask()).toBe('large');
});

test('a conversation stays with the model that has read it, though another is cheaper', async () => {
  const turns = [
    { role: 'system', content: 'Be brief. '.repeat(400) },
    { role: 'user', content: 'Tell me about the forbidden-word.' },
  ];
  const ask = async (messages: readonly object[], headers: Record<string, string> = {}) => {
    const answer = await stack.chat('', { body: { messages }, headers });
    expect(answer.status).toBe(200);
    return answer.headers['x-sextant-model'];
  };
  expect(await ask(turns)).toBe('large');
  const more = [...turns, { role: 'assistant', content: 'Well.' }, { role: 'user', content: 'Why so?' }];
  expect(await ask(more)).toBe('large');
  const stillMore = [...more, { role: 'assistant', content: 'So.' }, { role: 'user', content: 'And then?' }];
  expect(await ask(stillMore)).toBe('large');
  // To another tenant it is a new one.
  expect(await ask(stillMore, { authorization: 'Bearer another' })).toBe('small');
});

test('prompts of a tenant stay in its region, whatever they ask for', async () => {
  const acme = { 'x-tenant': 'acme' };
  const answer = await stack.chat('Refactor this query.', { headers: acme });
  expect(answer.headers['x-sextant-model']).toBe('large');
  const refused = await stack.chat('Refactor this query.', { headers: acme, body: { model: 'coder' } });
  expect(refused.status).toBe(403);
  expect(JSON.parse(refused.text).error).toMatchObject({ code: 'not_allowed', param: 'model' });
  expect(stack.simulators.coder.requests().total).toBe(0);
});
