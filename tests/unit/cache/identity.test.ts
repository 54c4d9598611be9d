import { describe, expect, test } from '@jest/globals';
import { tenantOf } from '../../../src/cache/identity.js';
import type { JsonObject } from '../../../src/lib/json.js';

const secret = Uint8Array.of(1);
const base = {
  secret,
  headers: new Map<string, string>(),
  metadata: undefined,
  identity: { tenantHeader: 'x-team', jwtClaim: undefined },
  authorization: undefined,
  scope: 'tenant' as const,
};
const nobody = { tenantHeader: undefined, jwtClaim: undefined };
const team = (name: string) => new Map([['x-team', name]]);

describe('tenantOf', () => {
  test('trusts the header that the policy names before the credentials', () => {
    const named = tenantOf({ ...base, headers: team('acme'), authorization: 'Bearer a' });
    expect(named).toEqual({ kind: 'known', tenant: 'header:acme' });
    expect(tenantOf({ ...base, identity: nobody, headers: team('acme') })).toEqual({ kind: 'none' });
  });

  test('tells credentials apart without keeping them', () => {
    const one = tenantOf({ ...base, authorization: 'Bearer secret-one' });
    const other = tenantOf({ ...base, authorization: 'Bearer secret-two' });
    expect(one).toEqual(tenantOf({ ...base, authorization: ' Bearer secret-one ' }));
    expect(one).not.toEqual(other);
    expect(JSON.stringify(one)).not.toContain('secret-one');
    expect(tenantOf({ ...base, secret: Uint8Array.of(2), authorization: 'Bearer secret-one' })).not.toEqual(
      one,
    );
  });

  test('a chosen tenant name never equals a hash of credentials or the public tenant', () => {
    const hashed = tenantOf({ ...base, authorization: 'Bearer a' });
    if (hashed.kind !== 'known') throw new Error('credentials name a tenant');
    expect(tenantOf({ ...base, headers: team(hashed.tenant) })).not.toEqual(hashed);
    const shared = tenantOf({ ...base, scope: 'public' });
    expect(tenantOf({ ...base, headers: team('public:') })).not.toEqual(shared);
  });

  test('nobody is nobody', () => {
    expect(tenantOf(base)).toEqual({ kind: 'none' });
    expect(tenantOf({ ...base, headers: team('  '), authorization: '  ' })).toEqual({ kind: 'none' });
  });

  test('a public route has one tenant, whoever asks', () => {
    const anybody = tenantOf({ ...base, scope: 'public' });
    expect(anybody.kind).toBe('known');
    expect(tenantOf({ ...base, scope: 'public', authorization: 'Bearer a', headers: team('acme') })).toEqual(
      anybody,
    );
  });
});

describe('a claim that a filter verified', () => {
  const jwtClaim = { namespace: 'envoy.filters.http.jwt_authn', payload: 'jwt', claim: 'sub' };
  const claimed = (claims: JsonObject, headers = new Map<string, string>()) =>
    tenantOf({
      ...base,
      identity: { tenantHeader: 'x-team', jwtClaim },
      metadata: { [jwtClaim.namespace]: { jwt: claims } },
      headers,
      authorization: 'Bearer a',
    });

  test('names the tenant, together with who issued the token', () => {
    const one = claimed({ iss: 'https://a', sub: 'ann' });
    expect(one).toEqual({ kind: 'known', tenant: 'claim:["https://a","ann"]' });
    expect(claimed({ iss: 'https://a', sub: 'ann' }, team('acme'))).toEqual(one);
    const names: JsonObject[] = [
      { iss: 'https://a', sub: 'ann' },
      { iss: 'https://b', sub: 'ann' },
      { iss: 'https://a', sub: 'bob' },
      { sub: 'ann' },
      { sub: 5 },
      { sub: '5' },
      { sub: 'ann"],["' },
    ];
    expect(new Set(names.map((claims) => JSON.stringify(claimed(claims)))).size).toBe(names.length);
  });

  test.each<JsonObject>([{}, { sub: '' }, { sub: '  ' }, { sub: null }, { sub: ['ann'] }, { sub: { a: 1 } }])(
    'without a name in %j the credentials do not stand in for it',
    (claims) => {
      expect(claimed(claims)).toEqual({ kind: 'none' });
      expect(claimed(claims, team('acme'))).toEqual({ kind: 'known', tenant: 'header:acme' });
    },
  );

  test('is read where the policy says, and nowhere else', () => {
    const at = (metadata: JsonObject | undefined) =>
      tenantOf({
        ...base,
        identity: { tenantHeader: undefined, jwtClaim },
        metadata,
        authorization: 'Bearer a',
      });
    expect(at(undefined)).toEqual({ kind: 'none' });
    expect(at({ other: { jwt: { sub: 'ann' } } })).toEqual({ kind: 'none' });
    expect(at({ [jwtClaim.namespace]: { other: { sub: 'ann' } } })).toEqual({ kind: 'none' });
    expect(at({ [jwtClaim.namespace]: { jwt: 'ann' } })).toEqual({ kind: 'none' });
    const polluted = { namespace: '__proto__', payload: 'constructor', claim: 'name' };
    const identity = { tenantHeader: undefined, jwtClaim: polluted };
    expect(tenantOf({ ...base, identity, metadata: {} })).toEqual({ kind: 'none' });
  });
});
