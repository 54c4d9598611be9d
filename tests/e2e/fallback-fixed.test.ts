import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fault } from '../../src/simulator/faults.js';
import { makeCertificate } from '../support/certificate.js';
import { oldestEnvoyForTests } from '../support/envoy-binary.js';
import { expectSigned } from '../support/expect-answer.js';
import { CALLER, type Stack, startStack } from '../support/stack.js';
import { MODEL_NAMES, type ModelName } from '../support/stack-config.js';

let folder: string;
let stack: Stack;

/** On the oldest Envoy that takes what is rendered. The last pool is reached by TLS. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-fixed-'));
  const { cert, key } = await makeCertificate(folder);
  stack = await startStack({
    envoy: oldestEnvoyForTests,
    config: {
      fallback: {
        order: 'fixed',
        models: ['coder'],
        first_byte_timeout_ms: 2000,
        cooldown_after: 3,
        cooldown_s: 600,
        budget_percent: 1000,
      },
      decisions: [
        {
          name: 'chain',
          when: 'always',
          models: ['small'],
          fallback: { models: ['coder', 'large'] },
          reasoning: { mode: 'off' },
        },
        { name: 'plain', priority: 1, when: 'fresh', models: ['small'], fallback: { enabled: false } },
        { name: 'dead', priority: 2, when: 'proof', models: ['dead', 'coder'] },
      ],
      semantic_cache: { enabled: false },
    },
    moreModels: [{ name: 'dead', endpoints: ['127.0.0.1:1'], context_window: 8192, weight: 2 }],
    pools: {
      small: { card: { reasoning: { family: 'qwen3' } } },
      coder: { card: { reasoning: { family: 'gpt-oss' } } },
      large: {
        simulator: { tls: { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } },
        card: {
          reasoning: { family: 'deepseek' },
          pool: { tls: { ca_file: cert, server_name: 'localhost' } },
        },
      },
    },
  });
}, 120_000);
afterAll(async () => {
  await stack?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  stack.forget();
  fail({});
  // A good answer each, so that no model rests.
  await stack.ask({ body: BODY, headers: CALLER });
  stack.forget();
});

function fail(faults: Partial<Record<ModelName, Fault>>): void {
  for (const name of MODEL_NAMES) stack.simulators[name].setFault(faults[name]);
}

const BODY = `{ "seed":9007199254740993, "model" : "auto" , "messages":[{"role":"user","content":"caf\\u00e9"}],"x":1e400 }`;
const BODIES = {
  small: BODY.replace('"auto"', '"small","chat_template_kwargs":{"enable_thinking":false}'),
  coder: BODY.replace('"auto"', '"coder","reasoning_effort":"low"'),
  large: BODY.replace('"auto"', '"large","chat_template_kwargs":{"thinking":false}'),
};

function expectSeen(names: readonly ModelName[]): void {
  for (const name of MODEL_NAMES) {
    const bodies = stack.simulators[name].requests().recent.map(({ body }) => body);
    expect([name, bodies]).toEqual([name, names.includes(name) ? [BODIES[name]] : []]);
  }
}

const send = () => stack.ask({ body: BODY, headers: CALLER });

describe('in a fixed order, a model that fails', () => {
  test('is the only one asked as long as it does not', async () => {
    const answer = await send();
    expectSigned(answer, { status: 200, model: 'small', decision: 'chain', path: 'upstream' });
    expect(answer.headers['x-sextant-tries']).toBe('1');
    expectSeen(['small']);
  });

  test.each(['503', '429', 'reset'] as const)(
    'by %s is followed by the next, whose body it is',
    async (fault) => {
      fail({ small: fault });
      const answer = await send();
      expectSigned(answer, { status: 200, model: 'coder', path: 'upstream' });
      expect(answer.headers['x-sextant-tries']).toBe('2');
      expect(JSON.parse(answer.text).model).toBe('coder');
      expectSeen(['small', 'coder']);
    },
  );

  test('together with the next is followed by the last, over TLS', async () => {
    fail({ small: '503', coder: '429' });
    const answer = await send();
    expectSigned(answer, { status: 200, model: 'large' });
    expect(answer.headers['x-sextant-tries']).toBe('3');
    expectSeen(['small', 'coder', 'large']);
  });

  test('by a closed port is followed by the next', async () => {
    const answer = await stack.chat('Prove it.');
    expectSigned(answer, { status: 200, model: 'coder', decision: 'dead' });
    expect(answer.headers['x-sextant-tries']).toBe('2');
  });

  test('is not followed where nobody is named', async () => {
    fail({ small: '503' });
    const answer = await stack.chat('What is the weather today?');
    expect(answer.status).toBe(503);
    expect(stack.upstreamCalls()).toBe(1);
  });

  test('comes last once it rests, and the order begins with the one that follows it', async () => {
    fail({ small: '503' });
    for (let at = 0; at < 3; at++) await send();
    stack.forget();
    const answer = await send();
    expectSigned(answer, { status: 200, model: 'coder' });
    expect(answer.headers['x-sextant-tries']).toBe('1');
    expectSeen(['coder']);
    fail({ small: '503', coder: '503' });
    stack.forget();
    // Small stands before large in the order of coder.
    expectSigned(await send(), { status: 200, model: 'large' });
    expectSeen(['coder', 'small', 'large']);
  });
});
