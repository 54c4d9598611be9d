import { z } from 'zod';
import { RESERVED_PREFIX } from '../exchange/headers.js';
import type { AffinityConfig } from './config.js';
import { DEFAULTS } from './defaults.js';
import { headerName, section } from './fields.js';

const D = DEFAULTS.affinity;

/** Whether conversations are kept in mind. */
export const affinity = section({
  enabled: z.boolean().default(true),
  header: headerName
    .refine((header) => !header.startsWith(RESERVED_PREFIX), {
      error: `begins with ${RESERVED_PREFIX}, which Envoy removes from every request; choose another header`,
    })
    .optional()
    .describe('By which clients name their conversation; without it the turns tell.'),
  ttl_s: z.int().min(1).max(86_400).default(D.ttlS).describe('How long a model is taken to remember.'),
  entries_max: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(D.entriesMax)
    .describe('Points of conversations in mind.'),
}).describe('Keeps a conversation with the model that has read it, unless another one is worth the reading.');

export type AffinityText = z.output<typeof affinity>;

/** Undefined where no conversation is kept in mind. */
export function affinityOf(text: AffinityText | undefined): AffinityConfig | undefined {
  if (text?.enabled !== true) return undefined;
  return { header: text.header, ttlMs: text.ttl_s * 1000, entriesMax: text.entries_max };
}
