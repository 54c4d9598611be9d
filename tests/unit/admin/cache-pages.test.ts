import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createMemoryStore, type MemoryStore } from '../../../src/adapters/memory/store.js';
import { exportRoute } from '../../../src/admin/cache-export.js';
import { cacheRoutes } from '../../../src/admin/cache-routes.js';
import { type AdminServer, startAdmin } from '../../../src/admin/server.js';
import { exchangesOf } from '../../../src/exchange/exchange.js';
import { warmOf } from '../../../src/exchange/warm.js';
import type { JsonObject } from '../../../src/lib/json.js';
import { ask, chat, type Harness, harness, head } from '../../support/exchange-service.js';

const TEXTS = ['What is the capital of France?', 'How tall is the Eiffel tower?', 'Who wrote Faust?'];

let world: Harness;
let store: MemoryStore;
let admin: AdminServer;
let closing: AdminServer[];

beforeEach(async () => {
  world = harness();
  closing = [];
  ({ store, admin } = await serving(true));
});
afterEach(() => Promise.all(closing.map((each) => each.close())));

/** The pages over a store of their own and the world's encoder, secret and clock. */
async function serving(showPrompts: boolean, secret = world.service.secret) {
  const clock = world.service.clock;
  const made = createMemoryStore({
    ...{ maxEntries: 100, bytesMax: 1 << 20, evictionPolicy: 'fifo', dimension: 64, clock },
  });
  const service = { ...world.service, store: made, secret };
  const routes = cacheRoutes({
    backend: made,
    encoder: service.encoder,
    warm: warmOf(service),
    ...{ secret, clock, showPrompts },
  });
  const started = await startAdmin({
    address: '127.0.0.1',
    port: 0,
    ready: () => true,
    metrics: { contentType: 'text/plain', text: async () => '' },
    classify: async () => ({}),
    access: () => ({ hosts: ['sextant.example'], tokens: [], clientsVerified: false }),
    routes,
  });
  closing.push(started);
  return { store: made, admin: started };
}

function rows(texts: readonly string[], over: object = {}): string {
  return texts
    .map((question) =>
      JSON.stringify({ question, answer: `${question}!`, authorization: 'Bearer a', ...over }),
    )
    .join('\n');
}

async function get(path: string, url = admin.url) {
  const response = await fetch(url + path);
  return { status: response.status, answer: (await response.json()) as JsonObject };
}

async function post(path: string, body: string, { url = admin.url, type = 'application/json' } = {}) {
  const response = await fetch(url + path, { method: 'POST', body, headers: { 'content-type': type } });
  return { status: response.status, answer: (await response.json()) as JsonObject };
}

