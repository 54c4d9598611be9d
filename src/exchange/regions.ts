import { SextantError } from '../lib/sextant-error.js';
import type { RegionDemands } from '../selection/regions.js';
import { namesOf } from '../signals/identity.js';
import type { Inquiry } from './inquiry.js';

/** Where the prompts of this caller must stay, whatever they hold. */
export function regionsOfCaller({ policy, head }: Pick<Inquiry, 'policy' | 'head'>): RegionDemands {
  const { residency } = policy;
  if (residency === undefined) return [];
  const { header, tenants, source } = residency;
  const said = header === undefined ? undefined : namesOf(head, { header });
  // Somebody who belongs to several tenants brings the demands of each.
  const named = (namesOf(head, source) ?? []).flatMap((name) => {
    const regions = tenants.get(name);
    return regions === undefined ? [] : [regions];
  });
  return [...(said === undefined ? [] : [said]), ...named];
}

/** No model that could answer may see the prompt. */
export function nowhereToGo(demands: RegionDemands): SextantError {
  const where = demands.map((regions) => regions.join(' or ')).join(', and in ');
  return new SextantError(
    'not_allowed',
    `The request must stay in ${where}, and no model that could answer it is there. Ask for another model, or ask the ` +
      'operator of this gateway.',
    { param: 'model' },
  );
}
