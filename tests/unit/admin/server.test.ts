import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type AdminServer, startAdmin } from '../../../src/admin/server.js';

let ready = false;
let text: () => Promise<string> = async () => 'up 1\n';
const classify = async () => ({});
let admin: AdminServer;

beforeEach(async () => {
  const metrics = { contentType: 'text/plain; version=0.0.4', text: () => text() };
  admin = await startAdmin({ address: '127.0.0.1', port: 0, ready: () => ready, metrics, classify });
});
afterEach(() => admin.close());

async function ask(path: string, method = 'GET') {
  const response = await fetch(`${admin.url}${path}`, { method });
  return [response.status, response.headers.get('content-type'), await response.text()];
}

test('says that it lives, and whether it is ready', async () => {
  const plain = 'text/plain; charset=utf-8';
  expect(await ask('/healthz')).toEqual([200, plain, 'ok\n']);
  expect(await ask('/readyz?verbose')).toEqual([503, plain, 'not ready\n']);
  ready = true;
  expect(await ask('/readyz')).toEqual([200, plain, 'ready\n']);
  expect(await ask('/readyz', 'HEAD')).toEqual([200, plain, '']);
});

test('shows the metrics, and a failure to collect them is a 500 that tells nothing', async () => {
  expect(await ask('/metrics')).toEqual([200, 'text/plain; version=0.0.4', 'up 1\n']);
  text = () => Promise.reject(new Error('a secret'));
  expect(await ask('/metrics')).toEqual([500, 'text/plain; charset=utf-8', 'failed\n']);
});

test.each([
  ['/', 'GET'],
  ['/../readyz/x', 'GET'],
])('knows nothing of %s by %s', async (path, method) => {
  expect(await ask(path, method)).toEqual([
    404,
    'text/plain; charset=utf-8',
    expect.stringContaining('Nothing here'),
  ]);
});

test('says by which method a page is to be asked for', async () => {
  const response = await fetch(`${admin.url}/readyz`, { method: 'POST' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  expect(await response.json()).toMatchObject({ error: { message: '/readyz takes GET.' } });
});

test('says which port is taken', async () => {
  const port = Number(new URL(admin.url).port);
  const metrics = { contentType: '', text: async () => '' };
  const second = startAdmin({ address: '127.0.0.1', port, ready: () => true, metrics, classify });
  await expect(second).rejects.toThrow(`cannot use 127.0.0.1:${port}: `);
});
