import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fault } from '../../src/simulator/faults.js';
import { expectSigned } from '../support/expect-answer.js';
import { type Answer, contentOf } from '../support/http.js';
import { CALLER, type ChatOptions, type Stack, startStack } from '../support/stack.js';
import { MODEL_NAMES, type ModelName } from '../support/stack-config.js';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    config: {
      fallback: { cooldown_after: 100, cooldown_s: 0, budget_percent: 1000 },
      decisions: [
        {
          name: 'narrow',
          priority: 2,
          when: 'fresh',
          models: ['small'],
          cascade: { to: ['large'], body_bytes_max: 1024 },
          fallback: { enabled: false },
        },
        {
          name: 'hasty',
          priority: 1,
          when: 'proof',
          models: ['small'],
          cascade: { to: ['large'], timeout_ms: 2000 },
        },
        { name: 'easy', when: 'always', models: ['small'], cascade: { to: ['large'], timeout_ms: 10_000 } },
      ],
      routes: [
        { name: 'default', guarded: true },
        // There Envoy streams bodies to Sextant, and takes no change of mode.
        { name: 'streamed', prefix: '/streamed', guarded: true, semantic_cache: { stream_hits: {} } },
      ],
    },
  });
}, 180_000);
afterAll(() => stack?.close());
beforeEach(() => {
  stack.forget();
  fail({});
});

function fail(faults: Partial<Record<ModelName, Fault | undefined>>): void {
  for (const name of MODEL_NAMES) stack.simulators[name].setFault(faults[name]);
}

const chats = (name: ModelName) => stack.simulators[name].requests().recent;
const ofCascade = (answer: Answer): string | undefined => answer.headers['x-sextant-cascade'];

/** A question that nobody asked before, so that the cache knows nothing of it. */
let questions = 0;
const chat = (more?: ChatOptions, words = 'Tell me'): Promise<Answer> =>
  stack.chat(`${words} about subject ${questions++}.`, more);

/** Without what a simulator makes up for each answer anew. */
const likeness = (text: string): string =>
  text.replace(/"id":"[^"]*"/, '"id":""').replace(/"created":\d+/, '"created":0');

describe('an answer', () => {
  test('that shows no weakness reaches the client byte for byte, its length with it', async () => {
    const answer = await chat();
    expectSigned(answer, { status: 200, model: 'small', decision: 'easy', path: 'upstream' });
    expect([ofCascade(answer), answer.headers['x-sextant-tries']]).toEqual(['kept', '1']);
    expect(answer.headers['content-length']).toBe(String(answer.bytes.length));
    const [seen] = chats('small');
    expect(seen?.headers).not.toHaveProperty('x-sextant-judge');
    expect(chats('large')).toEqual([]);
    const plain = await fetch(`${stack.simulators.small.url}/v1/chat/completions`, {
      method: 'POST',
      body: seen?.body ?? '',
    });
    expect(likeness(answer.text)).toBe(likeness(await plain.text()));
  });

  test.each([
    ['refusal', 'refusal'],
    ['length', 'cut'],
    ['empty', 'empty'],
    ['unsure', 'logprob'],
  ] as const)('of the kind %s is weak: another model answers, once', async (fault, reason) => {
    fail({ small: fault });
    const answer = await chat({ body: { logprobs: true } });
    expectSigned(answer, { status: 200, model: 'large', decision: 'easy' });
    expect([ofCascade(answer), answer.headers['x-sextant-tries']]).toEqual([
      `escalated;reason=${reason}`,
      '2',
    ]);
    expect(JSON.parse(answer.text).model).toBe('large');
    expect([chats('small').length, chats('large').length]).toEqual([1, 1]);
    expect(JSON.parse(chats('large')[0]?.body ?? '{}').model).toBe('large');
    expect(chats('large')[0]?.headers).not.toHaveProperty('x-sextant-judge');
  });

  test('that is no JSON where JSON was asked for is weak', async () => {
    const answer = await chat({ body: { response_format: { type: 'json_object' } } });
    expect(ofCascade(answer)).toBe('escalated;reason=json');
  });

  test('as weak in the second model is served all the same', async () => {
    fail({ small: 'refusal', large: 'refusal' });
    const answer = await chat();
    expectSigned(answer, { status: 200, model: 'large' });
    expect(contentOf(answer)).toContain('by large] I cannot');
  });

  test('with several choices is as weak as the weakest', async () => {
    fail({ small: 'length' });
    const answer = await chat({ body: { n: 2 } });
    expectSigned(answer, { model: 'large' });
    expect(JSON.parse(answer.text).choices).toHaveLength(2);
  });
});

describe('a weak answer is kept', () => {
  test.each(['503', '429', 'reset', 'hang'] as const)('where the other model fails by %s', async (fault) => {
    fail({ small: 'refusal', large: fault });
    const answer = await chat({}, 'Prove it');
    expectSigned(answer, { status: 200, model: 'small', decision: 'hasty', path: 'upstream' });
    expect([ofCascade(answer), answer.headers['x-sextant-tries']]).toEqual([
      'kept;reason=escalation-failed',
      '2',
    ]);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(contentOf(answer)).toContain('by small] I cannot');
    expect(chats('large')).toHaveLength(1);
  });
});

