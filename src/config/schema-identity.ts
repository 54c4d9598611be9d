import { z } from 'zod';
import type { IdentitySource } from '../signals/identity.js';
import type { IdentityKind } from '../signals/labels.js';
import { DEFAULTS } from './defaults.js';
import { headerName, section, text } from './fields.js';

const claimPath = z
  .string()
  .regex(/^[^.\s][^\s]{0,199}$/, {
    error: 'is no claim; write its name, as in "groups" or "realm_access.roles"',
  })
  .optional();

/** What says more of a caller than which tenant it is. */
export const callerSources = {
  user_header: headerName.optional(),
  group_header: headerName.optional(),
  role_header: headerName.optional(),
  claims: section({
    user: claimPath,
    group: claimPath,
    role: claimPath,
    payload_in_metadata: text(200).default(DEFAULTS.identity.jwtPayload),
    namespace: text(200).default(DEFAULTS.identity.jwtNamespace),
  })
    .optional()
    .describe("Claims of the token that Envoy's jwt_authn filter verified; a dot leads into an object."),
};

type CallerText = z.output<z.ZodObject<typeof callerSources, z.core.$strict>>;

interface IdentityText extends CallerText {
  readonly tenant_header?: string | undefined;
  readonly jwt_claim?:
    | { readonly claim: string; readonly payload_in_metadata: string; readonly namespace: string }
    | undefined;
}

/** Where each thing that may be known of a caller is said; what nothing says is left out. */
export function identitySources(text: IdentityText): Readonly<Partial<Record<IdentityKind, IdentitySource>>> {
  const { claims, jwt_claim: tenant } = text;
  const claim = (path: string | undefined): IdentitySource['claim'] =>
    claims === undefined || path === undefined
      ? undefined
      : { namespace: claims.namespace, payload: claims.payload_in_metadata, path: path.split('.') };
  const tenantClaim = tenant && {
    namespace: tenant.namespace,
    payload: tenant.payload_in_metadata,
    path: [tenant.claim],
  };
  const sources: Record<IdentityKind, IdentitySource> = {
    user: { header: text.user_header, claim: claim(claims?.user) },
    group: { header: text.group_header, claim: claim(claims?.group) },
    role: { header: text.role_header, claim: claim(claims?.role) },
    tenant: { header: text.tenant_header, claim: tenantClaim },
  };
  return Object.fromEntries(
    Object.entries(sources).filter(
      ([, { header, claim: said }]) => header !== undefined || said !== undefined,
    ),
  );
}
