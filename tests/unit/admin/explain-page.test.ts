import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AdminServer, startAdmin } from '../../../src/admin/server.js';
import { explainOf } from '../../../src/exchange/explain.js';
import type { Explanation } from '../../../src/exchange/explanation/value.js';
import { answer, ask, chat, type Harness, harness, upstreamAnswers } from '../../support/exchange-service.js';

let world: Harness;
let admin: AdminServer;

async function serving(showPrompts: boolean): Promise<AdminServer> {
  return startAdmin({
    address: '127.0.0.1',
    port: 0,
    ready: () => true,
    metrics: { contentType: 'text/plain', text: async () => '' },
    classify: async () => ({}),
    explain: { why: explainOf(world.service), showPrompts },
  });
}

beforeEach(async () => {
  world = harness();
  admin = await serving(false);
});
afterEach(() => admin.close());

async function post(body: unknown, url = admin.url) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/explain`, { method: 'POST', body: JSON.stringify(body), headers });
  return { status: response.status, answer: (await response.json()) as unknown };
}

describe('the page', () => {
  test('explains a prompt, and a whole request as some caller sends it', async () => {
    const { status, answer: told } = await post({ prompt: 'prove it' });
    expect([status, (told as Explanation).outcome.decision, (told as Explanation).cache.reason]).toEqual([
      200,
      'hard',
      'no-identity',
    ]);
    const request = { model: 'auto', messages: [{ role: 'user', content: 'Name a river.' }] };
    const named = await post({ request, route: 'main', headers: { Authorization: 'Bearer a' } });
    expect((named.answer as Explanation).cache.outcome).toBe('miss');
  });

  test('looks into the cache of the service, and shows questions only where that is allowed', async () => {
    const { exchange } = await ask(world.open, chat('Name the long rivers of France.'));
    await upstreamAnswers(exchange, answer('The Loire.'));
    const asked = {
      prompt: 'Name the long rivers of Spain.',
      headers: { authorization: 'Bearer test-token' },
    };
    const hidden = await post(asked);
    expect((hidden.answer as Explanation).cache.neighbours).toHaveLength(1);
    expect(JSON.stringify(hidden.answer)).not.toContain('rivers');
    const open = await serving(true);
    const shown = await post(asked, open.url);
    await open.close();
    expect((shown.answer as Explanation).cache.neighbours[0]?.ask).toBe('Name the long rivers of France.');
  });

  test.each([
    [{}, /either prompt, a text, or request/],
    [{ prompt: 'a', request: {} }, /either prompt, a text, or request/],
    [{ prompt: 1 }, /prompt must be a string/],
    [{ request: [] }, /request must be the body/],
    [{ prompt: 'a', more: 1 }, /a field besides/],
    [{ prompt: 'a', route: 1 }, /route must be a string/],
    [{ prompt: 'a', route: 'none' }, /no such route/],
    [{ prompt: 'a', headers: [] }, /headers must be an object/],
    [{ prompt: 'a', headers: { a: 1 } }, /A header must be a string/],
    [
      { prompt: 'a', headers: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`h${at}`, ''])) },
      /more than 64 headers/,
    ],
  ])('refuses %j', async (body, message) => {
    const { status, answer: told } = await post(body);
    expect(status).toBe(400);
    expect(told).toEqual({ error: expect.objectContaining({ message: expect.stringMatching(message) }) });
  });
});
