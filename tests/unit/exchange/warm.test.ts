import { describe, expect, test } from '@jest/globals';
import { type WarmRow, warmOf } from '../../../src/exchange/warm.js';
import type { JsonObject } from '../../../src/lib/json.js';
import {
  answer,
  ask,
  chat,
  HARD,
  type Harness,
  type HarnessOptions,
  harness,
  head,
} from '../../support/exchange-service.js';

const QUESTION = 'What is the capital of France?';
const BY_HEADER: HarnessOptions = { policy: { identity: { tenantHeader: 'x-tenant', jwtClaim: undefined } } };

function row(over: Partial<WarmRow> = {}): WarmRow {
  return {
    route: undefined,
    request: { messages: [{ role: 'user', content: QUESTION }] },
    answer: 'Paris.',
    tenant: undefined,
    authorization: 'Bearer test-token',
    ...over,
  };
}

async function cacheSays(world: Harness, question: string, headers: Record<string, string> = {}) {
  const { exchange, verdict } = await ask(world.open, chat(question), head({}, headers));
  exchange.close();
  const body =
    verdict.kind === 'reply' ? (JSON.parse(Buffer.from(verdict.body).toString()) as JsonObject) : null;
  return { cache: world.records.at(-1)?.cache, body };
}

test('a warmed answer is found by its caller, in the same words and in others, and by nobody else', async () => {
  const world = harness();
  expect(await warmOf(world.service)(row())).toEqual({ ok: true, value: { id: 'id-0', semantic: true } });
  expect(world.records).toEqual([]);
  const hit = await cacheSays(world, QUESTION);
  expect(hit.cache).toBe('hit-exact');
  expect(hit.body).toMatchObject({ choices: [{ message: { role: 'assistant', content: 'Paris.' } }] });
  expect((await cacheSays(world, 'What is the capital of France')).cache).toBe('hit-semantic');
  expect((await cacheSays(world, QUESTION, { authorization: 'Bearer other' })).cache).toBe('miss');
});

test('a tenant is found by the header that the policy trusts', async () => {
  const world = harness(BY_HEADER);
  expect(await warmOf(world.service)(row({ tenant: 'acme', authorization: undefined }))).toMatchObject({
    ok: true,
  });
  expect((await cacheSays(world, QUESTION, { 'x-tenant': 'acme' })).cache).toBe('hit-exact');
  expect((await cacheSays(world, QUESTION, { 'x-tenant': 'other' })).cache).toBe('miss');
});

test('on a public route everybody finds it, whoever it was warmed for', async () => {
  const world = harness({ cache: { scope: 'public' } });
  const anyone = row({ tenant: 'acme', authorization: undefined });
  expect(await warmOf(world.service)(anyone)).toMatchObject({ ok: true });
  expect((await cacheSays(world, QUESTION)).cache).toBe('hit-exact');
});

test('a long answer is stored or refused once it has been searched', async () => {
  const h = harness();
  const long = 'Paris is a city with a long history that many remember. '.repeat(1000);
  expect(
    await warmOf(h.service)(row({ tenant: undefined, authorization: 'Bearer a', answer: long })),
  ).toMatchObject({
    ok: true,
  });
  const personal = row({
    tenant: undefined,
    authorization: 'Bearer b',
    answer: `${long} Write to help@shop.com.`,
  });
  const refused = await warmOf(h.service)(personal);
  expect(refused.ok ? '' : refused.error.message).toContain('personal data');
});

test('a new answer takes the place of the one that was stored', async () => {
  const world = harness();
  const warm = warmOf(world.service);
  await warm(row({ answer: 'Lyon.' }));
  await warm(row());
  expect((await cacheSays(world, QUESTION)).body).toMatchObject({
    choices: [{ message: { content: 'Paris.' } }],
  });
});

test('a whole completion is kept as it is, and a completion of text under its own path', async () => {
  const world = harness({ policy: { prefix: '/team' } });
  const warm = warmOf(world.service);
  const whole = JSON.parse(Buffer.from(answer('Paris!')).toString()) as JsonObject;
  expect(await warm(row({ answer: whole }))).toMatchObject({ ok: true, value: { semantic: true } });
  expect((await cacheSays(world, QUESTION)).body).toMatchObject({ usage: { total_tokens: 12 } });
  const text = row({ request: { prompt: 'Once upon' }, answer: ' a time' });
  expect(await warm(text)).toEqual({ ok: true, value: { id: expect.any(String), semantic: false } });
});

describe('a row stays out', () => {
  const partial = JSON.parse(Buffer.from(answer('Par', 'length')).toString()) as JsonObject;
  const blocking = { ...HARD, action: { kind: 'block' as const, message: 'Not here.' } };

  test.each<[string, HarnessOptions, Partial<WarmRow>, string, RegExp]>([
    ['of no route', {}, { route: 'elsewhere' }, 'invalid_field', /no such route/],
    ['of nobody', {}, { authorization: undefined }, 'invalid_field', /nobody is named/],
    ['of a tenant that no header names', {}, { tenant: 'acme' }, 'invalid_field', /give authorization/],
    ['where there is no cache', { cache: { enabled: false } }, {}, 'invalid_field', /has no cache/],
    [
      'for a model of its own',
      {},
      { request: { model: 'small', messages: [{ role: 'user', content: 'a' }] } },
      'invalid_field',
      /virtual one/,
    ],
    ['whose answer was cut', {}, { answer: partial }, 'invalid_field', /finish-reason/],
    ['without an answer in it', {}, { answer: {} }, 'invalid_field', /not-an-answer/],
    ['whose answer is empty', {}, { answer: ' ' }, 'invalid_field', /empty/],
    [
      'that the guard blocks',
      { decisions: [blocking] },
      { request: { messages: [{ role: 'user', content: 'prove it' }] } },
      'blocked_by_policy',
      /Not here/,
    ],
    [
      'that a decision keeps out',
      { decisions: [{ ...HARD, cache: false }] },
      { request: { messages: [{ role: 'user', content: 'prove it' }] } },
      'invalid_field',
      /decision/,
    ],
    ['that is no chat', {}, { request: { messages: 'hello' } }, 'invalid_field', /messages/],
  ])('%s', async (_, options, over, code, message) => {
    const world = harness(options);
    const result = await warmOf(world.service)(row(over));
    expect(result).toEqual({
      ok: false,
      error: expect.objectContaining({ code, message: expect.stringMatching(message) }),
    });
    expect(await world.service.store.findNearest('any', new Float32Array(64), 1)).toEqual([]);
  });

  test('when the encoder fails, since only the very same words would find it', async () => {
    const world = harness();
    world.encoder.failure = new Error('too busy');
    const result = await warmOf(world.service)(row());
    expect(result).toMatchObject({ ok: false, error: { message: expect.stringMatching(/encoder/) } });
    world.encoder.failure = undefined;
    expect((await cacheSays(world, QUESTION)).cache).toBe('miss');
  });

  test('when the store fails', async () => {
    const { service } = harness();
    const store = { ...service.store, put: () => Promise.reject(new Error('disk')) };
    const result = await warmOf({ ...service, store })(row());
    expect(result).toMatchObject({ ok: false, error: { code: 'internal_error' } });
  });
});
