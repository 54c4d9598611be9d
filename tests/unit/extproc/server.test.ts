import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentials, makeClientConstructor } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { service as healthService } from 'grpc-health-check';
import type { Verdict } from '../../../src/exchange/verdict.js';
import { SERVICE_NAME } from '../../../src/extproc/proto.js';
import { type ExtProcServer, startExtProcServer } from '../../../src/extproc/server.js';
import { noLogger, noTelemetry } from '../../../src/telemetry/contract.js';
import { extProcClient, freshSocket, socketFolder, type TestClient } from '../../support/ext-proc-client.js';
import { PLAIN_FORWARD, type Script, scriptedExchange } from '../../support/scripted-exchange.js';
import { headersOf } from '../../support/wire-messages.js';

const HEAD = { request_headers: headersOf({ ':method': 'POST', ':path': '/v1/chat/completions' }) };
const BODY_BYTES_MAX = 1024 * 1024;

const folder = { path: '', remove: () => {} };
const open: (ExtProcServer | TestClient)[] = [];

beforeAll(() => {
  Object.assign(folder, socketFolder());
});
afterAll(() => folder.remove());
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function start(
  address: string,
  script: Script = {},
  told: string[] = [],
): Promise<{ server: ExtProcServer; client: TestClient }> {
  const server = await startExtProcServer({
    address,
    open: scriptedExchange(script, told),
    bodyBytesMax: BODY_BYTES_MAX,
    logger: noLogger,
    telemetry: noTelemetry,
  });
  const client = extProcClient(server.address);
  open.push(server, client);
  return { server, client };
}

function unixAddress(): string {
  return `unix:${freshSocket(folder.path)}`;
}

function health(address: string, service: string): Promise<string> {
  const Client = makeClientConstructor(healthService as never, 'grpc.health.v1.Health');
  const client = new Client(address, credentials.createInsecure());
  return new Promise((resolve, reject) => {
    client['check']?.call(client, { service }, (error: Error | null, reply: { status: string }) => {
      client.close();
      if (error === null) resolve(reply.status);
      else reject(error);
    });
  });
}

describe('where it listens', () => {
  test.each(['127.0.0.1:0', ':0', '[::1]:0'])('serves on %s', async (address) => {
    const { server, client } = await start(address);
    expect(server.address).toMatch(address.startsWith('[') ? /^\[::1\]:\d+$/ : /^127\.0\.0\.1:[1-9]\d*$/);
    const stream = client.open();
    stream.send(HEAD);
    expect(await stream.next()).toMatchObject({ request_headers: {} });
    stream.halfClose();
  });

  test('serves on a socket that only its owner may use, and removes it', async () => {
    const address = unixAddress();
    const path = address.slice('unix:'.length);
    const { server, client } = await start(address);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const stream = client.open();
    stream.send(HEAD);
    expect(await stream.next()).toMatchObject({ request_headers: {} });
    await server.close();
    expect(existsSync(path)).toBe(false);
  });

  test('refuses a port that is taken', async () => {
    const { server } = await start('127.0.0.1:0');
    await expect(start(server.address)).rejects.toThrow(/cannot listen on 127.*EADDRINUSE/);
  });

  test('refuses a socket on which another server lives', async () => {
    const address = unixAddress();
    await start(address);
    await expect(start(address)).rejects.toThrow(/Another process serves on/);
    expect(await health(address, '')).toBe('NOT_SERVING');
  });

  test('takes the place of a socket that a killed process left', async () => {
    const address = unixAddress();
    const path = address.slice('unix:'.length);
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    await once(spawn(process.execPath, ['-e', script]), 'exit');
    expect(existsSync(path)).toBe(true);
    await start(address);
    expect(await health(address, '')).toBe('NOT_SERVING');
  });

  test('refuses a path that holds a file, a folder that is not there, a path too long, a bad address', async () => {
    const file = join(folder.path, 'file');
    writeFileSync(file, '');
    mkdirSync(join(folder.path, 'there'), { recursive: true });
    await expect(start(`unix:${file}`)).rejects.toThrow(/is not a socket/);
    await expect(start(`unix:${folder.path}/not/there.sock`)).rejects.toThrow(/folder of the socket/);
    await expect(start(`unix:/${'x'.repeat(107)}`)).rejects.toThrow(/has 108 bytes/);
    await expect(start('unix:here.sock')).rejects.toThrow(/not absolute/);
    await expect(start('localhost')).rejects.toThrow(/neither unix/);
    await expect(start('localhost:70000')).rejects.toThrow(/neither unix/);
  });
});

