import { type Tenant, type TenantInput, tenantOf } from '../cache/identity.js';
import { AUTHORIZATION } from './headers.js';
import type { Inquiry } from './inquiry.js';

/**
 * Who asks, by what the policy names.
 *
 * @param scope of what is kept for the caller: what everybody shares belongs to nobody
 */
export function callerOf(
  { service, policy, head }: Pick<Inquiry, 'service' | 'policy' | 'head'>,
  scope: TenantInput['scope'],
): Tenant {
  return tenantOf({
    secret: service.secret,
    headers: head.headers,
    metadata: head.metadata,
    identity: policy.identity,
    authorization: head.headers.get(AUTHORIZATION),
    scope,
  });
}
