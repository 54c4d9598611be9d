import { createHmac } from 'node:crypto';
import type { Headers } from '../lib/headers.js';

/** Whose answers a request may see. `none` when nobody is named and the route does not share its answers. */
export type Tenant = { readonly kind: 'known'; readonly tenant: string } | { readonly kind: 'none' };

/**
 * Tells one caller from another. A header that an authenticating filter sets is trusted first; without it the
 * `Authorization` value stands for the caller, which makes everybody behind one shared key a single tenant.
 *
 * Each kind of name has its own prefix, so a client who can choose a tenant name can never choose one that equals
 * the hash of somebody's credentials, nor the name that a public route shares.
 *
 * @param tenantHeader lower-case name of the header that the policy trusts
 * @param authorization the request's credentials as they were sent; only their HMAC leaves this function
 */
export function tenantOf(input: {
  readonly secret: Uint8Array;
  readonly headers: Headers;
  readonly tenantHeader: string | undefined;
  readonly authorization: string | undefined;
  readonly scope: 'tenant' | 'public';
}): Tenant {
  if (input.scope === 'public') return { kind: 'known', tenant: 'public:' };
  const named = input.tenantHeader === undefined ? undefined : input.headers.get(input.tenantHeader)?.trim();
  if (named) return { kind: 'known', tenant: `header:${named}` };
  const credentials = input.authorization?.trim();
  if (!credentials) return { kind: 'none' };
  const hash = createHmac('sha256', input.secret)
    .update('sextant tenant 1\n')
    .update(credentials)
    .digest('hex');
  return { kind: 'known', tenant: `authorization:${hash}` };
}

/** Hex HMAC that stands for a tenant where its name must not be seen. */
export function tenantKeyOf(secret: Uint8Array, tenant: string): string {
  return createHmac('sha256', secret)
    .update('sextant tenant key 1\n')
    .update(tenant)
    .digest('hex')
    .slice(0, 32);
}
