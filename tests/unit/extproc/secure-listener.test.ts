import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { credentials } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type SecureServer, secureServer } from '../../../src/extproc/secure-listener.js';
import { type ExtProcServer, startExtProcServer } from '../../../src/extproc/server.js';
import { noLogger, noTelemetry } from '../../../src/telemetry/contract.js';
import { makeCertificate } from '../../support/certificate.js';
import { extProcClient } from '../../support/ext-proc-client.js';
import { waitUntil } from '../../support/ports.js';
import { scriptedExchange } from '../../support/scripted-exchange.js';
import { headersOf } from '../../support/wire-messages.js';

const HEAD = { request_headers: headersOf({ ':method': 'POST', ':path': '/v1/chat/completions' }) };

interface Pair {
  readonly cert: string;
  readonly key: string;
}

let folder: string;
let ours: Pair;
let strangers: Pair;
const open: { close(): unknown }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sx-tls-'));
  const make = (name: string) => {
    mkdirSync(join(folder, name));
    return makeCertificate(join(folder, name));
  };
  [ours, strangers] = await Promise.all([make('ours'), make('strangers')]);
});
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(clientCaFile?: string): Promise<ExtProcServer> {
  const server = await startExtProcServer({
    address: '127.0.0.1:0',
    tls: { certFile: ours.cert, keyFile: ours.key, clientCaFile },
    open: scriptedExchange({}, []),
    bodyBytesMax: 1024,
    logger: noLogger,
    telemetry: noTelemetry,
  });
  open.push(server);
  return server;
}

/** How a stream of somebody who shows this fares: its first reply, or the code it ends with. */
async function asked(address: string, shown?: Pair): Promise<unknown> {
  const [key, cert] =
    shown === undefined ? [null, null] : [readFileSync(shown.key), readFileSync(shown.cert)];
  const client = extProcClient(address, credentials.createSsl(readFileSync(ours.cert), key, cert));
  open.push(client);
  const stream = client.open();
  stream.send(HEAD);
  const reply = await stream.next();
  stream.halfClose();
  return reply ?? (await stream.ended).code;
}

const UNAVAILABLE = 14;

test('whoever shows a certificate of the right signer is served, and nobody else', async () => {
  const { address } = await start(ours.cert);
  expect(await asked(address, ours)).toMatchObject({ request_headers: {} });
  expect(await asked(address, strangers)).toBe(UNAVAILABLE);
  expect(await asked(address)).toBe(UNAVAILABLE);
});

test('without client_ca anybody is served, by TLS only', async () => {
  const { address } = await start();
  expect(await asked(address)).toMatchObject({ request_headers: {} });
  const plain = extProcClient(address);
  open.push(plain);
  const stream = plain.open();
  stream.send(HEAD);
  expect((await stream.ended).code).toBe(UNAVAILABLE);
});

test('it drains as it does without TLS', async () => {
  const server = await start(ours.cert);
  expect(await asked(server.address, ours)).toMatchObject({ request_headers: {} });
  await server.drain({ lameDuckMs: 0, graceMs: 1000 });
  expect(await asked(server.address, ours)).toBe(UNAVAILABLE);
});

test.each([
  [
    'a file is missing',
    () => ({ certFile: join(folder, 'none.pem'), keyFile: ours.key }),
    /none\.pem cannot be read \(ENOENT\)/,
  ],
  [
    'the key is of another',
    () => ({ certFile: ours.cert, keyFile: strangers.key }),
    /are no certificate and its key/,
  ],
])('it does not start when %s', async (_, tls, said) => {
  const starting = secureServer(tls(), { onConnection: () => undefined, logger: noLogger });
  await expect(starting).rejects.toThrow(said);
});

async function shownBy({ server }: SecureServer): Promise<string> {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return new Promise((resolve, reject) => {
    const socket = connect({
      port: address.port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ALPNProtocols: ['h2'],
    });
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

test('a new certificate is shown without a restart; one that cannot be used is not', async () => {
  const tls = { certFile: join(folder, 'now.pem'), keyFile: join(folder, 'now.key') };
  const write = ({ cert, key }: Pair) => {
    copyFileSync(cert, tls.certFile);
    copyFileSync(key, tls.keyFile);
  };
  write(ours);
  const said: string[] = [];
  const note = (_: unknown, message: string) => void said.push(message);
  const secured = await secureServer(tls, {
    onConnection: (socket) => socket.destroy(),
    logger: { info: note, warn: note, error: note },
    rereadIntervalMs: 5,
  });
  await new Promise<void>((resolve) => secured.server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => secured.server.close() }, { close: () => secured.stop() });
  const before = await shownBy(secured);
  writeFileSync(tls.certFile, 'nothing');
  await waitUntil('the warning', async () =>
    said.some((line) => line.includes('the certificate before it stays')),
  );
  expect(await shownBy(secured)).toBe(before);
  write(strangers);
  await waitUntil('the new one', async () => (await shownBy(secured)) !== before);
  expect(said.at(-1)).toBe('extproc.tls: the certificate was read again');
  expect(said.filter((line) => line.includes('stays')).length).toBeLessThanOrEqual(2);
});

test('who speaks no TLS is let go', async () => {
  const server = await start();
  const port = Number(server.address.split(':').at(-1));
  const socket = connectPlain({ port, host: '127.0.0.1' });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await closed;
});
