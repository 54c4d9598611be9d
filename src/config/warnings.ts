import type { Config } from './config.js';

/** What works, and is likely not what was meant: one line each. */
export function configWarnings(config: Config): readonly string[] {
  return identityWarnings(config);
}

function identityWarnings({ identity, routes }: Config): readonly string[] {
  if (identity.tenantHeader !== undefined || identity.jwtClaim !== undefined) return [];
  const caching = routes.filter(({ cache }) => cache.enabled && cache.scope === 'tenant');
  if (caching.length === 0) return [];
  const names = caching.map(({ name }) => name).join(', ');
  return [
    `identity: the cache of route ${names} tells callers apart by their Authorization header alone; one key that many ` +
      'share is one tenant, a token that is renewed is a new tenant each time, and without the header nothing is ' +
      'cached. Name identity.tenant_header or identity.jwt_claim, or set semantic_cache.scope to public',
  ];
}
