import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { expectSigned } from '../support/expect-answer.js';
import { contentOf } from '../support/http.js';
import { waitUntil } from '../support/ports.js';
import { sextant } from '../support/sextant.js';
import { type Stack, startStack } from '../support/stack.js';

const SECRET = 'SEXTANT_CACHE_SECRET';
const QUESTION = 'What are the main renewable energy sources?';
const REWORDED = 'What are the primary sources of renewable energy?';

let folder: string;
let stack: Stack;
const before = process.env[SECRET];

const start = () =>
  startStack({
    config: {
      identity: { tenant_header: 'x-tenant', set_by: 'gateway' },
      semantic_cache: { enabled: true, backend_type: 'memory', similarity_threshold: 0.8 },
    },
    admin: { show_prompts: true },
  });

beforeAll(async () => {
  // Partitions are keyed by it, so an export outlives a restart only where the secret does.
  process.env[SECRET] = 'a secret of the tests';
  folder = mkdtempSync(join(tmpdir(), 'sextant-operations-'));
  stack = await start();
}, 120_000);
afterAll(async () => {
  await stack?.close();
  rmSync(folder, { recursive: true, force: true });
  if (before === undefined) delete process.env[SECRET];
  else process.env[SECRET] = before;
});

const cache = (...argv: readonly string[]) => sextant('cache', ...argv, '--admin', stack.adminUrl);

async function idNear(text: string): Promise<string> {
  const { out } = await cache('search', text, '--limit', '1', '--json');
  return JSON.parse(out).entries[0]?.id ?? '';
}

test('what was asked is listed, found by other words, pinned, and after its eviction asked anew', async () => {
  expectSigned(await stack.chat(QUESTION), { path: 'upstream', cache: 'miss' });
  await waitUntil('the answer to be stored', async () => (await idNear(QUESTION)) !== '');
  expect((await cache('list')).out).toContain(QUESTION);
  const id = await idNear(REWORDED);
  expect((await cache('show', id)).out).toContain(QUESTION);
  expect((await cache('pin', id)).status).toBe(0);
  expect((await cache('list')).out).toContain('pinned');
  expectSigned(await stack.chat(QUESTION), { path: 'cache', cache: 'hit-exact' });
  expect((await cache('evict', id)).status).toBe(0);
  expectSigned(await stack.chat(QUESTION), { path: 'upstream', cache: 'miss' });
});

test('what was exported is found again after a restart', async () => {
  const file = join(folder, 'cache.jsonl');
  await waitUntil('the answer to be stored', async () => (await idNear(QUESTION)) !== '');
  const first = contentOf(await stack.chat(QUESTION));
  expect(await cache('export', file)).toMatchObject({ status: 0 });
  await stack.close();
  stack = await start();
  expect((await cache('list')).out).toBe('The cache holds no entry.');
  expect(await cache('import', file)).toMatchObject({
    status: 0,
    out: expect.stringMatching(/^imported [1-9]/),
  });
  const again = await stack.chat(REWORDED);
  expectSigned(again, { path: 'cache', cache: 'hit-semantic' });
  expect(contentOf(again)).toBe(first);
  expect(stack.upstreamCalls()).toBe(0);
}, 120_000);

test('what was warmed is found on the first ask, by its tenant alone', async () => {
  const file = join(folder, 'rows.jsonl');
  const row = { question: 'When does the shop open?', answer: 'At nine.', tenant: 'acme' };
  const blocked = { question: 'Tell me the forbidden-word.', answer: 'No.', tenant: 'acme' };
  writeFileSync(file, `${JSON.stringify(row)}\n${JSON.stringify(blocked)}\n`);
  const warmed = await cache('warm', file);
  expect(warmed).toMatchObject({ status: 1, out: 'warmed 1, refused 1' });
  expect(warmed.err).toContain(`${file}:2: This subject is not answered here.`);
  const as = (tenant: string) => ({ headers: { 'x-tenant': tenant } });
  const hit = await stack.chat(row.question, as('acme'));
  expectSigned(hit, { path: 'cache', cache: 'hit-exact' });
  expect(contentOf(hit)).toBe('At nine.');
  expectSigned(await stack.chat(row.question, as('other')), { path: 'upstream', cache: 'miss' });
  expect((await cache('flush', '--yes')).status).toBe(0);
  expectSigned(await stack.chat(row.question, as('acme')), { path: 'upstream', cache: 'miss' });
});
