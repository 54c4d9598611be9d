import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createMemoryStore, type MemoryStore } from '../../../src/adapters/memory/store.js';
import { cacheRoutes } from '../../../src/admin/cache-routes.js';
import { type Page, shown } from '../../../src/admin/page.js';
import { type AdminServer, startAdmin } from '../../../src/admin/server.js';
import { warmOf } from '../../../src/exchange/warm.js';
import { harness } from '../../support/exchange-service.js';
import { sextant } from '../../support/sextant.js';

// The first command of each kind loads what it needs.
jest.setTimeout(60_000);

const world = harness();
let folder: string;
let store: MemoryStore;
let admin: AdminServer;
let heard: unknown;
/** When set, what an export answers in place of the true one. */
let broken: Page | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-cache-cli-'));
  store = createMemoryStore({
    ...{ maxEntries: 5000, bytesMax: 1 << 26, evictionPolicy: 'fifo', dimension: 64 },
    clock: world.service.clock,
  });
  const service = { ...world.service, store };
  const routes = cacheRoutes({
    ...{ backend: store, encoder: service.encoder, warm: warmOf(service), secret: service.secret },
    ...{ clock: service.clock, showPrompts: true },
  });
  admin = await startAdmin({
    ...{ address: '127.0.0.1', port: 0, ready: () => true, classify: async () => ({}) },
    metrics: { contentType: 'text/plain', text: async () => '' },
    routes: [
      {
        method: 'POST',
        path: '/cache/feedback',
        page: async ({ request }) => {
          for await (const piece of request) heard = JSON.parse(String(piece));
          return shown({ evicted: true });
        },
      },
      ...routes.map((route) =>
        route.path === '/cache/export'
          ? { ...route, page: (asked: Parameters<typeof route.page>[0]) => broken ?? route.page(asked) }
          : route,
      ),
    ],
  });
});
afterAll(async () => {
  await admin.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  store.flush();
  broken = undefined;
});

const cache = (...argv: readonly string[]) => sextant('cache', ...argv, '--admin', `${admin.url}/`);

function rowsFile(name: string, questions: readonly string[]): string {
  const file = join(folder, name);
  const rows = questions.map((question) => JSON.stringify({ question, answer: 'Yes.', authorization: 'a' }));
  writeFileSync(file, `${rows.join('\n\n')}\n`);
  return file;
}

const THREE = ['Is water wet?', 'Is the sky blue?', 'Is fire \u001b[31mhot?'];

