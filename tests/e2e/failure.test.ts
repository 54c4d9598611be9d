import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { errorOf, expectSigned } from '../support/expect-answer.js';
import type { Answer } from '../support/http.js';
import { waitUntil } from '../support/ports.js';
import { CALLER, type Stack, startStack } from '../support/stack.js';

const ROUTES = [
  { name: 'guarded', prefix: '/guarded', guarded: true },
  { name: 'open', prefix: '/', guarded: false, pass_paths: [] },
];

describe('Sextant killed', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack({ sextant: 'child', config: { routes: ROUTES } });
    expectSigned(await stack.chat('Write some python.'), { model: 'coder' });
    await stack.killSextant();
  }, 60_000);
  afterAll(() => stack?.close());
  beforeEach(() => stack.forget());

  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Write some python.' }] });
  const guarded = (more: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    stack.ask({ path: '/guarded/v1/chat/completions', body, headers: { ...CALLER, ...more } });

  test('a guarded route answers with an error that OpenAI clients can read', async () => {
    for (const _ of [1, 2, 3]) {
      const answer = await guarded();
      expect(answer.status).toBe(503);
      expect(errorOf(answer).type).toBe('server_error');
    }
    expect(stack.upstreamCalls()).toBe(0);
  });

  test('a client cannot choose the pool itself meanwhile', async () => {
    const answer = await guarded({ 'x-sextant-cluster': 'coder' });
    expect(answer.status).toBe(503);
    expect(stack.upstreamCalls()).toBe(0);
    const open = await stack.ask({ body, headers: { ...CALLER, 'x-sextant-cluster': 'coder' } });
    expect(open.status).toBe(200);
    expect(stack.simulators.coder.requests().total).toBe(0);
  });

  test('an unguarded route answers from the default pool, which takes the virtual name', async () => {
    for (const _ of [1, 2, 3]) {
      const answer = await stack.ask({ body, headers: CALLER });
      expect(answer.status).toBe(200);
      expect(answer.headers['x-sextant-id']).toBeUndefined();
    }
    const { total, recent } = stack.simulators.small.requests();
    expect({ total, body: recent[0]?.body }).toEqual({ total: 3, body });
  });
});

describe('Sextant told to stop, under load', () => {
  test('no request fails, and it ends by itself', async () => {
    const stack = await startStack({ sextant: 'child', config: { routes: ROUTES } });
    try {
      const counts = { before: 0, after: 0, bad: [] as string[] };
      let running = true;
      const loop = async (worker: number): Promise<void> => {
        for (let turn = 0; running; turn++) {
          const answer = await stack.chat(`Count ${worker} and ${turn}.`, { body: { temperature: turn } });
          if (answer.status !== 200) counts.bad.push(`${answer.status} ${answer.text}`);
          else if (answer.headers['x-sextant-id'] === undefined) counts.after += 1;
          else counts.before += 1;
        }
      };
      const load = Promise.all([1, 2, 3, 4].map(loop));
      await waitUntil('some load', () => counts.before > 20);
      expect(await stack.stopSextant()).toBe(0);
      await waitUntil('requests without Sextant', () => counts.after > 20);
      running = false;
      await load;
      expect(counts.bad).toEqual([]);
    } finally {
      await stack.close();
    }
  }, 60_000);
});

describe('an upstream that is not there', () => {
  test('answers with an error that OpenAI clients can read', async () => {
    const dead = { name: 'dead', endpoints: ['127.0.0.1:1'], context_window: 8192 };
    const stack = await startStack({ moreModels: [dead] });
    try {
      const answer = await stack.chat('hello', { body: { model: 'dead' } });
      expect(answer.status).toBe(503);
      expect(errorOf(answer).type).toBe('server_error');
      expectSigned(answer, { model: 'dead' });
    } finally {
      await stack.close();
    }
  }, 60_000);
});
