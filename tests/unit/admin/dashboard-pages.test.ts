import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { configPage, withoutSecrets } from '../../../src/admin/config-page.js';
import { createLive } from '../../../src/admin/live/live.js';
import { livePages } from '../../../src/admin/live/pages.js';
import { chatPage } from '../../../src/admin/playground/chat-page.js';
import { sendToGateway } from '../../../src/admin/playground/gateway.js';
import { type AdminServer, startAdmin } from '../../../src/admin/server.js';
import { uiRoutes } from '../../../src/admin/ui-files.js';
import { systemClock } from '../../../src/lib/clock.js';
import { exchangeRecord } from '../../support/exchange-record.js';
import { listening, waitUntil } from '../../support/ports.js';

const AROUND = {
  ...{ version: '1', observes: false, cards: [], default_model: 'small', false_hits: [] },
  cache: { entries: 0, bytes: 0, evictions: 0 },
};

/** As a policy names a variable of the environment. */
const VARIABLE = '$' + '{TOKEN}';

let folder: string;
let gateway: Server;
/** What the gateway was sent, and how it answers. */
let asked: { path: string; authorization: string | undefined; body: string }[];
let answering: Parameters<typeof createServer>[1];
let admin: AdminServer;
const live = createLive(systemClock, () => AROUND);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sextant-ui-'));
  asked = [];
  gateway = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece.toString();
    });
    request.on('end', () => {
      asked.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
      answering?.(request, response as never);
    });
  });
  const port = await listening(gateway);
  admin = await startAdmin({
    address: '127.0.0.1',
    port: 0,
    ready: () => true,
    metrics: { contentType: 'text/plain', text: async () => '' },
    classify: async () => ({}),
    routes: [
      ...uiRoutes(folder),
      ...livePages(live),
      configPage(() => ({ file: 'sextant.yaml', effective: { admin: { token: 'abc' } } })),
      chatPage(sendToGateway(() => `http://127.0.0.1:${port}`)),
    ],
  });
});
afterEach(async () => {
  await admin.close();
  gateway.closeAllConnections();
  await new Promise((resolve) => gateway.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string) => fetch(`${admin.url}${path}`);
const chat = (body: unknown) =>
  fetch(`${admin.url}/playground/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('the files of the dashboard', () => {
  test('are served by name once they are built, and nothing beside them', async () => {
    expect([(await get('/')).status, await (await get('/')).text()]).toEqual([
      404,
      expect.stringContaining('not built'),
    ]);
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<p>Hello</p>');
    await writeFile(join(folder, 'assets/a-1.js'), 'let a;');
    await writeFile(join(folder, 'assets/notes.txt'), 'no');
    await writeFile(join(folder, 'secret.js'), 'no');
    const index = await get('/');
    expect([
      index.headers.get('content-type'),
      index.headers.get('cache-control'),
      await index.text(),
    ]).toEqual(['text/html; charset=utf-8', 'no-cache', '<p>Hello</p>']);
    const script = await get('/assets/a-1.js');
    expect([script.headers.get('content-type'), script.headers.get('cache-control')]).toEqual([
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
    ]);
    for (const path of ['/assets/notes.txt', '/assets/..%2fsecret.js', '/assets/constructor', '/index.html'])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });
});

describe('the live feed', () => {
  test('tells the hour, then what comes', async () => {
    const ended = new AbortController();
    const response = await fetch(`${admin.url}/live/events`, { signal: ended.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    let text = '';
    const read = (async () => {
      for await (const piece of response.body ?? []) text += Buffer.from(piece).toString();
    })().catch(() => undefined);
    await waitUntil('the page', async () => text.includes('event: page\n'));
    live.telemetry.exchange(exchangeRecord({ id: 'seen' }));
    await waitUntil(
      'the exchange',
      async () => text.includes('"id":"seen"') && text.includes('event: view\n'),
    );
    ended.abort();
    await read;
    expect(((await (await get('/live')).json()) as { totals: object }).totals).toMatchObject({ requests: 1 });
  });

  test('has places for so many, and gives them back', async () => {
    const open = () => {
      const ended = new AbortController();
      return fetch(`${admin.url}/live/events`, { signal: ended.signal }).then(({ status }) => ({
        status,
        ended,
      }));
    };
    const all = await Promise.all(Array.from({ length: 16 }, open));
    expect(all.every(({ status }) => status === 200)).toBe(true);
    expect((await open()).status).toBe(503);
    for (const { ended } of all) ended.abort();
    await waitUntil('a place', async () => {
      const { status, ended } = await open();
      ended.abort();
      return status === 200;
    });
  });
});

describe('the config page', () => {
  test('shows the policy without its secrets', async () => {
    expect(await (await get('/config')).json()).toEqual({
      file: 'sextant.yaml',
      config: { admin: { token: '(hidden)' } },
    });
    const secrets = {
      admin: { token_file: '/run/token', token: VARIABLE, read_only_token: 'x', tokens: 3 },
      telemetry: {
        otlp: { endpoint: 'http://u:p@host/', headers: { authorization: 'Bearer x', a: VARIABLE } },
      },
      models: [{ name: 'password', endpoints: ['127.0.0.1:1'], pool: { password: 'x' } }],
      none: null,
    };
    expect(withoutSecrets(secrets)).toEqual({
      admin: { token_file: '/run/token', token: VARIABLE, read_only_token: '(hidden)', tokens: 3 },
      telemetry: { otlp: { endpoint: '(hidden)', headers: { authorization: '(hidden)', a: VARIABLE } } },
      models: [{ name: 'password', endpoints: ['127.0.0.1:1'], pool: { password: '(hidden)' } }],
      none: null,
    });
  });
});

describe('the playground', () => {
  const request = { model: 'auto', messages: [{ role: 'user', content: 'Hello' }] };

  test('sends a chat to the gateway and hands on what it answers, piece by piece', async () => {
    answering = (_, response) => {
      const headers = {
        'content-type': 'text/event-stream',
        'x-sextant-model': 'small',
        'set-cookie': 'a=b',
      };
      response.writeHead(200, headers);
      const euro = Buffer.from('data: €\n\n');
      response.write(euro.subarray(0, 7));
      setTimeout(() => response.end(euro.subarray(7)), 20);
    };
    const answer = await chat({ request, authorization: 'Bearer a' });
    expect([
      answer.status,
      answer.headers.get('content-type'),
      answer.headers.get('x-sextant-model'),
      answer.headers.get('set-cookie'),
      await answer.text(),
    ]).toEqual([200, 'text/event-stream', 'small', null, 'data: €\n\n']);
    expect(asked).toEqual([
      { path: '/v1/chat/completions', authorization: 'Bearer a', body: JSON.stringify(request) },
    ]);
  });

  test('makes no page of what a pool sends, and follows it nowhere', async () => {
    answering = (_, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<script>');
    const answer = await chat({ request });
    const said = ['gateway-status', 'content-type'].map((name) => answer.headers.get(name));
    expect([answer.status, ...said]).toEqual([200, '404', 'text/plain; charset=utf-8']);
    answering = (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    expect((await chat({ request })).status).toBe(502);
  });

  test('says that the gateway is away', async () => {
    answering = (asking) => asking.socket.destroy();
    const answer = await chat({ request });
    const { error } = (await answer.json()) as { error: { code: string } };
    expect([answer.status, error.code]).toEqual([502, 'gateway_unreachable']);
  });

  test.each([
    [{}, 'request'],
    [{ request: 'x' }, 'request'],
    [{ request, url: 'http://elsewhere' }, null],
    [{ request, authorization: 'a\r\nb: c' }, 'authorization'],
    [{ request, authorization: 1 }, 'authorization'],
  ])('refuses %j', async (body, param) => {
    const answer = await chat(body);
    const { error } = (await answer.json()) as { error: { param: string | null } };
    expect([answer.status, error.param, asked.length]).toEqual([400, param, 0]);
  });

  test('has four places, and each is free again when its answer ends', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    answering = (_, response) => void released.then(() => response.writeHead(200).end('ok'));
    const four = Array.from({ length: 4 }, () => chat({ request }));
    await waitUntil('the gateway to be asked', async () => asked.length === 4);
    expect((await chat({ request })).status).toBe(503);
    release();
    expect(await Promise.all(four.map(async (one) => (await one).text()))).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect((await chat({ request })).status).toBe(200);
  });
});