test('warms, lists, searches, shows, pins and evicts', async () => {
  expect(await cache('warm', rowsFile('three.jsonl', THREE))).toEqual({
    status: 0,
    out: 'warmed 3, refused 0',
    err: '',
  });
  const listed = await cache('list', '--limit', '2');
  expect(listed.out.split('\n')).toHaveLength(3);
  expect(listed.out).toMatch(/^id +tenant +model .*question\n.*Is fire \[31mhot\?\n.*Is the sky blue\?$/);
  const [, cursor = ''] = /--after (\S+)/.exec(listed.err) ?? [];
  expect((await cache('list', '--after', cursor)).out).toContain('Is water wet?');

  const found = await cache('search', 'Is the sky blue', '--json');
  const { entries } = JSON.parse(found.out) as { entries: { id: string; ask: string }[] };
  expect(entries[0]?.ask).toBe('Is the sky blue?');
  const id = entries[0]?.id ?? '';
  expect((await cache('search', 'sky', '--limit', '1')).out).toMatch(/^likeness +id .*\n *\d\.\d{3} /);
  expect((await cache('search', 'Is the sky blue', '--limit', '1', '--ids')).out).toBe(id);
  const shownEntry = await cache('show', id);
  expect(shownEntry.out).toMatch(/^ask +Is the sky blue\?$/m);
  expect(shownEntry.out).toMatch(/^answer +\{.*"content":"Yes\."/m);
  expect(JSON.parse((await cache('show', id, '--json')).out)).toMatchObject({ id, found_by: 'meaning' });

  expect(await cache('pin', id)).toEqual({ status: 0, out: `pinned ${id}`, err: '' });
  expect((await cache('list')).out).toMatch(/ pinned +Is the sky/);
  expect((await cache('unpin', id)).out).toBe(`unpinned ${id}`);
  expect((await cache('evict', id, '--json')).out).toBe(JSON.stringify({ id, evicted: true }));
  expect(await cache('evict', id)).toEqual({
    status: 1,
    out: '',
    err: expect.stringContaining('There is no such entry'),
  });
  expect((await cache('stats')).out).toMatch(/^entries +2$/m);
  expect(JSON.parse((await cache('stats', '--json')).out)).toMatchObject({ entries: 2 });
});

test('flushes when it is sure that this is meant', async () => {
  await cache('warm', rowsFile('three.jsonl', THREE));
  const unsure = await cache('flush');
  expect([unsure.status, unsure.err]).toEqual([2, expect.stringContaining('--yes')]);
  expect(store.stats().entries).toBe(3);
  expect(await cache('flush', '--yes')).toMatchObject({ status: 0, out: 'flushed: the cache is empty' });
  expect((await cache('list')).out).toBe('The cache holds no entry.');
  expect((await cache('flush', '--yes', '--json')).out).toBe('{"flushed":true}');
});

describe('export and import', () => {
  /** More than a batch holds. */
  const COUNT = 600;

  test.each([[[]], [['--vectors']]])('bring a large cache over, in several batches (%p)', async (flags) => {
    await cache('warm', rowsFile('one.jsonl', ['Is this a number?']));
    const [entry] = store.list({ limit: 1 }).entries;
    if (entry === undefined) throw new Error('nothing was warmed');
    for (let at = 1; at < COUNT; at += 1) store.put({ ...entry, id: `id-${at}-b`, exactKey: `key ${at}` });
    const file = join(folder, 'export.jsonl');
    const out = await cache('export', file, ...flags);
    expect(out).toMatchObject({ status: 0, out: `exported ${COUNT} entries to ${file}` });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).not.toContain('export.jsonl.part');
    store.flush();
    const back = await cache('import', file, '--json');
    expect(JSON.parse(back.out)).toEqual({ imported: COUNT, expired: 0, refused_count: 0, refused: [] });
    expect(store.stats().entries).toBe(COUNT);
  });

  test('tell refused lines by their place in the file, and a file that was cut', async () => {
    await cache('warm', rowsFile('three.jsonl', THREE));
    const file = join(folder, 'cut.jsonl');
    await cache('export', file);
    const [header = '', first = '', second = ''] = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [header, '', first.replace('"pinned":false', '"pinned":true'), second].join('\n'));
    store.flush();
    const imported = await cache('import', file);
    expect(imported).toMatchObject({ status: 1, out: 'imported 1, expired 0, refused 1' });
    expect(imported.err).toContain(`${file}:3: The entry was changed`);
    expect(imported.err).toContain('ends early');
    writeFileSync(file, '');
    expect(await cache('import', file)).toMatchObject({
      status: 1,
      err: expect.stringContaining('is empty'),
    });
  });

  test.each<[string, Page, RegExp]>([
    ['is no export', { status: 200, contentType: 'application/jsonl', text: '{}\n' }, /ended early/],
    [
      'breaks off',
      {
        ...{ status: 200, contentType: 'application/jsonl', text: '{"sextant_cache":1}\n' },
        more: (async function* () {
          yield 'a';
          throw new Error('lost');
        })(),
      },
      /no whole answer/,
    ],
  ])('leave no file when what comes %s', async (_, page, message) => {
    broken = page;
    const file = join(folder, 'none.jsonl');
    expect(await cache('export', file)).toMatchObject({ status: 1, err: expect.stringMatching(message) });
    expect(readdirSync(folder).filter((name) => name.startsWith('none'))).toEqual([]);
  });

  test('say which file cannot be written or read', async () => {
    const out = await cache('export', join(folder, 'no/such/folder'));
    expect(out).toMatchObject({ status: 1, err: expect.stringContaining('cannot be written') });
    const load = await cache('import', join(folder, 'nothing'));
    expect(load).toMatchObject({ status: 1, err: expect.stringContaining('cannot be read') });
  });
});

