import { z } from 'zod';
import type { CachePolicy, PartitionIgnorable } from '../cache/contract.js';
import { TYPE_NAMES, typesNamed } from '../signals/pii/types.js';
import { DEFAULTS } from './defaults.js';
import { section } from './fields.js';

const action = z.enum(['bypass', 'allow']);
const types = z.array(z.enum(TYPE_NAMES)).min(1).max(TYPE_NAMES.length);

/** What is kept out of the cache: keys that a route may set as well, to tighten them. */
export const keptOut = {
  temperature_max: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe('Requests above it are neither answered from the cache nor kept.'),
  volatile: action.describe('What becomes of questions whose answer changes by the day.'),
  personal_data: section({ action, types }).partial().describe('By the names of the pii signal.'),
};

export const keptOutDefaults = {
  temperature_max: keptOut.temperature_max,
  volatile: keptOut.volatile.default(DEFAULTS.semanticCache.volatile),
  personal_data: keptOut.personal_data.prefault({}),
};

const IGNORABLE = [
  'metadata',
  'priority',
  'prompt_cache_key',
  'prompt_cache_retention',
  'request_id',
  'safety_identifier',
  'seed',
  'service_tier',
  'store',
  'user',
] as const satisfies readonly PartitionIgnorable[];

export const partition = section({
  temperature_step: z.number().min(0.01).max(10).optional(),
  ignore: z.array(z.enum(IGNORABLE)).max(IGNORABLE.length).default([]),
}).describe('What may differ between two requests that share an answer.');

/** The part of a policy that these keys stand for, as written; what is not said is taken from `base`. */
export function keptOutPolicy(
  text: {
    readonly temperature_max?: number | undefined;
    readonly volatile?: 'bypass' | 'allow' | undefined;
    readonly personal_data?: z.output<typeof keptOut.personal_data> | undefined;
  },
  base: Pick<CachePolicy, 'temperatureMax' | 'volatile' | 'personalData'> = FALLBACK,
): Pick<CachePolicy, 'temperatureMax' | 'volatile' | 'personalData'> {
  const named = text.personal_data?.types;
  return {
    temperatureMax: text.temperature_max ?? base.temperatureMax,
    volatile: text.volatile ?? base.volatile,
    personalData: {
      action: text.personal_data?.action ?? base.personalData.action,
      types: named === undefined ? base.personalData.types : canonical(named),
    },
  };
}

const FALLBACK = {
  temperatureMax: undefined,
  volatile: DEFAULTS.semanticCache.volatile,
  personalData: DEFAULTS.semanticCache.personalData,
};

/** The types behind names of ours and of Presidio's, each once. */
export function canonical(named: readonly string[]): readonly string[] {
  return [...new Set(named.flatMap(typesNamed).map(({ type }) => type))];
}
