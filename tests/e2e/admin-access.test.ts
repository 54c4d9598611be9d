import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createSextant, type Sextant } from '../../src/index.js';
import { ensureBuilt } from '../support/built.js';
import { type Answer, ask } from '../support/http.js';

const OPERATE = 'operate-0123456789abcdef';
const READ = 'read-0123456789abcdef';
/** What tells nothing that anybody sent, or is the dashboard before somebody has signed in. */
const OPEN = ['GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /access', 'GET /', 'GET /assets/*'];
/** What looks, and takes a body to do so. */
const READING = ['POST /classify', 'POST /explain', 'POST /cache/search'];
/** What looks, and is more than a look. */
const TAKING = ['GET /cache/export'];

let folder: string;
let sextant: Sextant;
let pages: readonly string[];

beforeAll(async () => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'sextant-access-'));
  for (const [name, token] of Object.entries({ operate: OPERATE, read: READ }))
    writeFileSync(join(folder, name), `${token}\n`, { mode: 0o600 });
  sextant = await createSextant({
    folder,
    config: {
      models: [{ name: 'small', endpoints: ['127.0.0.1:9'], context_window: 32_000 }],
      default_model: 'small',
      extproc: { socket: join(folder, 'x.sock') },
      semantic_cache: { enabled: true, backend_type: 'memory', scope: 'public' },
      admin: { port: 0, token_file: 'operate', read_only_token_file: 'read' },
    },
  });
  const { text } = await askFor('GET /nowhere', {});
  pages = (/Try (.*)\.\n$/.exec(text)?.[1] ?? '')
    .split(', ')
    .map((page) => (page.startsWith('POST ') ? page : `GET ${page}`));
}, 180_000);
afterAll(async () => {
  await sextant?.close();
  rmSync(folder, { recursive: true, force: true });
});

function askFor(page: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const [method = '', path = ''] = page.split(' ');
  const asked = { method, path: path.replaceAll('*', 'x'), headers };
  return ask(sextant.adminUrl, method === 'POST' ? { ...asked, body: '{}' } : asked);
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('every page is known', () => {
  expect(pages.length).toBeGreaterThan(15);
  expect(pages).toEqual(expect.arrayContaining([...READING, ...TAKING, 'POST /cache/flush']));
});

test('nothing but what is open answers without a token', async () => {
  for (const page of pages) {
    const { status } = await askFor(page, {});
    expect([page, status === 401]).toEqual([page, !OPEN.includes(page)]);
  }
});

test('a token that may read changes nothing, and takes nothing away', async () => {
  for (const page of pages) {
    const forbidden = page.startsWith('POST ') ? !READING.includes(page) : TAKING.includes(page);
    if (page === 'GET /live/events') continue;
    const { status, text } = await askFor(page, bearer(READ));
    expect([page, status === 403 && text.includes('may only read')]).toEqual([page, forbidden]);
  }
});

test('no web page of another site, and no name of its own, gets anything with a good token', async () => {
  for (const page of pages.filter((each) => !OPEN.includes(each))) {
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect([page, (await askFor(page, { ...bearer(OPERATE), ...foreign })).status]).toEqual([page, 403]);
    const rebound = { host: 'evil.example' };
    expect([page, (await askFor(page, { ...bearer(OPERATE), ...rebound })).status]).toEqual([page, 403]);
  }
});

test('no page can be framed, and none shows a token', async () => {
  for (const page of pages.filter((each) => each.startsWith('GET ') && each !== 'GET /live/events')) {
    const { headers, text } = await askFor(page, bearer(OPERATE));
    expect([page, headers['x-frame-options']]).toEqual([page, 'DENY']);
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(text).not.toContain(OPERATE);
    expect(text).not.toContain(READ);
  }
});

test('a path is taken as it is sent', async () => {
  for (const path of ['/cache//entries', '/%63ache/entries', '/CACHE/entries', '/assets/..%2fcache/entries'])
    expect([path, (await askFor(`GET ${path}`, bearer(OPERATE))).status]).toEqual([path, 404]);
});
