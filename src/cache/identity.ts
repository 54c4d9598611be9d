import { createHmac } from 'node:crypto';
import type { Headers } from '../lib/headers.js';
import type { JsonObject } from '../lib/json.js';
import { memberOf } from '../lib/own-property.js';

/** Whose answers a request may see. `none` when nobody is named and the route does not share its answers. */
export type Tenant = { readonly kind: 'known'; readonly tenant: string } | { readonly kind: 'none' };

/** Where a claim stands that Envoy's jwt_authn filter verified. */
export interface JwtClaim {
  /** Of the filter's dynamic metadata. */
  readonly namespace: string;
  /** The key under which the filter put the token's claims: its `payload_in_metadata`. */
  readonly payload: string;
  readonly claim: string;
}

export interface TenantInput {
  readonly secret: Uint8Array;
  readonly headers: Headers;
  /** What filters before us found out, by their namespace. */
  readonly metadata: JsonObject | undefined;
  readonly identity: {
    /** Lower-case name of the header that the policy trusts. */
    readonly tenantHeader: string | undefined;
    readonly jwtClaim: JwtClaim | undefined;
  };
  /** The request's credentials as they were sent; only their HMAC leaves this function. */
  readonly authorization: string | undefined;
  readonly scope: 'tenant' | 'public';
}

/**
 * Tells one caller from another: by the claim that a filter verified, else by the header that one sets, else by the
 * `Authorization` value, which makes everybody behind one shared key a single tenant. Where a claim is asked for and
 * there is none, the credentials do not stand in: a token changes each time it is renewed.
 *
 * Each kind of name has its own prefix, so a client who can choose a tenant name can never choose one that equals
 * the hash of somebody's credentials, nor the name that a public route shares.
 */
export function tenantOf(input: TenantInput): Tenant {
  const { jwtClaim, tenantHeader } = input.identity;
  if (input.scope === 'public') return { kind: 'known', tenant: 'public:' };
  const claimed = jwtClaim === undefined ? undefined : claimOf(input.metadata, jwtClaim);
  if (claimed !== undefined) return { kind: 'known', tenant: `claim:${claimed}` };
  const named = tenantHeader === undefined ? undefined : input.headers.get(tenantHeader)?.trim();
  if (named) return { kind: 'known', tenant: `header:${named}` };
  const credentials = input.authorization?.trim();
  if (!credentials || jwtClaim !== undefined) return { kind: 'none' };
  const hash = createHmac('sha256', input.secret)
    .update('sextant tenant 1\n')
    .update(credentials)
    .digest('hex');
  return { kind: 'known', tenant: `authorization:${hash}` };
}

/** The claim together with its issuer: two issuers may know two people by one name. */
function claimOf(
  metadata: JsonObject | undefined,
  { namespace, payload, claim }: JwtClaim,
): string | undefined {
  const claims = memberOf(memberOf(metadata, namespace), payload);
  const value = memberOf(claims, claim);
  const isName = (typeof value === 'string' && value.trim() !== '') || typeof value === 'number';
  return isName ? JSON.stringify([memberOf(claims, 'iss') ?? null, value]) : undefined;
}

/** Hex HMAC that stands for a tenant where its name must not be seen. */
export function tenantKeyOf(secret: Uint8Array, tenant: string): string {
  return createHmac('sha256', secret)
    .update('sextant tenant key 1\n')
    .update(tenant)
    .digest('hex')
    .slice(0, 32);
}
