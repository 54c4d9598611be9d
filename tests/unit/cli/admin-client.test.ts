import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { shown } from '../../../src/admin/page.js';
import { type AdminServer, startAdmin } from '../../../src/admin/server.js';
import { Secret } from '../../../src/lib/secret.js';
import { listening } from '../../support/ports.js';
import { sextant } from '../../support/sextant.js';

// The first command of each kind loads what it needs.
jest.setTimeout(60_000);

const OPERATE = 'operate-0123456789abcdef';
const READ = 'read-0123456789abcdef';
const STATS = { entries: 0, bytes: 0, pinned: 0, evictions: 0 };

let folder: string;
let admin: AdminServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-admin-client-'));
  admin = await startAdmin({
    ...{ address: '127.0.0.1', port: 0, ready: () => true, classify: async () => ({}) },
    metrics: { contentType: 'text/plain', text: async () => '' },
    access: () => ({
      hosts: [],
      tokens: [
        { role: 'operate', secret: new Secret(OPERATE) },
        { role: 'read', secret: new Secret(READ) },
      ],
      clientsVerified: false,
    }),
    routes: [
      { method: 'GET', path: '/cache/stats', page: () => shown(STATS) },
      { method: 'POST', path: '/cache/flush', page: () => shown({ flushed: true }) },
    ],
  });
});
afterAll(async () => {
  await admin.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  delete process.env['SEXTANT_ADMIN_TOKEN'];
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const cache = (...args: readonly string[]) => sextant('cache', ...args, '--admin', admin.url);

describe('a command shows its token', () => {
  test('of a file', async () => {
    const path = file('operate', `${OPERATE}\n`);
    expect(await cache('stats', '--token-file', path)).toMatchObject({ status: 0 });
    expect(await cache('flush', '--yes', '--token-file', path)).toMatchObject({ status: 0 });
  });

  test('of the environment', async () => {
    process.env['SEXTANT_ADMIN_TOKEN'] = READ;
    expect(await cache('stats')).toMatchObject({ status: 0 });
    const refused = await cache('flush', '--yes');
    expect(refused).toMatchObject({ status: 1, err: expect.stringContaining('may only read') });
  });

  test('of the config that names the listener', async () => {
    file('read', READ);
    const models = 'models: [{ name: small, endpoints: ["127.0.0.1:1"], context_window: 1000 }]';
    const { port } = new URL(admin.url);
    const config = file(
      'sextant.yaml',
      `${models}\ndefault_model: small\nadmin: { port: ${port}, read_only_token_file: read }\n`,
    );
    expect(await sextant('cache', 'stats', '--config', config)).toMatchObject({ status: 0 });
  });
});

test('without a token it is said how to give one', async () => {
  const refused = await cache('stats');
  expect(refused).toMatchObject({ status: 1, out: '', err: expect.stringContaining('--token-file') });
});

test.each([
  ['that is not there', () => join(folder, 'none'), 'no readable file'],
  ['of two lines', () => file('two', 'a\nb'), 'more than one line'],
])('a file %s is told', async (_, path, said) => {
  const refused = await cache('stats', '--token-file', path());
  expect(refused).toMatchObject({ status: 1, err: expect.stringContaining(`--token-file leads to`) });
  expect(refused.err).toContain(said);
});

test('a token is taken to no other place than the one that was named', async () => {
  const heard: (string | undefined)[] = [];
  const serve = async (answer: (server: Server) => Server) => {
    const server = answer(createServer());
    return { server, port: await listening(server) };
  };
  const other = await serve((server) =>
    server.on('request', (request, response) => {
      heard.push(request.headers.authorization);
      response.end('{}');
    }),
  );
  const target = `http://127.0.0.1:${other.port}/cache/stats`;
  const moved = await serve((server) =>
    server.on('request', (_, response) => response.writeHead(307, { location: target }).end()),
  );
  process.env['SEXTANT_ADMIN_TOKEN'] = OPERATE;
  const url = `http://127.0.0.1:${moved.port}`;
  expect(await sextant('cache', 'stats', '--admin', url)).toMatchObject({ status: 1 });
  expect(heard).toEqual([]);
  for (const { server } of [other, moved]) {
    server.closeAllConnections();
    server.close();
  }
});
