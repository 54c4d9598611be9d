import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { type Stack, startStack } from '../support/stack.js';
import { POLICY } from '../support/stack-config.js';

const ISSUER = 'https://issuer.test';
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const strangers = generateKeyPairSync('ec', { namedCurve: 'P-256' });

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    config: {
      identity: {
        jwt_claim: { claim: 'sub' },
        role_header: 'x-role',
        claims: { group: 'realm.groups' },
      },
      signals: [
        ...(POLICY['signals'] as readonly object[]),
        { name: 'staff', type: 'identity', of: 'group', any_of: ['staff'] },
        { name: 'boss', type: 'identity', of: 'role', any_of: ['boss'] },
      ],
      decisions: [
        ...(POLICY['decisions'] as readonly object[]),
        { name: 'for-the-boss', priority: 3, when: 'boss', models: ['large'] },
        { name: 'for-staff', priority: 2, when: 'staff', models: ['coder'] },
      ],
    },
    editEnvoy: withJwtFilter,
  });
}, 60_000);
afterAll(() => stack?.close());

/** The filter that an operator puts before Sextant; requests without a token pass it. */
function withJwtFilter(yaml: string): string {
  const envoy = parse(yaml);
  const jwk = { ...keys.publicKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' };
  const filter = {
    name: 'envoy.filters.http.jwt_authn',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication',
      providers: {
        test: {
          issuer: ISSUER,
          local_jwks: { inline_string: JSON.stringify({ keys: [jwk] }) },
          payload_in_metadata: 'jwt_payload',
        },
      },
      rules: [
        {
          match: { prefix: '/' },
          requires: { requires_any: { requirements: [{ provider_name: 'test' }, { allow_missing: {} }] } },
        },
      ],
    },
  };
  envoy.static_resources.listeners[0].filter_chains[0].filters[0].typed_config.http_filters.unshift(filter);
  return stringify(envoy, { aliasDuplicateObjects: false });
}

function token(claims: Record<string, unknown>, key = keys.privateKey): Record<string, string> {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'ES256', typ: 'JWT' })}.${part({ iss: ISSUER, ...claims })}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return { authorization: `Bearer ${signed}.${signature.toString('base64url')}` };
}

/** In a partition that holds nothing, or nothing near. */
const MISS = expect.stringMatching(/^miss;reason=(?:empty|similarity)$/);

const cacheOf = async (prompt: string, headers: Record<string, string>) => {
  const answer = await stack.chat(prompt, { headers });
  return { status: answer.status, cache: answer.headers['x-sextant-cache'] };
};

test('two subjects share nothing, and one subject keeps its answers when its token is renewed', async () => {
  const prompt = 'How is a lighthouse lamp focused?';
  const exp = Math.floor(Date.now() / 1000) + 600;
  expect(await cacheOf(prompt, token({ sub: 'ann', exp }))).toMatchObject({ status: 200, cache: MISS });
  expect(await cacheOf(prompt, token({ sub: 'ann', exp: exp + 1 }))).toMatchObject({ cache: 'hit-exact' });
  expect(await cacheOf(prompt, token({ sub: 'bob', exp }))).toMatchObject({ status: 200, cache: MISS });
});

test('nobody can name a tenant by a header or by a token of their own', async () => {
  const prompt = 'How is a sundial read?';
  expect(await cacheOf(prompt, token({ sub: 'ann' }))).toMatchObject({ cache: MISS });
  const nobody = { status: 200, cache: 'bypass;reason=no-identity' };
  const claims = JSON.stringify({ iss: ISSUER, sub: 'ann' });
  const fakes: Record<string, string>[] = [
    { authorization: 'Basic YW5uOmFubg==' },
    { authorization: 'Basic YW5uOmFubg==', jwt_payload: claims, 'jwt-payload': claims, sub: 'ann' },
    { authorization: 'Basic YW5uOmFubg==', 'x-sextant-tenant': 'ann', 'x-jwt-claim-sub': 'ann' },
    // A token without a name.
    token({}),
    token({ sub: '' }),
  ];
  for (const fake of fakes) expect(await cacheOf(prompt, fake)).toEqual(nobody);
  expect((await cacheOf(prompt, token({ sub: 'ann' }, strangers.privateKey))).status).toBe(401);
  expect(await cacheOf(prompt, token({ sub: 'ann' }))).toMatchObject({ cache: 'hit-exact' });
});

test('the groups of a verified token choose the model, and part what one subject is answered', async () => {
  const decisionOf = async (headers: Record<string, string>) => {
    const answer = await stack.chat('How is a barometer read?', { headers });
    return [answer.headers['x-sextant-decision'], answer.headers['x-sextant-cache']];
  };
  const staff = token({ sub: 'cleo', realm: { groups: ['guests', 'staff'] } });
  expect(await decisionOf(staff)).toEqual(['for-staff', MISS]);
  expect(await decisionOf(staff)).toEqual([expect.any(String), 'hit-exact']);
  const guest = token({ sub: 'cleo', realm: { groups: ['guests'] } });
  expect(await decisionOf(guest)).toEqual(['default', MISS]);
});

test('nobody gets a role by a header that a filter was to set', async () => {
  const answer = await stack.chat('How is an hourglass made?', {
    headers: { ...token({ sub: 'dan' }), 'x-role': 'boss', 'X-Role': 'boss' },
  });
  expect(answer.headers['x-sextant-decision']).toBe('default');
});
