import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '../support/ports.js';
import { type Stack, startStack } from '../support/stack.js';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
}, 60_000);
afterAll(() => stack?.close());

const SECRET = 'Zanzibarium';
const KEY = 'sk-quetzalcoatl';

test('neither logs nor metrics hold what was asked, what was answered, or by which key', async () => {
  const headers = { authorization: `Bearer ${KEY}`, 'x-api-key': KEY };
  const prompt = `What is ${SECRET} made of?`;
  await stack.chat(prompt, { headers });
  await stack.chat(prompt, { headers, body: { stream: true } });
  await stack.chat(`What would ${SECRET} be made of?`, { headers });
  await stack.chat(`${SECRET} forbidden-word`, { headers });
  await stack.chat(prompt, { headers, body: { model: SECRET } });
  await stack.chat(prompt, { headers: { ...headers, 'x-simulator-fault': '500' }, body: { seed: 1 } });
  await stack.ask({ body: `{"model": "auto", "${SECRET}"`, headers });
  await stack.ask({ body: `{"model": "auto", "${SECRET}": 1, "${SECRET}": 2}`, headers });
  await stack.ask({ path: `/v1/models/${SECRET}`, method: 'GET', headers });
  await waitUntil('Envoy to write its access log', async () =>
    stack.envoyLog().includes(`/v1/models/${SECRET}`),
  );
  const exchanges = () => stack.sextantLog().match(/"message":"exchange"/g)?.length ?? 0;
  await waitUntil('Sextant to tell of them all', () => exchanges() >= 9);
  const metrics = await (await fetch(`${stack.adminUrl}/metrics`)).text();
  // The path of a request is what an access log is for; a name that a client puts there is its own doing.
  const access = stack.envoyLog().replaceAll(`/v1/models/${SECRET}`, '');

  expect(exchanges()).toBeGreaterThanOrEqual(9);
  expect(access).toContain('/v1/chat/completions');
  expect(metrics).toContain('sextant_requests_total');
  for (const told of [stack.sextantLog(), access, metrics]) {
    expect(told).not.toContain(SECRET);
    expect(told).not.toContain(KEY);
  }
});
