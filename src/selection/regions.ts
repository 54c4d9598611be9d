import type { ModelCard } from './model-card.js';

/** Each of these must name a region that the model is in. */
export type RegionDemands = readonly (readonly string[])[];

/** Why a model may not see a prompt of which this is demanded; undefined where it may. One without a region is in none. */
export function whyElsewhere({ residency = [] }: ModelCard, demands: RegionDemands): string | undefined {
  const unmet = demands.find((regions) => !regions.some((region) => residency.includes(region)));
  if (unmet === undefined) return undefined;
  const where = residency.length === 0 ? 'in no region that is known' : `in ${residency.join(', ')}`;
  return `is ${where}, and this prompt must stay in ${unmet.join(' or ')}`;
}