test('warming tells twenty refused lines and counts the rest, and how far it is', async () => {
  const file = join(folder, 'bad.jsonl');
  writeFileSync(file, '{"question": "a"}\n'.repeat(2100));
  const { status, out, err } = await cache('warm', file);
  expect([status, out]).toEqual([1, 'warmed 0, refused 2100']);
  expect(err).toContain(`${file}:20: answer must be`);
  expect(err).toContain('and 2080 more lines were refused');
  expect(err).toMatch(/: \d+ lines so far/);
  expect(JSON.parse((await cache('warm', rowsFile('one.jsonl', ['Why?']), '--json')).out)).toMatchObject({
    warmed: 1,
  });
});

test('a line beyond all bounds is told by its place', async () => {
  const file = join(folder, 'long.jsonl');
  writeFileSync(file, `{}\n${'x'.repeat(17 * 1024 * 1024)}`);
  expect(await cache('warm', file)).toMatchObject({ status: 1, err: expect.stringContaining(`${file}:2: `) });
});

test('feedback goes to the service as it was given', async () => {
  expect(await cache('feedback', 'id-7', 'wrong')).toMatchObject({ status: 0, out: 'noted' });
  expect(heard).toEqual({ id: 'id-7', verdict: 'wrong' });
  expect(await cache('feedback', 'id-7', 'maybe')).toMatchObject({ status: 2 });
});

describe('the service is found', () => {
  const config = (address: string, port: number) => {
    const file = join(folder, 'sextant.yaml');
    const models = '  - { name: small, endpoints: ["127.0.0.1:1"], context_window: 1000 }';
    process.env['SEXTANT_TEST_TOKEN'] = '0123456789abcdef';
    const token = `"\${SEXTANT_TEST_TOKEN}"`;
    const section = `{ address: "${address}", port: ${port}, allow_remote: true, token: ${token} }`;
    writeFileSync(file, `models:\n${models}\ndefault_model: small\nadmin: ${section}\n`);
    return file;
  };

  test.each(['127.0.0.1', '0.0.0.0'])('by the file that it runs with, at %s', async (address) => {
    const file = config(address, Number(new URL(admin.url).port));
    expect(await sextant('cache', 'stats', '--config', file)).toMatchObject({ status: 0 });
  });

  test('unless the system chose its port', async () => {
    const found = await sextant('cache', 'stats', '--config', config('::', 0));
    expect(found).toMatchObject({ status: 1, err: expect.stringContaining('give --admin') });
  });

  test.each([
    ['http://127.0.0.1:1', /no whole answer from http:\/\/127\.0\.0\.1:1 .*--admin/],
    ['nonsense', /no whole answer/],
  ])('or it is said that nobody answers at %s', async (url, message) => {
    const silent = await sextant('cache', 'list', '--admin', url);
    expect(silent).toMatchObject({ status: 1, out: '', err: expect.stringMatching(message) });
  });

  test('or that something else does', async () => {
    const other = await sextant('cache', 'list', '--admin', `${admin.url}/elsewhere`);
    expect(other).toMatchObject({ status: 1, err: expect.stringContaining('answers 404') });
  });
});

test.each([
  'list',
  'search',
  'show',
  'evict',
  'pin',
  'unpin',
  'flush',
  'warm',
  'export',
  'import',
  'stats',
  'feedback',
])('cache %s --help shows how it is called', async (verb) => {
  const { status, out } = await sextant('cache', verb, '--help');
  expect(status).toBe(0);
  expect(out).toContain(`$ sextant cache ${verb}`);
});

test('a limit that is none is a wrong call', async () => {
  expect(await cache('list', '--limit', '0')).toMatchObject({ status: 2 });
});