async function exported(query = '', url = admin.url): Promise<string> {
  const response = await fetch(`${url}/cache/export${query}`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/jsonl']);
  return response.text();
}

function refused(code: string, message: string | RegExp) {
  return { error: expect.objectContaining({ code, message: expect.stringMatching(message) }) };
}

async function idOf(text: string): Promise<string> {
  const { answer } = await post('/cache/search', JSON.stringify({ text, limit: 1 }));
  return (answer['entries'] as { id: string }[])[0]?.id ?? '';
}

describe('entries', () => {
  beforeEach(async () => {
    expect((await post('/cache/warm', rows(TEXTS))).answer).toEqual({
      warmed: 3,
      refused_count: 0,
      refused: [],
    });
  });

  test('are listed page by page', async () => {
    const first = await get('/cache/entries?limit=2');
    expect(first.answer).toMatchObject({ prompts: 'shown', entries: [{ ask: TEXTS[2] }, { ask: TEXTS[1] }] });
    const second = await get(`/cache/entries?limit=2&after=${String(first.answer['next'])}`);
    expect(second.answer).toMatchObject({ next: null, entries: [{ ask: TEXTS[0], found_by: 'meaning' }] });
    expect((second.answer['entries'] as object[]).length).toBe(1);
  });

  test('are found by a text, nearest first, and shown with their answers', async () => {
    const { answer } = await post(
      '/cache/search',
      JSON.stringify({ text: 'How tall is the tower of Eiffel?', limit: 2 }),
    );
    expect(answer).toMatchObject({ entries: [{ ask: TEXTS[1], similarity: expect.any(Number) }, {}] });
    const shown = await get(`/cache/entries/${await idOf('How tall is the tower of Eiffel?')}`);
    expect(shown.answer).toMatchObject({
      ask: TEXTS[1],
      model: 'small',
      decision: 'default',
      pinned: false,
      created: new Date(world.clock.at).toISOString(),
      answer: { choices: [{ message: { content: `${TEXTS[1]}!` } }] },
    });
  });

  test('are pinned, unpinned and evicted', async () => {
    const id = await idOf('Eiffel');
    expect((await post(`/cache/entries/${id}/pin`, '{}')).answer).toEqual({ id, pinned: true });
    expect(store.get(id)?.pinned).toBe(true);
    expect((await post(`/cache/entries/${id}/unpin`, '{}')).answer).toEqual({ id, pinned: false });
    expect((await post(`/cache/entries/${id}/evict`, '{}')).answer).toEqual({ id, evicted: true });
    for (const what of ['evict', 'pin', 'unpin']) {
      const { status, answer } = await post(`/cache/entries/${id}/${what}`, '{}');
      expect([status, answer]).toEqual([404, refused('not_found', 'no such entry')]);
    }
    expect((await get(`/cache/entries/${id}`)).status).toBe(404);
  });

  test('are counted, and forgotten all at once', async () => {
    expect((await get('/cache/stats')).answer).toMatchObject({ entries: 3, evictions: 0 });
    expect((await post('/cache/flush', '{}')).answer).toEqual({ flushed: true });
    expect((await get('/cache/stats')).answer).toMatchObject({ entries: 0, bytes: 0 });
  });

  test('keep their texts to themselves where the policy hides prompts', async () => {
    const hidden = await serving(false);
    await post('/cache/warm', rows(TEXTS), { url: hidden.admin.url });
    const listed = await get('/cache/entries', hidden.admin.url);
    const found = await post('/cache/search', '{"text": "tower"}', { url: hidden.admin.url });
    const [first] = listed.answer['entries'] as { id: string }[];
    const shown = await get(`/cache/entries/${first?.id}`, hidden.admin.url);
    expect(shown.answer).toMatchObject({ id: first?.id, model: 'small' });
    for (const { answer } of [listed, found, shown]) {
      expect(JSON.stringify(answer)).not.toMatch(/tower|Faust|France/);
    }
    expect(await get('/cache/export', hidden.admin.url)).toEqual({
      status: 403,
      answer: refused('not_allowed', 'show_prompts: true'),
    });
  });
});

describe('export and import', () => {
  beforeEach(async () => {
    await post('/cache/warm', rows(TEXTS));
    store.pin(await idOf('Eiffel'), true);
  });

  test.each(['?vectors=true', '?vectors=false', ''])('bring everything over (%s)', async (query) => {
    const other = await serving(true);
    const lines = await exported(query);
    const calls = world.encoder.calls;
    const { answer } = await post('/cache/import', lines, {
      url: other.admin.url,
      type: 'application/jsonl',
    });
    expect(answer).toEqual({ imported: 3, expired: 0, refused_count: 0, refused: [] });
    expect(world.encoder.calls - calls).toBe(query === '?vectors=true' ? 0 : 3);
    const sorted = (from: MemoryStore) =>
      from.list({ limit: 9 }).entries.toSorted((one, two) => (one.id < two.id ? -1 : 1));
    expect(sorted(other.store)).toEqual(sorted(store));
  });

  test('of many entries tells how many there are', async () => {
    for (let part = 0; part < 4; part += 1) {
      const texts = Array.from({ length: 20 }, (_, at) => `question ${part} number ${at}`);
      await post('/cache/warm', rows(texts));
    }
    const lines = (await exported()).trimEnd().split('\n');
    expect(lines).toHaveLength(85);
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ sextant_cache_end: 1, entries: 83 });
  });

  test('leave out what expired on the way', async () => {
    const lines = await exported();
    world.clock.at += 61_000;
    expect((await post('/cache/import', lines)).answer).toMatchObject({ imported: 0, expired: 3 });
  });

  test('refuse line by line what was changed or is no JSON', async () => {
    const [header = '', first = '', ...rest] = (await exported()).split('\n');
    const changed = first.replace('"ask":"', '"ask":"not ');
    const body = [header, changed, '', '{"a"', ...rest].join('\n');
    expect((await post('/cache/import', body)).answer).toEqual({
      ...{ imported: 2, expired: 0, refused_count: 2 },
      refused: [
        { line: 2, code: 'invalid_field', message: expect.stringContaining('changed after') },
        { line: 4, code: 'invalid_json', message: expect.any(String) },
      ],
    });
  });

  test('refuse the whole under another secret, and without the first line', async () => {
    const lines = await exported();
    const other = await serving(true, new Uint8Array(32).fill(1));
    const foreign = await post('/cache/import', lines, { url: other.admin.url });
    expect(foreign).toEqual({ status: 400, answer: refused('invalid_field', 'another secret') });
    const [, ...headless] = lines.split('\n');
    expect((await post('/cache/import', headless.join('\n'))).answer).toEqual(
      refused('invalid_field', 'not that of an export'),
    );
    expect((await post('/cache/import', '\n')).answer).toEqual(refused('invalid_field', 'empty'));
    expect((await post('/cache/import', '{"a"')).answer).toEqual(refused('invalid_json', /./));
    expect((await post('/cache/import', '{}\n'.repeat(1025))).answer).toEqual(
      refused('invalid_field', 'more than 1024 lines'),
    );
  });

  test('tell of an encoder that is too busy, line by line', async () => {
    const lines = await exported();
    world.encoder.failure = new Error('busy with Faust');
    const { answer } = await post('/cache/import', lines);
    expect(answer).toMatchObject({
      imported: 0,
      refused_count: 3,
      refused: [{ code: 'internal_error' }, {}, {}],
    });
    expect(JSON.stringify(answer)).not.toContain('Faust');
  });

  test('one at a time: a client that reads on holds the place until it goes', async () => {
    const { service } = world;
    const route = exportRoute({
      backend: store,
      encoder: service.encoder,
      secret: service.secret,
      showPrompts: true,
    });
    const ask = async () =>
      route.page({ request: {} as IncomingMessage, params: [], query: new URLSearchParams() });
    const first = await ask();
    await expect(ask()).rejects.toMatchObject({ code: 'overloaded' });
    await first.more?.return();
    await (await ask()).more?.return();
  });

  test('by HEAD gives the place back', async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      expect((await fetch(`${admin.url}/cache/export`, { method: 'HEAD' })).status).toBe(200);
    }
    expect(await exported()).toContain('sextant_cache_end');
  });
});

