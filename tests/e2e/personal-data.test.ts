import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { errorOf, expectSigned } from '../support/expect-answer.js';
import { type Stack, startStack } from '../support/stack.js';
import { MODEL_NAMES, type StackConfig } from '../support/stack-config.js';

const CARD = '4111 1111 1111 1111';
const ASK = `Write to Quentin Zapatero, quetzalcoatl@example.com, card ${CARD}.`;
const FOUND = 'CREDIT_CARD,EMAIL_ADDRESS';

/** What is done hangs on a word of the prompt. */
const CONFIG: StackConfig = {
  signals: ['privately', 'anyway'].map((word) => ({ name: word, type: 'keyword', any_of: [word] })),
  decisions: [
    {
      name: 'private',
      when: 'privately',
      models: ['small', 'large'],
      personal_data: { action: 'private_model', private_models: ['coder', 'large'] },
      fallback: { models: ['small', 'coder'] },
    },
    { name: 'note', when: 'anyway', models: ['small'], personal_data: { action: 'note' } },
  ],
  personal_data: { action: 'block', types: ['EMAIL_ADDRESS', 'CREDIT_CARD'] },
  fallback: { on: ['5xx'], models: ['small'] },
};

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ config: CONFIG });
}, 60_000);
afterAll(() => stack?.close());
beforeEach(() => stack.forget());

/** The models that were asked, each as often as it was. */
function asked(): readonly string[] {
  return MODEL_NAMES.flatMap((name) => stack.simulators[name].requests().recent.map(() => name));
}

describe('personal data', () => {
  test('are refused, and said by their kinds alone', async () => {
    const answer = await stack.chat(ASK);
    expectSigned(answer, { status: 403, path: 'blocked' });
    expect(answer.headers['x-sextant-personal-data']).toBe(`blocked;types=${FOUND}`);
    const { code, message } = errorOf(answer);
    expect(code).toBe('blocked_by_policy');
    expect(message).toContain('CREDIT_CARD, EMAIL_ADDRESS');
    expect(answer.text).not.toMatch(/quetzalcoatl|4111/);
    expect((await stack.chat(ASK, { body: { model: 'large' } })).status).toBe(403);
    expect(asked()).toEqual([]);
  });

  test('pass where they are only noted, and out of the cache', async () => {
    const answer = await stack.chat(`${ASK} Do it anyway.`);
    expectSigned(answer, { status: 200, model: 'small', decision: 'note', cache: 'bypass;reason=personal' });
    expect(answer.headers['x-sextant-personal-data']).toBe(`noted;types=${FOUND}`);
  });

  test('are shown to private models alone', async () => {
    expectSigned(await stack.chat('Name a lake, privately.'), { model: 'small', decision: 'private' });
    const answer = await stack.chat(`${ASK} Do it privately.`);
    expectSigned(answer, { status: 200, model: 'large', decision: 'private' });
    expect(answer.headers['x-sextant-personal-data']).toBe(`private;types=${FOUND}`);
    expect(asked()).toEqual(['small', 'large']);
  });

  test('are shown to no other model when the private ones fail', async () => {
    const headers = { 'x-simulator-fault': '503' };
    const answer = await stack.chat(`${ASK} Try it privately.`, { headers });
    expectSigned(answer, { status: 503, decision: 'private' });
    expect(asked()).toEqual(['large', 'coder']);
  });

  test('stand neither in logs nor in metrics', async () => {
    await stack.chat(ASK);
    await stack.chat(`${ASK} Now privately.`);
    const metrics = await (await fetch(`${stack.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(
      /sextant_personal_data_total\{route="default",outcome="private",type="EMAIL_ADDRESS"\} [1-9]/,
    );
    expect(stack.sextantLog()).toContain('"personalData":{"outcome":"blocked","types":["CREDIT_CARD"');
    for (const told of [stack.sextantLog(), metrics, stack.envoyLog()]) {
      expect(told).not.toMatch(/quetzalcoatl|4111/);
    }
  });
});
