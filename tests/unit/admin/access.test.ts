import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Access, type AccessToken, admit } from '../../../src/admin/access.js';
import { plain, shown } from '../../../src/admin/page.js';
import type { Role, Route } from '../../../src/admin/routes.js';
import { type AdminServer, startAdmin } from '../../../src/admin/server.js';
import { Secret } from '../../../src/lib/secret.js';
import { type Answer, ask } from '../../support/http.js';

const OPERATE = 'operate-0123456789abcdef';
const READ = 'read-0123456789abcdef';

const tokenOf = (role: AccessToken['role'], text: string): AccessToken => ({
  role,
  secret: new Secret(text),
});
const TOKENS = [tokenOf('operate', OPERATE), tokenOf('read', READ)];
const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/look', page: () => plain(200, 'seen') },
  { method: 'POST', path: '/change', page: () => shown({ changed: true }) },
  { method: 'POST', path: '/ask', role: 'read', page: () => shown({ answered: true }) },
  {
    method: 'GET',
    path: '/open',
    role: 'open',
    page: () => ({ ...plain(200, 'anybody'), policy: "default-src 'self'" }),
  },
];

function start(access: Partial<Access>): Promise<AdminServer> {
  return startAdmin({
    address: '127.0.0.1',
    port: 0,
    ready: () => true,
    metrics: { contentType: 'text/plain', text: async () => 'up 1\n' },
    classify: async () => ({}),
    access: () => ({ hosts: [], tokens: [], clientsVerified: false, ...access }),
    routes: ROUTES,
  });
}

function codeOf(answer: Answer): unknown {
  return answer.status === 200 ? 200 : [answer.status, JSON.parse(answer.text).error.code];
}

const POST_BODY = { method: 'POST', body: '{}' };
const GET = { method: 'GET' };

