import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fault } from '../../src/simulator/faults.js';
import { makeCertificate } from '../support/certificate.js';
import { expectSigned } from '../support/expect-answer.js';
import { type Answer, contentOf } from '../support/http.js';
import { CALLER, type Stack, startStack } from '../support/stack.js';
import { MODEL_NAMES, type ModelName } from '../support/stack-config.js';

let folder: string;
let stack: Stack;

/** The first pool has a key of its own, the second gets the client's, the third is reached by TLS with another key. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-fallback-'));
  const { cert, key } = await makeCertificate(folder);
  const keyFile = (name: string): string => {
    writeFileSync(join(folder, name), `${name}\n`);
    return join(folder, name);
  };
  stack = await startStack({
    config: {
      fallback: {
        models: ['coder', 'large'],
        first_byte_timeout_ms: 2000,
        cooldown_after: 30,
        cooldown_s: 600,
        budget_percent: 1000,
      },
      decisions: [
        {
          name: 'plain',
          priority: 1,
          when: 'fresh',
          models: ['small'],
          fallback: { enabled: false },
        },
        {
          name: 'chain',
          when: 'always',
          models: ['small'],
          fallback: { models: ['coder', 'large'] },
          reasoning: { mode: 'off' },
        },
        { name: 'dead', priority: 2, when: 'proof', models: ['dead', 'coder'] },
      ],
      semantic_cache: { enabled: false },
    },
    moreModels: [{ name: 'dead', endpoints: ['127.0.0.1:1'], context_window: 8192, weight: 2 }],
    pools: {
      small: {
        simulator: { apiKey: 'key-small' },
        card: {
          reasoning: { family: 'qwen3' },
          pool: { credentials: { from: 'file', path: keyFile('key-small') } },
        },
      },
      coder: { card: { reasoning: { family: 'gpt-oss' } } },
      large: {
        simulator: {
          apiKey: 'key-large',
          tls: { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') },
        },
        card: {
          reasoning: { family: 'deepseek' },
          pool: {
            tls: { ca_file: cert, server_name: 'localhost' },
            credentials: { from: 'file', path: keyFile('key-large') },
            health_check: { interval_s: 60 },
          },
        },
      },
    },
  });
}, 60_000);
afterAll(async () => {
  await stack?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  stack.forget();
  fail({});
});

function fail(faults: Partial<Record<ModelName, Fault>>): void {
  for (const name of MODEL_NAMES) stack.simulators[name].setFault(faults[name]);
}

/** Chats that a simulator was sent; its health is asked as well. */
function chats(name: ModelName) {
  return stack.simulators[name].requests().recent.filter(({ path }) => path === '/v1/chat/completions');
}

const BODY = `{ "seed":9007199254740993, "model" : "auto" , "messages":[{"role":"user","content":"caf\\u00e9"}],"x":1e400 }`;
const SMALL = BODY.replace('"auto"', '"small","chat_template_kwargs":{"enable_thinking":false}');
const CODER = BODY.replace('"auto"', '"coder","reasoning_effort":"low"');
const LARGE = BODY.replace('"auto"', '"large","chat_template_kwargs":{"thinking":false}');

const send = (body = BODY): Promise<Answer> =>
  stack.ask({ body, headers: { ...CALLER, 'x-api-key': 'mine' } });

function expectSeen(name: ModelName, body: string, authorization: string): void {
  const [seen, ...more] = chats(name);
  expect(more).toEqual([]);
  expect(seen?.body).toBe(body);
  expect(seen?.headers['authorization']).toBe(authorization);
  expect(seen?.headers['content-length']).toBe(String(Buffer.byteLength(body)));
  expect(seen?.headers['x-api-key']).toBe(name === 'coder' ? 'mine' : undefined);
}