test('all of it holds where bodies are streamed', async () => {
  const ask = () => {
    const messages = [{ role: 'user', content: `Tell me about subject ${questions++}.` }];
    const body = JSON.stringify({ model: 'auto', messages });
    return stack.ask({ path: '/streamed/v1/chat/completions', body, headers: CALLER });
  };
  const kept = await ask();
  expectSigned(kept, { status: 200, model: 'small' });
  expect(ofCascade(kept)).toBe('kept');
  fail({ small: 'refusal' });
  const escalated = await ask();
  expectSigned(escalated, { status: 200, model: 'large' });
  expect(ofCascade(escalated)).toBe('escalated;reason=refusal');
  fail({ small: 'refusal', large: '503' });
  const failed = await ask();
  expectSigned(failed, { status: 200, model: 'small' });
  expect(ofCascade(failed)).toBe('kept;reason=escalation-failed');
  expect(contentOf(failed)).toContain('by small] I cannot');
});

describe('nothing is judged', () => {
  test('of a stream', async () => {
    fail({ small: 'refusal' });
    const answer = await chat({ body: { stream: true } });
    expectSigned(answer, { status: 200, model: 'small' });
    expect(ofCascade(answer)).toBe('unjudged;reason=stream');
    expect(chats('large')).toEqual([]);
  });

  test('above the size that the policy sets', async () => {
    fail({ small: 'length' });
    const answer = await chat({ body: { n: 5 } }, 'What is the weather today');
    expectSigned(answer, { status: 200, model: 'small', decision: 'narrow' });
    expect(ofCascade(answer)).toBe('unjudged;reason=too-large');
    expect(answer.bytes.length).toBeGreaterThan(1024);
  });

  test('that is encoded', async () => {
    fail({ small: 'gzip' });
    expect(ofCascade(await chat())).toBe('unjudged;reason=unreadable');
  });

  test('where the client named the model', async () => {
    fail({ small: 'refusal' });
    const answer = await chat({ body: { model: 'small' } });
    expectSigned(answer, { status: 200, model: 'small', path: 'passthrough' });
    expect(ofCascade(answer)).toBeUndefined();
  });
});

describe('a model that fails', () => {
  test.each(['503', 'reset', 'hang', 'cut'] as const)(
    'by %s is followed by the same others',
    async (fault) => {
      fail({ small: fault });
      const answer = await chat({}, 'Prove it');
      expectSigned(answer, { status: 200, model: 'large' });
      expect(ofCascade(answer)).toBe('unjudged;reason=failed');
    },
  );

  test('is not where the decision wants no fallback, and its weak answers are', async () => {
    fail({ small: '503' });
    expectSigned(await chat({}, 'weather today'), { status: 503, model: 'small' });
    fail({ small: 'empty' });
    expectSigned(await chat({}, 'weather today'), { status: 200, model: 'large' });
  });
});

test('the cache keeps the answer of the model that gave it, and no weak one', async () => {
  fail({ small: 'refusal' });
  const ask = () => stack.chat('What is the capital of France?');
  expectSigned(await ask(), { model: 'large', cache: 'miss' });
  const again = await ask();
  expectSigned(again, { model: 'large', cache: 'hit-exact' });
  expect(ofCascade(again)).toBeUndefined();
  fail({ small: 'refusal', large: '503' });
  const askMore = () => stack.chat('Which river runs through Cologne?');
  expectSigned(await askMore(), { model: 'small', cache: 'miss' });
  expectSigned(await askMore(), { model: 'small', cache: 'miss' });
});

test('metrics and log count what both models took', async () => {
  const tokens = async (): Promise<Record<string, number>> => {
    const text = await (await fetch(`${stack.adminUrl}/metrics`)).text();
    const lines = text.matchAll(/^sextant_upstream_tokens_total\{model="(\w+)",kind="completion"\} (\d+)/gm);
    return Object.fromEntries([...lines].map(([, model = '', count]) => [model, Number(count)]));
  };
  const before = await tokens();
  fail({ small: 'length' });
  const answer = await chat();
  await stack.untilTold(answer, await chat({ body: { stream: true } }));
  const after = await tokens();
  const large = JSON.parse(answer.text).usage.completion_tokens;
  expect((after['large'] ?? 0) - (before['large'] ?? 0)).toBe(large);
  expect((after['small'] ?? 0) - (before['small'] ?? 0)).toBeGreaterThan(large / 3);
  const text = await (await fetch(`${stack.adminUrl}/metrics`)).text();
  expect(text).toMatch(/^sextant_cascade_total\{decision="easy",outcome="escalated",reason="cut"\} \d/m);
  expect(stack.sextantLog()).toContain('"cascade":{"outcome":"escalated","reason":"cut","model":"small"');
});

test('of 1,000 requests with random faults none is lost, and each says who answered', async () => {
  const weak = ['refusal', 'length', 'empty', undefined] as const;
  const hard = ['503', 'reset', undefined] as const;
  let seed = 7;
  const pick = <T>(list: readonly T[]): T => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return list[(seed >> 8) % list.length] as T;
  };
  const tally: Record<string, number> = {};
  for (let batch = 0; batch < 50; batch++) {
    // Where both fail for good, there is nobody left.
    const [small, large] = batch % 2 === 0 ? [pick(weak), pick(hard)] : [pick(hard), pick(weak)];
    fail({ small, large });
    const headers = { 'cache-control': 'no-store' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => chat({ headers })));
    for (const answer of answers) {
      const model = answer.headers['x-sextant-model'] ?? '';
      expect([answer.status, answer.whole, JSON.parse(answer.text).model]).toEqual([200, true, model]);
      tally[`${model} ${ofCascade(answer)}`] = (tally[`${model} ${ofCascade(answer)}`] ?? 0) + 1;
    }
  }
  expect(Object.keys(tally)).toEqual(
    expect.arrayContaining([
      'small kept',
      'small kept;reason=escalation-failed',
      'large escalated;reason=refusal',
      'large unjudged;reason=failed',
    ]),
  );
}, 180_000);