describe('with tokens', () => {
  let admin: AdminServer;
  beforeAll(async () => {
    admin = await start({ tokens: TOKENS, hosts: ['ops.example'] });
  });
  afterAll(() => admin.close());

  const NONE = [401, 'unauthorized'];
  const REFUSED = [403, 'not_allowed'];

  test.each<[string, string | undefined, unknown, unknown, unknown]>([
    ['none', undefined, NONE, NONE, NONE],
    ['that operates', `Bearer ${OPERATE}`, 200, 200, 200],
    ['that reads', `bearer ${READ}`, 200, REFUSED, 200],
    ['that is wrong', `Bearer ${OPERATE}x`, NONE, NONE, NONE],
    ['that is a part of the right one', `Bearer ${OPERATE.slice(0, -1)}`, NONE, NONE, NONE],
    ['that is empty', 'Bearer ', NONE, NONE, NONE],
    ['of another scheme', `Basic ${Buffer.from(`a:${OPERATE}`).toString('base64')}`, NONE, NONE, NONE],
    ['after another', `Bearer x, Bearer ${OPERATE}`, NONE, NONE, NONE],
    ['without its scheme', OPERATE, NONE, NONE, NONE],
  ])('a token %s', async (_, authorization, look, change, asked) => {
    const headers = authorization === undefined ? {} : { authorization };
    expect(codeOf(await ask(admin.url, { ...GET, path: '/look', headers }))).toEqual(look);
    expect(codeOf(await ask(admin.url, { ...GET, path: '/look?token=x', headers }))).toEqual(look);
    expect(codeOf(await ask(admin.url, { ...POST_BODY, path: '/change', headers }))).toEqual(change);
    expect(codeOf(await ask(admin.url, { ...POST_BODY, path: '/ask', headers }))).toEqual(asked);
  });

  test('a refusal says how to ask, and never repeats a token', async () => {
    const headers = { authorization: 'Bearer a-wrong-secret' };
    const refused = await ask(admin.url, { ...GET, path: '/look', headers });
    expect(refused.headers['www-authenticate']).toBe('Bearer');
    expect(refused.text).toContain('--token-file');
    expect(refused.text).not.toContain('a-wrong-secret');
  });

  test.each(['/healthz', '/readyz', '/metrics', '/open', '/access'])('%s asks for none', async (path) => {
    expect((await ask(admin.url, { ...GET, path })).status).toBe(200);
  });

  test.each([
    ['none', undefined, 'none'],
    ['a wrong one', 'wrong', 'none'],
    ['the one that reads', READ, 'read'],
    ['the one that operates', OPERATE, 'operate'],
  ])('/access tells a page with %s what it may do', async (_, token, role) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const { text } = await ask(admin.url, { ...GET, path: '/access', headers });
    expect(JSON.parse(text)).toEqual({ sign_in: 'token', role, prompts: 'hidden' });
  });

  test('a web page of another site gets nothing, whatever token the browser were to add', async () => {
    const from = async (headers: Readonly<Record<string, string>>, path = '/look') =>
      codeOf(
        await ask(admin.url, { ...GET, path, headers: { authorization: `Bearer ${OPERATE}`, ...headers } }),
      );
    const { host } = new URL(admin.url);
    expect(await from({ 'sec-fetch-site': 'cross-site' })).toEqual(REFUSED);
    expect(await from({ 'sec-fetch-site': 'same-site' })).toEqual(REFUSED);
    expect(await from({ 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await from({ 'sec-fetch-site': 'none' })).toBe(200);
    expect(await from({ origin: 'https://evil.example' })).toEqual(REFUSED);
    expect(await from({ origin: 'null' })).toEqual(REFUSED);
    expect(await from({ origin: `http://${host}.evil.example` })).toEqual(REFUSED);
    expect(await from({ origin: 'http://127.0.0.1' })).toEqual(REFUSED);
    expect(await from({ origin: `http://${host}` })).toBe(200);
    expect(await from({ origin: 'https://ops.example', host: 'ops.example' })).toBe(200);
    expect(await from({ 'sec-fetch-site': 'cross-site' }, '/open')).toBe(200);
  });

  test('a name that is not ours gets nothing but whether we live', async () => {
    const as = async (path: string, host: string) =>
      codeOf(
        await ask(admin.url, {
          ...GET,
          path,
          headers: { host, authorization: `Bearer ${OPERATE}` },
        }),
      );
    for (const path of ['/look', '/open', '/access', '/metrics']) {
      expect(await as(path, 'rebound.example')).toEqual(REFUSED);
      expect(await as(path, 'OPS.example:443')).toBe(200);
    }
    expect(await as('/healthz', 'rebound.example')).toBe(200);
    expect(await as('/readyz', 'rebound.example')).toBe(200);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'a form of type %p changes nothing',
    async (type) => {
      const headers = { authorization: `Bearer ${OPERATE}`, 'content-type': type };
      const answer = await ask(admin.url, { ...POST_BODY, path: '/change', headers });
      expect(codeOf(answer)).toEqual([415, 'unsupported_encoding']);
    },
  );

  test('no site may frame, read or keep what is answered, refusals included', async () => {
    const always = {
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    };
    const closed = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    for (const [path, policy] of [
      ['/look', "default-src 'none'"],
      ['/nowhere', "default-src 'none'"],
      ['/open', "default-src 'self'"],
    ] as const) {
      const { headers } = await ask(admin.url, { ...GET, path });
      expect(headers).toMatchObject({ ...always, 'content-security-policy': `${policy}; ${closed}` });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test('a preflight gets no leave', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const answer = await ask(admin.url, { method: 'OPTIONS', path: '/change', headers });
    expect(answer.status).toBe(405);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('without tokens', () => {
  const request = (remoteAddress: string) =>
    ({
      socket: { remoteAddress },
      headers: { host: '10.0.0.1', 'content-type': 'application/json' },
    }) as never;
  const route = (role?: Role): Route => ({
    method: 'POST',
    path: '/',
    page: () => plain(200, ''),
    ...(role && { role }),
  });
  const access: Access = { hosts: [], tokens: [], clientsVerified: false };

  test('whoever sits at this machine may do everything, and others nothing', () => {
    expect(() => admit(request('127.0.0.1'), route(), access)).not.toThrow();
    expect(() => admit(request('10.0.0.7'), route(), access)).toThrow('its own machine alone');
    expect(() => admit(request('10.0.0.7'), route('read'), access)).toThrow('its own machine alone');
    expect(() => admit(request('10.0.0.7'), route('open'), access)).not.toThrow();
  });

  test('a certificate that TLS has verified is as good', () => {
    expect(() => admit(request('10.0.0.7'), route(), { ...access, clientsVerified: true })).not.toThrow();
    const both = { ...access, clientsVerified: true, tokens: TOKENS };
    expect(() => admit(request('10.0.0.7'), route(), both)).toThrow('asks for a token');
  });

  test('/access says that nobody signs in', async () => {
    const admin = await start({});
    const { text } = await ask(admin.url, { ...GET, path: '/access' });
    await admin.close();
    expect(JSON.parse(text)).toEqual({ sign_in: 'none', role: 'operate', prompts: 'hidden' });
  });
});
