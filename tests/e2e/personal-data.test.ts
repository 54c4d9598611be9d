import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { errorOf, expectSigned } from '../support/expect-answer.js';
import { contentOf, eventsOf } from '../support/http.js';
import { type Stack, startStack } from '../support/stack.js';
import { MODEL_NAMES, type StackConfig } from '../support/stack-config.js';

const CARD = '4111 1111 1111 1111';
const ASK = `Write to Quentin Zapatero, quetzalcoatl@example.com, card ${CARD}.`;
const FOUND = 'CREDIT_CARD,EMAIL_ADDRESS';

/** What is done hangs on a word of the prompt. */
const CONFIG: StackConfig = {
  signals: ['privately', 'anyway', 'hidden'].map((word) => ({ name: word, type: 'keyword', any_of: [word] })),
  decisions: [
    {
      name: 'private',
      when: 'privately',
      models: ['small', 'large'],
      personal_data: { action: 'private_model', private_models: ['coder', 'large'] },
      fallback: { models: ['small', 'coder'] },
    },
    {
      name: 'redact',
      when: 'hidden',
      models: ['small'],
      personal_data: { action: 'redact', types: ['EMAIL_ADDRESS', 'CREDIT_CARD', 'PERSON'] },
      fallback: { models: ['coder'] },
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
    expect(answer.text).not.toMatch(/quetzalcoatl|4111 1111/);
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
    await stack.untilTold(await stack.chat(ASK), await stack.chat(`${ASK} Now privately.`));
    const metrics = await (await fetch(`${stack.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(
      /sextant_personal_data_total\{route="default",outcome="private",type="EMAIL_ADDRESS"\} [1-9]/,
    );
    expect(stack.sextantLog()).toContain('"personalData":{"outcome":"blocked","types":["CREDIT_CARD"');
    for (const told of [stack.sextantLog(), metrics, stack.envoyLog()]) {
      expect(told).not.toMatch(/quetzalcoatl|4111 1111/);
    }
  });
});

describe('redacted', () => {
  const HIDDEN = `Keep it hidden. ${ASK} Then to quetzalcoatl@example.com again, [EMAIL_ADDRESS_1].`;
  const SENT =
    'Keep it hidden. Write to [PERSON_1], [EMAIL_ADDRESS_2], card [CREDIT_CARD_1]. Then to [EMAIL_ADDRESS_2] again, ' +
    '[EMAIL_ADDRESS_1].';
  const ECHO = { 'x-simulator-echo': '1' };
  const TOOLS = [
    {
      type: 'function' as const,
      function: {
        name: 'mail',
        parameters: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
      },
    },
  ];

  function sent(): string {
    return stack.simulators.small.requests().recent.at(-1)?.body ?? '';
  }

  function client(headers: Readonly<Record<string, string>> = {}): OpenAI {
    const defaultHeaders = { ...ECHO, ...headers };
    return new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: 'test-token', maxRetries: 0, defaultHeaders });
  }

  test('the model sees placeholders alone, the client its own words, and the cache nothing', async () => {
    for (const _ of [1, 2]) {
      const answer = await stack.chat(HIDDEN, { headers: { ...ECHO, 'accept-encoding': 'gzip' } });
      expectSigned(answer, {
        status: 200,
        model: 'small',
        decision: 'redact',
        cache: 'bypass;reason=personal',
      });
      expect(answer.headers['x-sextant-personal-data']).toBe(`redacted;types=${FOUND},PERSON`);
      expect(contentOf(answer)).toBe(`[simulated answer by small] ${HIDDEN}`);
      expect(answer.headers['content-length']).toBeUndefined();
    }
    expect(stack.simulators.small.requests().total).toBe(2);
    expect(sent()).toBe(JSON.stringify({ model: 'small', messages: [{ role: 'user', content: SENT }] }));
    expect(stack.simulators.small.requests().recent[0]?.headers['accept-encoding']).toBe('identity');
  });

  test('all turns, parts and arguments are, with the same name for the same value', async () => {
    const messages = [
      { role: 'system', content: 'The boss is root@example.com, and all is hidden.' },
      { role: 'user', content: [{ type: 'text', text: `Card ${CARD}?` }] },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            id: 'c',
            type: 'function',
            function: { name: 'pay', arguments: JSON.stringify({ card: CARD, n: 1 }) },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'c', content: 'Paid by root@example.com.' },
      { role: 'user', content: 'Is it hidden?' },
    ];
    expect((await stack.chat('', { body: { messages, user: 'root@example.com' } })).status).toBe(200);
    const upstream = sent();
    const wanted = JSON.stringify({ model: 'small', messages, user: 'root@example.com' });
    expect(upstream).toBe(
      wanted.replaceAll('root@example.com', '[EMAIL_ADDRESS_1]').replaceAll(CARD, '[CREDIT_CARD_1]'),
    );
  });

  test.each([{}, { 'x-simulator-tokens-per-second': '400' }])(
    'a stream says the same, piece by piece: %j',
    async (pace) => {
      const ask = { model: 'auto', messages: [{ role: 'user' as const, content: HIDDEN }], n: 2 };
      const choices = ['', ''];
      for await (const chunk of await client(pace).chat.completions.create({ ...ask, stream: true })) {
        for (const { index, delta } of chunk.choices) choices[index] += delta.content ?? '';
      }
      expect(choices).toEqual([
        `[simulated answer by small] ${HIDDEN}`,
        `[simulated answer by small] ${HIDDEN} Choice 2.`,
      ]);
      expect(sent()).not.toMatch(/quetzalcoatl|4111 1111|Zapatero/);
    },
  );

  test('calls of tools have the values in their arguments, streamed or not', async () => {
    const said = `Please mail "${HIDDEN}"\n`;
    const ask = { model: 'auto', messages: [{ role: 'user' as const, content: said }], tools: TOOLS };
    const [choice] = (await client().chat.completions.create(ask)).choices;
    const streamed = await client().chat.completions.stream(ask).finalChatCompletion();
    for (const message of [choice?.message, streamed.choices[0]?.message]) {
      const [call] = message?.tool_calls ?? [];
      expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toEqual({ text: said });
    }
  });

  test('a text completion is, too, and a client that names its model gets what the file says', async () => {
    const prompt = HIDDEN;
    const body = JSON.stringify({ model: 'auto', prompt, stream: true, max_tokens: 500 });
    const answer = await stack.ask({
      path: '/v1/completions',
      body,
      headers: { authorization: 'Bearer a', ...ECHO },
    });
    const texts = eventsOf(answer)
      .filter((event) => event !== '[DONE]')
      .map((event) => JSON.parse(event).choices[0].text);
    expect(texts.join('')).toBe(`[simulated answer by small] ${prompt}`);
    expect(texts.length).toBeGreaterThan(20);
    expect((await stack.chat(HIDDEN, { body: { model: 'small' } })).status).toBe(403);
  });

  test('a model that follows another sees no more, and errors come as they are', async () => {
    const headers = { ...ECHO, 'x-simulator-fault': '503' };
    expectSigned(await stack.chat(HIDDEN, { headers }), { status: 503 });
    const bodies = stack.simulators.coder.requests().recent.map(({ body }) => body);
    expect(bodies).toEqual([JSON.stringify({ model: 'coder', messages: [{ role: 'user', content: SENT }] })]);
    const cutting = { ...ECHO, 'x-simulator-fault': 'cut', 'x-simulator-tokens-per-second': '100' };
    const cut = await stack.chat(HIDDEN, { headers: cutting, body: { stream: true } });
    expect(`[simulated answer by small] ${HIDDEN}`).toContain(contentOf(cut));
    expect(cut.whole).toBe(false);
  });

  test('an answer that is encoded all the same keeps its placeholders', async () => {
    const answer = await stack.chat(HIDDEN, { headers: { ...ECHO, 'x-simulator-fault': 'gzip' } });
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(answer.bytes).toString()).toContain('[EMAIL_ADDRESS_2]');
  });
});
