import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Listening } from '../../../src/admin/listen.js';
import { startProbes } from '../../../src/admin/probes.js';
import { ask } from '../../support/http.js';

let ready = false;
let probes: Listening;
beforeAll(async () => {
  const metrics = { contentType: 'text/plain; version=0.0.4', text: async () => 'up 1\n' };
  probes = await startProbes({ address: '127.0.0.1', port: 0, ready: () => ready, metrics });
});
afterAll(() => probes.close());

test('tell whether we live, whether we are ready, and figures, by any name', async () => {
  const headers = { host: 'sextant.default.svc:9901' };
  const of = async (path: string) => {
    const { status, text } = await ask(probes.url, { method: 'GET', path, headers });
    return [status, text];
  };
  expect(await of('/healthz')).toEqual([200, 'ok\n']);
  expect(await of('/readyz')).toEqual([503, 'not ready\n']);
  ready = true;
  expect(await of('/readyz')).toEqual([200, 'ready\n']);
  expect(await of('/metrics')).toEqual([200, 'up 1\n']);
});

test.each(['/', '/access', '/explain', '/classify', '/cache/entries', '/learning', '/config', '/%68ealthz'])(
  'have no page %s',
  async (path) => {
    for (const method of ['GET', 'POST'])
      expect((await ask(probes.url, { method, path, body: '{}' })).status).toBe(404);
  },
);

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])('take no %s', async (method) => {
  expect((await ask(probes.url, { method, path: '/metrics' })).status).toBe(405);
});

/** Sends bytes as they are and gives back what came before the other side hung up. */
function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(probes.url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('data', (piece) => {
      text += String(piece);
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

test.each([
  ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400/],
  ['a tunnel', 'CONNECT 10.0.0.1:80 HTTP/1.1\r\nhost: a\r\n\r\n', /^$/],
  [
    'two lengths',
    'POST /metrics HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    /^HTTP\/1\.1 400/,
  ],
  [
    'a length and chunks',
    'POST /metrics HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    /^HTTP\/1\.1 400/,
  ],
  [
    'a head beyond 16 KiB',
    `GET /metrics HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(17_000)}\r\n\r\n`,
    /^HTTP\/1\.1 431/,
  ],
  [
    'the address of another host',
    'GET http://evil.example/metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    /^HTTP\/1\.1 404/,
  ],
])('take %s for what it is', async (_, bytes, said) => {
  expect(await raw(bytes)).toMatch(said);
});
