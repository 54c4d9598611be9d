import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Listening, type ListenOptions, listen } from '../../../src/admin/listen.js';
import { plain } from '../../../src/admin/page.js';
import { ask } from '../../support/http.js';

const BOUNDS = { connectionsMax: 2, headersTimeoutMs: 300, requestTimeoutMs: 600, idleTimeoutMs: 200 };

let listener: Listening;
let sockets: Socket[];
/** What every request is answered with. */
let page: ListenOptions['page'] = () => plain(200, 'in');
let ended = 0;

beforeEach(async () => {
  sockets = [];
  page = () => plain(200, 'in');
  listener = await listen({
    name: 'test',
    address: '127.0.0.1',
    port: 0,
    bounds: BOUNDS,
    page: (request) => page(request),
  });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await listener.close();
});

function open(): Promise<Socket> {
  const { hostname, port } = new URL(listener.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket));
    socket.on('error', reject);
    sockets.push(socket);
  });
}

/** What a connection got until it was closed. */
function rest(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (piece) => {
      text += String(piece);
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

describe('a client', () => {
  test('that never ends its head is let go', async () => {
    const socket = await open();
    socket.write('GET / HTTP/1.1\r\nhost: a\r\nx-slow: ');
    expect(await rest(socket)).toMatch(/^(HTTP\/1\.1 408|$)/);
  });

  test('that never ends its body is let go', async () => {
    const socket = await open();
    page = () => new Promise(() => {});
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nx');
    expect(await rest(socket)).toMatch(/^(HTTP\/1\.1 408|$)/);
  });

  test('that says nothing holds no place for good', async () => {
    const silent = [await open(), await open()];
    // No place is left: the third is hung up on.
    const third = await open();
    expect(await rest(third)).toBe('');
    await Promise.all(silent.map(rest));
    expect((await ask(listener.url, { method: 'GET', path: '/' })).text).toBe('in');
  });

  test('that reads none of a long answer is let go, and the answer ends', async () => {
    page = () => ({
      ...plain(200, 'x'),
      more: (async function* () {
        try {
          for (;;) yield 'x'.repeat(1 << 16);
        } finally {
          ended += 1;
        }
      })(),
    });
    const socket = await open();
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    while (ended === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ended).toBe(1);
  });
});

test('an answer that cannot be written breaks the connection off, and nobody else notices', async () => {
  page = () => ({ ...plain(200, 'in'), headers: { 'x-bad': 'a\nb' } });
  await expect(ask(listener.url, { method: 'GET', path: '/' })).rejects.toThrow();
  page = () => plain(200, 'in');
  expect((await ask(listener.url, { method: 'GET', path: '/' })).text).toBe('in');
});
