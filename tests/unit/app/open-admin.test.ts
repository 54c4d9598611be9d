import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { shown } from '../../../src/admin/page.js';
import { type OpenedAdmin, openAdmin } from '../../../src/app/open-admin.js';
import { makeCertificate } from '../../support/certificate.js';
import { goodConfig } from '../../support/config.js';
import { ask } from '../../support/http.js';
import { listening } from '../../support/ports.js';

const TOKEN = '0123456789abcdef';
const BASE =
  'models: [{ name: small, endpoints: ["127.0.0.1:1"], context_window: 1000 }]\ndefault_model: small\n';

let folder: string;
let ours: string;
let others: string;
const open: OpenedAdmin[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sextant-admin-'));
  [ours, others] = [mkdtempSync(join(folder, 'ours-')), mkdtempSync(join(folder, 'others-'))];
  await Promise.all([makeCertificate(ours), makeCertificate(others)]);
  writeFileSync(join(folder, 'token'), TOKEN, { mode: 0o600 });
}, 60_000);
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function configOf(sections: object) {
  const lines = Object.entries(sections).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return goodConfig(BASE + lines.join('\n'), join(folder, 'sextant.yaml'));
}

async function start(sections: object, later: () => object = () => sections): Promise<OpenedAdmin> {
  const opened = await openAdmin(configOf(sections), {
    now: () => configOf(later()),
    ready: () => true,
    metrics: { contentType: 'text/plain', text: async () => 'up 1\n' },
    classify: async () => ({}),
    routes: [{ method: 'POST', path: '/change', page: () => shown({ changed: true }) }],
  });
  open.push(opened);
  return opened;
}

/** Status of `POST /change`, or the code of the error by which the connection ended. */
function change(url: string, options: RequestOptions = {}): Promise<number | string> {
  const { headers, ...tls } = options;
  const ca = readFileSync(join(ours, 'server.pem'));
  return new Promise((resolve) => {
    const asked = request(
      new URL('/change', url),
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        ca,
        agent: false,
        ...tls,
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    asked.end('{}');
  });
}

const pair = (from: string) => ({
  cert: readFileSync(join(from, 'server.pem')),
  key: readFileSync(join(from, 'server.key')),
});
const TLS = () => ({ certificate: join(ours, 'server.pem'), key: join(ours, 'server.key') });
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

test('TLS keeps a token from whoever listens', async () => {
  const { url, probeUrl } = await start({ admin: { port: 0, token_file: 'token', tls: TLS() } });
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(probeUrl).toBeUndefined();
  expect(await change(url, bearer(TOKEN))).toBe(200);
  expect(await change(url, bearer('0123456789abcdeF'))).toBe(401);
  expect(await change(url)).toBe(401);
  expect(await change(url, { ...bearer(TOKEN), maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).not.toBe(200);
  await expect(ask(url.replace('https', 'http'), { path: '/change', ...bearer(TOKEN) })).rejects.toThrow();
});

test('where clients show certificates, nobody connects without one of ours', async () => {
  const tls = { ...TLS(), client_ca: join(ours, 'server.pem') };
  const { url } = await start({ admin: { address: '0.0.0.0', port: 0, allow_remote: true, tls } });
  const local = url.replace('0.0.0.0', '127.0.0.1');
  expect(await change(local, pair(ours))).toBe(200);
  expect(await change(local, pair(others))).not.toBe(200);
  expect(await change(local)).not.toBe(200);
});

test('a certificate does not stand in for a token that is asked for', async () => {
  const tls = { ...TLS(), client_ca: join(ours, 'server.pem') };
  const { url } = await start({ admin: { port: 0, read_only_token_file: 'token', tls } });
  expect(await change(url, pair(ours))).toBe(401);
  expect(await change(url, { ...pair(ours), ...bearer(TOKEN) })).toBe(403);
});

test('tokens follow the config that is served', async () => {
  const admin = { port: 0, token_file: 'token' };
  let now: object = { admin };
  const { url } = await start({ admin }, () => now);
  const status = async () => (await ask(url, { path: '/change', body: '{}', ...bearer(TOKEN) })).status;
  expect(await status()).toBe(200);
  now = { admin: { port: 0, read_only_token_file: 'token' } };
  expect(await status()).toBe(403);
});

test('probes have a listener of their own, which knows no other page', async () => {
  const { url, probeUrl = '' } = await start({ admin: { port: 0 }, probe: { port: 0 } });
  expect(new URL(probeUrl).port).not.toBe(new URL(url).port);
  expect((await ask(probeUrl, { method: 'GET', path: '/readyz' })).status).toBe(200);
  expect((await ask(probeUrl, { path: '/change', body: '{}' })).status).toBe(404);
  expect((await ask(url, { path: '/change', body: '{}' })).status).toBe(200);
});

test('what cannot be opened leaves nothing open', async () => {
  const occupant = createServer();
  const port = await listening(occupant);
  const free = await start({ admin: { port: 0 } });
  const own = Number(new URL(free.url).port);
  await open.pop()?.close();
  await expect(start({ admin: { port: own }, probe: { port } })).rejects.toThrow(
    `probe listener cannot use 127.0.0.1:${port}`,
  );
  await expect(ask(`http://127.0.0.1:${own}`, { method: 'GET', path: '/healthz' })).rejects.toThrow();
  occupant.close();
  const tls = { ...TLS(), key: join(folder, 'none.key') };
  await expect(start({ admin: { port: 0, tls } })).rejects.toThrow('none.key');
});
