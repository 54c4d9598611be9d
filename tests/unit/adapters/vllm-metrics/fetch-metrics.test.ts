import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createMetricsFetcher } from '../../../../src/adapters/vllm-metrics/fetch-metrics.js';
import { makeCertificate } from '../../../support/certificate.js';
import { listening } from '../../../support/ports.js';

const servers: Server[] = [];
const fetcher = createMetricsFetcher({ path: '/metrics', timeoutMs: 1500 });

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => fetcher.close());

function begun(server: Server): Promise<number> {
  servers.push(server);
  return listening(server);
}

function plain(handler: RequestListener): Promise<number> {
  return begun(createServer(handler));
}

const ask = (port: number) => fetcher.fetch({ address: '127.0.0.1', port, tls: undefined });

describe('metrics are fetched', () => {
  test('by their path, without any key, over one connection', async () => {
    const seen: (string | undefined)[] = [];
    const ports = new Set<number | undefined>();
    const port = await plain((request, response) => {
      seen.push(request.url, request.headers.authorization);
      ports.add(request.socket.remotePort);
      response.end('a 1\n');
    });
    expect(await ask(port)).toBe('a 1\n');
    expect(await ask(port)).toBe('a 1\n');
    expect(seen).toEqual(['/metrics', undefined, '/metrics', undefined]);
    expect(ports.size).toBe(1);
  });

  test.each([
    ['another status', 'status 404', (_, response) => response.writeHead(404).end('no')],
    ['another place', 'status 302', (_, response) => response.writeHead(302, { location: '/' }).end()],
    ['an endless text', 'more than', (_, response) => response.end(Buffer.alloc(5 * 1024 * 1024))],
    ['silence', 'aborted', () => undefined],
    ['a hang-up', 'aborted|hang up', (request) => request.socket.destroy()],
  ] as const satisfies readonly (readonly [string, string, RequestListener])[])(
    'or not, with %s',
    async (_, message, handler) => {
      await expect(ask(await plain(handler))).rejects.toThrow(new RegExp(message));
    },
  );
});

describe('by TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sextant-metrics-'));
  let files: { readonly cert: string; readonly key: string; readonly ca: string };
  beforeAll(async () => {
    files = await makeCertificate(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const served = async () => {
    const settings = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
    return begun(createTlsServer(settings, (_, response) => response.end('a 1\n')) as Server);
  };
  const tls = { ca: undefined, serverName: undefined, cert: undefined, key: undefined };

  test('of a server that the pool’s own authority vouches for', async () => {
    const server = { address: '127.0.0.1', port: await served() };
    const known = { ...tls, ca: readFileSync(files.ca), serverName: 'localhost' };
    expect(await fetcher.fetch({ ...server, tls: known })).toBe('a 1\n');
    const mutual = { ...known, cert: readFileSync(files.cert), key: readFileSync(files.key) };
    expect(await fetcher.fetch({ ...server, tls: mutual })).toBe('a 1\n');
  });

  test('and of no other', async () => {
    const server = { address: '127.0.0.1', port: await served() };
    await expect(fetcher.fetch({ ...server, tls })).rejects.toThrow(/self-signed/);
    const elsewhere = { ...tls, ca: readFileSync(files.ca), serverName: 'example.org' };
    await expect(fetcher.fetch({ ...server, tls: elsewhere })).rejects.toThrow(/example\.org/);
  });
});
