import { describe, expect, test } from '@jest/globals';
import { tenantOf } from '../../../src/cache/identity.js';

const secret = Uint8Array.of(1);
const base = {
  secret,
  headers: new Map<string, string>(),
  tenantHeader: 'x-team',
  authorization: undefined,
  scope: 'tenant' as const,
};
const team = (name: string) => new Map([['x-team', name]]);

describe('tenantOf', () => {
  test('trusts the header that the policy names before the credentials', () => {
    const named = tenantOf({ ...base, headers: team('acme'), authorization: 'Bearer a' });
    expect(named).toEqual({ kind: 'known', tenant: 'header:acme' });
    expect(tenantOf({ ...base, tenantHeader: undefined, headers: team('acme') })).toEqual({ kind: 'none' });
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