describe('warming', () => {
  test('fills the cache for its caller alone', async () => {
    const { answer } = await post('/cache/warm', rows([TEXTS[0] ?? '']), { type: 'application/jsonl' });
    expect(answer).toMatchObject({ warmed: 1 });
    const asks = async (authorization: string) => {
      const open = exchangesOf({ ...world.service, store });
      const { exchange } = await ask(open, chat(TEXTS[0] ?? ''), head({}, { authorization }));
      exchange.close();
      return world.records.at(-1)?.cache;
    };
    expect(await asks('Bearer a')).toBe('hit-exact');
    expect(await asks('Bearer b')).toBe('miss');
  });

  test('tells which lines stay out and why, and repeats nothing of them', async () => {
    const body = [
      rows(['good one']),
      '{"question": "secret words"}',
      '{"question": "secret words", "answer": "b"}',
      '{"question": "a", "answer": "b", "secret words": 1}',
      '["secret words"]',
      rows(['good two'], { route: 'elsewhere' }),
    ].join('\n');
    const { answer } = await post('/cache/warm', body);
    expect(answer).toEqual({
      ...{ warmed: 1, refused_count: 5 },
      refused: [
        { line: 2, code: 'invalid_field', message: expect.stringContaining('answer must be') },
        { line: 3, code: 'invalid_field', message: expect.stringContaining('nobody is named') },
        { line: 4, code: 'invalid_field', message: expect.stringContaining('a field besides') },
        { line: 5, code: 'invalid_json', message: expect.any(String) },
        { line: 6, code: 'invalid_field', message: expect.stringContaining('no such route') },
      ],
    });
    expect(JSON.stringify(answer)).not.toContain('secret words');
  });

  test('tells of a hundred lines and counts the rest', async () => {
    const { answer } = await post('/cache/warm', '{}\n'.repeat(150));
    expect(answer).toMatchObject({ warmed: 0, refused_count: 150 });
    expect(answer['refused']).toHaveLength(100);
  });
});

