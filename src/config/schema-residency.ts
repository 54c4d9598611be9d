import { z } from 'zod';
import { RESERVED_PREFIX } from '../exchange/headers.js';
import type { ResidencyConfig } from './config.js';
import { headerName, section, text } from './fields.js';
import { suggestion } from './names.js';
import { atKey, atValue, type Finding, type Path } from './problems.js';

const region = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, {
  error: 'is no usable region; write it in lower case, in up to 32 letters, digits, "_" and "-"',
});

/** Regions of a model's servers, or those in which a prompt must stay. */
export const regions = z.array(region).min(1).max(32);

/** Whose prompts must stay where. What a prompt is about, decisions say. */
export const residency = section({
  header: headerName
    .optional()
    .describe('Set by an authenticating filter: the regions in which the prompt must stay.'),
  tenants: z.record(text(200), regions).optional().describe('By the name of the tenant.'),
}).describe('In which regions the prompts of some callers must stay.');

/** Undefined where no caller demands anything. */
export function residencyOf(value: z.output<typeof residency> | undefined): ResidencyConfig | undefined {
  if (value === undefined) return undefined;
  return { header: value.header, tenants: new Map(Object.entries(value.tenants ?? {})) };
}

interface Residing {
  readonly residency?: z.output<typeof residency> | undefined;
  readonly models: readonly { readonly residency?: readonly string[] | undefined }[];
  readonly decisions: readonly {
    readonly residency?: readonly string[] | undefined;
    readonly block?: string | undefined;
  }[];
  readonly identity: { readonly tenant_header?: string | undefined; readonly jwt_claim?: object | undefined };
}

/** A demand that no model meets would refuse every prompt; one of tenants that nobody names would never hold. */
export function residencyFindings(config: Residing): readonly Finding[] {
  const known = [...new Set(config.models.flatMap((model) => model.residency ?? []))];
  const unknown = (wanted: readonly string[] | undefined, path: Path): readonly Finding[] =>
    (wanted ?? []).flatMap((name, index): readonly Finding[] => {
      if (known.includes(name)) return [];
      const hint = known.length === 0 ? 'write residency on the cards' : suggestion(name, known);
      return [atValue([...path, index], `no model is in the region "${name}"; ${hint}`)];
    });
  const { header, tenants } = config.residency ?? {};
  const { tenant_header, jwt_claim } = config.identity;
  const findings: Finding[] = [];
  if (header?.startsWith(RESERVED_PREFIX)) {
    const message = `begins with ${RESERVED_PREFIX}, which Envoy removes from every request; choose another header`;
    findings.push(atValue(['residency', 'header'], message));
  }
  if (tenants !== undefined && tenant_header === undefined && jwt_claim === undefined) {
    const message =
      'names tenants, and nothing says which one is calling; write identity.tenant_header or identity.jwt_claim';
    findings.push(atKey(['residency', 'tenants'], message));
  }
  return [
    ...findings,
    ...Object.entries(tenants ?? {}).flatMap(([name, wanted]) =>
      unknown(wanted, ['residency', 'tenants', name]),
    ),
    ...config.decisions.flatMap(({ residency: wanted, block }, index): readonly Finding[] => {
      const path = ['decisions', index, 'residency'];
      if (wanted !== undefined && block !== undefined) {
        return [atKey(path, 'has no meaning for a block, which asks no model; remove it')];
      }
      return unknown(wanted, path);
    }),
  ];
}
