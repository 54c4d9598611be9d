import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { feedbackPage } from '../../../src/admin/feedback-page.js';
import { type AdminServer, startAdmin } from '../../../src/admin/server.js';

let admin: AdminServer;
let given: readonly string[][] = [];

beforeEach(async () => {
  given = [];
  const page = feedbackPage(async (id, verdict) => {
    given = [...given, [id, verdict]];
    return id === 'known' ? { evicted: verdict === 'wrong', learnt: true } : undefined;
  });
  admin = await startAdmin({
    address: '127.0.0.1',
    port: 0,
    ready: () => true,
    metrics: { contentType: 'text/plain', text: async () => '' },
    classify: async () => ({}),
    routes: [page],
  });
});
afterEach(() => admin.close());

async function post(body: unknown) {
  const response = await fetch(`${admin.url}/cache/feedback`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  return { status: response.status, answer: (await response.json()) as unknown };
}

test('hands a verdict on and says what came of it', async () => {
  expect(await post({ id: 'known', verdict: 'wrong' })).toEqual({
    status: 200,
    answer: { id: 'known', verdict: 'wrong', evicted: true, learnt: true },
  });
  expect(given).toEqual([['known', 'wrong']]);
});

test('says when nothing is known of the answer', async () => {
  const { status, answer } = await post({ id: 'unknown', verdict: 'right' });
  expect([status, answer]).toEqual([
    404,
    { error: expect.objectContaining({ code: 'not_found', param: 'id' }) },
  ]);
});

test.each([
  [{ verdict: 'wrong' }, 'missing_field', 'id'],
  [{ id: 'x' }, 'missing_field', 'verdict'],
  [{ id: 5, verdict: 'wrong' }, 'invalid_field', 'id'],
  [{ id: '', verdict: 'wrong' }, 'invalid_field', 'id'],
  [{ id: 'x'.repeat(129), verdict: 'wrong' }, 'invalid_field', 'id'],
  [{ id: 'x', verdict: 'maybe' }, 'invalid_field', 'verdict'],
  [{ id: 'x', verdict: 'right', entry: 'y' }, 'invalid_field', null],
])('refuses %j', async (body, code, param) => {
  const { status, answer } = await post(body);
  expect([status, answer]).toEqual([400, { error: expect.objectContaining({ code, param }) }]);
  expect(given).toEqual([]);
});