describe('a model that fails', () => {
  test('is the only one asked as long as it does not', async () => {
    const answer = await send();
    expectSigned(answer, { status: 200, model: 'small', decision: 'chain', path: 'upstream' });
    expect(answer.headers['x-sextant-tries']).toBe('1');
    expectSeen('small', SMALL, 'Bearer key-small');
    expect([...chats('coder'), ...chats('large')]).toEqual([]);
  });

  test.each(['503', '500', '429', 'reset'] as const)('by %s is followed by the next', async (fault) => {
    fail({ small: fault });
    const answer = await send();
    expectSigned(answer, { status: 200, model: 'coder', path: 'upstream' });
    expect(answer.headers['x-sextant-tries']).toBe('2');
    expect(answer.headers['x-envoy-attempt-count']).toBeUndefined();
    expect(JSON.parse(answer.text).model).toBe('coder');
    expectSeen('small', SMALL, 'Bearer key-small');
    expectSeen('coder', CODER, CALLER.authorization);
    expect(chats('large')).toEqual([]);
  });

  test('and the next failing too is followed by the last, over TLS and with its own key', async () => {
    fail({ small: '503', coder: '429' });
    const answer = await send();
    expectSigned(answer, { status: 200, model: 'large' });
    expect(answer.headers['x-sextant-tries']).toBe('3');
    expectSeen('coder', CODER, CALLER.authorization);
    expectSeen('large', LARGE, 'Bearer key-large');
  });

  test('by a closed port is followed by the next', async () => {
    const answer = await stack.chat('Prove it.');
    expectSigned(answer, { status: 200, model: 'coder', decision: 'dead' });
    expect(answer.headers['x-sextant-tries']).toBe('2');
    expect(JSON.parse(chats('coder')[0]?.body ?? '{}').model).toBe('coder');
  });

  test('by silence before a stream begins is followed by the next', async () => {
    fail({ small: 'hang' });
    const answer = await stack.chat('hello', { body: { stream: true } });
    expectSigned(answer, { status: 200, model: 'coder' });
    expect(contentOf(answer)).not.toBe('');
  });

  test('in the middle of a stream is not: the client has the beginning', async () => {
    fail({ small: 'cut' });
    const headers = { 'x-simulator-tokens-per-second': '100' };
    const answer = await stack.chat('hello', { body: { stream: true }, headers });
    expectSigned(answer, { status: 200, model: 'small' });
    expect(answer.whole).toBe(false);
    expect(chats('coder')).toEqual([]);
  });

  test('like all the others gives the last one’s error', async () => {
    fail({ small: '503', coder: '503', large: '500' });
    const answer = await send();
    expectSigned(answer, { status: 500, model: 'large' });
    expect(answer.headers['x-sextant-tries']).toBe('3');
  });
});

describe('nobody follows', () => {
  test('a model that the client named', async () => {
    fail({ small: '503' });
    const answer = await stack.chat('hello', { body: { model: 'small' } });
    expectSigned(answer, { status: 503, model: 'small', path: 'passthrough' });
    expect(chats('coder')).toEqual([]);
  });

  test('where the decision says so', async () => {
    fail({ small: '503' });
    const answer = await stack.chat('weather today');
    expectSigned(answer, { status: 503, model: 'small', decision: 'plain' });
    expect(chats('coder')).toEqual([]);
  });

  test('after an error of the client’s', async () => {
    const answer = await send(BODY.replace('"messages"', '"max_tokens":-1,"messages"'));
    expect(answer.status).toBe(400);
    expect(chats('coder')).toEqual([]);
  });
});

test('what the client says of thinking stays its own at every try', async () => {
  fail({ small: '503' });
  const own = '"reasoning_effort" : "high", "chat_template_kwargs":{ "a":1 }, "messages"';
  await send(BODY.replace('"messages"', own));
  const kwargs = (body = '{}') => JSON.parse(body).chat_template_kwargs;
  expect(kwargs(chats('small')[0]?.body)).toEqual({ a: 1, enable_thinking: false });
  expect(chats('coder')[0]?.body).toBe(BODY.replace('"auto"', '"coder"').replace('"messages"', own));
});

test('with the first at 100 % errors all requests succeed, and soon nobody asks it any more', async () => {
  fail({ small: '503' });
  const tries: (string | undefined)[] = [];
  const worker = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) {
      const answer = await send();
      expectSigned(answer, { status: 200, model: 'coder' });
      tries.push(answer.headers['x-sextant-tries']);
    }
  };
  await Promise.all([1, 2, 3, 4].map(worker));
  expect(tries[0]).toBe('2');
  expect(tries.slice(-20)).toEqual(Array(20).fill('1'));
}, 30_000);