describe('health', () => {
  test.each(['', SERVICE_NAME])('follows setServing for "%s"', async (service) => {
    const { server } = await start(unixAddress());
    expect(await health(server.address, service)).toBe('NOT_SERVING');
    server.setServing(true);
    expect(await health(server.address, service)).toBe('SERVING');
    server.setServing(false);
    expect(await health(server.address, service)).toBe('NOT_SERVING');
  });
});

describe('message size', () => {
  test('a body of the full size is taken; a message beyond the margin ends the stream with an error', async () => {
    const told: string[] = [];
    const { client } = await start(unixAddress(), {}, told);
    const good = client.open();
    good.send(HEAD);
    await good.next();
    good.send({ request_body: { body: Buffer.alloc(BODY_BYTES_MAX, 'x'), end_of_stream: true } });
    expect(await good.next()).toHaveProperty('request_body');
    good.halfClose();
    const bad = client.open();
    bad.send(HEAD);
    await bad.next();
    bad.send({ request_body: { body: Buffer.alloc(BODY_BYTES_MAX * 3, 'x'), end_of_stream: true } });
    expect(await bad.next()).toBeUndefined();
    expect((await bad.ended).code).toBe(8);
    expect(told.filter((line) => line === 'close')).toHaveLength(2);
  });
});

describe('the end', () => {
  test('a client that goes away while the story thinks: closed once, no late reply', async () => {
    const told: string[] = [];
    let decide: (verdict: Verdict) => void = () => {};
    const requestBody = () => new Promise<Verdict>((resolve) => (decide = resolve));
    const { client } = await start(unixAddress(), { requestBody }, told);
    const stream = client.open();
    stream.send(HEAD);
    await stream.next();
    stream.send({ request_body: { body: Buffer.from('{}'), end_of_stream: true } });
    await until(() => told.some((line) => line.startsWith('requestBody')));
    stream.cancel();
    await until(() => told.includes('close'));
    decide(PLAIN_FORWARD);
    expect((await stream.ended).code).toBe(1);
    expect(told.filter((line) => line === 'close')).toHaveLength(1);
  });

  test('half a close while a reply is owed is answered with an error, never with a clean end', async () => {
    const { client } = await start(unixAddress(), { requestBody: () => new Promise<Verdict>(() => {}) });
    const stream = client.open();
    stream.send(HEAD);
    await stream.next();
    stream.send({ request_body: { body: Buffer.from('{}'), end_of_stream: true } });
    stream.halfClose();
    expect((await stream.ended).code).toBe(1);
  });

  test('drain says NOT_SERVING at once, serves in the lame duck time, and lets open streams finish', async () => {
    let decide: (verdict: Verdict) => void = () => {};
    const requestBody = () => new Promise<Verdict>((resolve) => (decide = resolve));
    const { server, client } = await start(unixAddress(), { requestBody });
    server.setServing(true);
    const stream = client.open();
    stream.send(HEAD);
    await stream.next();
    stream.send({ request_body: { body: Buffer.from('{}'), end_of_stream: true } });
    const drained = server.drain({ lameDuckMs: 1_000, graceMs: 5_000 });
    expect(await health(server.address, '')).toBe('NOT_SERVING');
    const late = client.open();
    late.send(HEAD);
    expect(await late.next()).toHaveProperty('request_headers');
    late.halfClose();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    decide(PLAIN_FORWARD);
    expect(await stream.next()).toHaveProperty('request_body');
    stream.halfClose();
    expect((await stream.ended).code).toBe(0);
    await drained;
    await expect(health(server.address, '')).rejects.toThrow();
  });

  test('drain cuts what does not finish in time', async () => {
    const told: string[] = [];
    const { server, client } = await start(unixAddress(), {}, told);
    const stream = client.open();
    stream.send(HEAD);
    await stream.next();
    await server.drain({ lameDuckMs: 0, graceMs: 50 });
    expect((await stream.ended).code).not.toBe(0);
    await until(() => told.includes('close'));
  });

  test('close ends a drain that is still waiting', async () => {
    const { server, client } = await start(unixAddress());
    const stream = client.open();
    stream.send(HEAD);
    await stream.next();
    const drained = server.drain({ lameDuckMs: 60_000, graceMs: 60_000 });
    await server.close();
    await drained;
    expect((await stream.ended).code).not.toBe(0);
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