describe('a request is refused', () => {
  test.each<[string, string, string, string | RegExp]>([
    ['/cache/search', '{}', 'missing_field', 'text is missing'],
    ['/cache/search', '{"text": " "}', 'invalid_field', 'not empty'],
    ['/cache/search', '{"text": "a", "limit": 0}', 'invalid_field', 'from 1 to 100'],
    ['/cache/search', '{"text": "a", "limit": 1.5}', 'invalid_field', 'from 1 to 100'],
    ['/cache/search', '{"text": "a", "near": 1}', 'invalid_field', 'besides text and limit'],
    ['/cache/flush', '{"tenant": "acme"}', 'invalid_field', 'says nothing here'],
    ['/cache/entries/id-0/pin', '[]', 'invalid_json', /./],
    ['/cache/warm', '{}\n'.repeat(257), 'invalid_field', 'more than 256 lines'],
  ])('POST %s with %s', async (path, body, code, message) => {
    expect(await post(path, body)).toEqual({ status: 400, answer: refused(code, message) });
  });

  test.each<[string, number, string, string]>([
    ['/cache/entries?limit=0', 400, 'invalid_field', 'limit must be'],
    ['/cache/entries?limit=1001', 400, 'invalid_field', 'limit must be'],
    ['/cache/entries?limit=1e2', 400, 'invalid_field', 'limit must be'],
    ['/cache/entries?after=a%20or%201', 400, 'invalid_field', 'after must be'],
    ['/cache/entries?after=x', 400, 'invalid_field', 'after'],
    ['/cache/entries/..%2f', 404, 'not_found', 'no such entry'],
    ['/cache/export?vectors=yes', 400, 'invalid_field', 'true or false'],
  ])('GET %s', async (path, status, code, message) => {
    expect(await get(path)).toEqual({ status, answer: refused(code, message) });
  });

  test.each(['/cache/flush', '/cache/entries/id-0/evict', '/cache/warm', '/cache/import', '/cache/search'])(
    'when a form of a web page sends it to %s',
    async (path) => {
      const { status, answer } = await post(path, '{}', { type: 'text/plain' });
      expect([status, answer]).toEqual([415, refused('unsupported_encoding', 'application/json')]);
    },
  );

  test.each([
    ['127.0.0.1:9900', 200],
    ['[::1]:9900', 200],
    ['LOCALHOST', 200],
    ['sextant.example:80', 200],
    ['evil.example:9900', 403],
    ['127.0.0.1.evil.example', 403],
    ['[evil]', 403],
  ])('by its host: %p gets %i', async (host, expected) => {
    const { port } = new URL(admin.url);
    const status = await new Promise((resolve, reject) => {
      const asked = httpRequest(
        { host: '127.0.0.1', port, path: '/cache/stats', headers: { host } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      asked.on('error', reject).end();
    });
    expect(status).toBe(expected);
  });
});
