import { z } from 'zod';
import { DOMAINS, GUARD_KINDS, SIZES } from '../signals/labels.js';
import { TYPE_NAMES } from '../signals/pii/types.js';
import { DEFAULTS } from './defaults.js';
import { deadlineMs, name, section, text } from './fields.js';

const share = z.number().min(0).max(1);
const threshold = share.default(DEFAULTS.signal.threshold);
/** At 0 everything is an attack, at 1 next to nothing. */
const guardThreshold = z.number().min(0.01).max(1).optional();
const unread = z.enum(['refuse', 'allow']).default(DEFAULTS.signal.unread);

export const domain = section({
  name,
  type: z.literal('domain'),
  deadline_ms: deadlineMs,
  any_of: z.array(z.enum(DOMAINS)).min(1).max(DOMAINS.length),
  threshold,
});

/** Which labels there are depends on the head, so `head-labels.ts` looks at them. */
export const intent = section({
  name,
  type: z.literal('intent'),
  deadline_ms: deadlineMs,
  any_of: z.array(text(200)).min(1).max(1000),
  threshold,
  head: z.string().min(1).optional().describe('Folder of a head of your own, in place of the shipped one.'),
});

export const difficulty = section({
  name,
  type: z.literal('difficulty'),
  deadline_ms: deadlineMs,
  size: z.enum(SIZES),
  below: share,
});

export const guard = section({
  name,
  type: z.literal('guard'),
  deadline_ms: deadlineMs,
  kinds: z
    .array(z.enum(GUARD_KINDS))
    .min(1)
    .max(GUARD_KINDS.length)
    .default([...GUARD_KINDS]),
  prompt_threshold: guardThreshold,
  document_threshold: guardThreshold,
  unread,
});

export const pii = section({
  name,
  type: z.literal('pii'),
  deadline_ms: deadlineMs,
  types: z
    .array(z.enum(TYPE_NAMES))
    .min(1)
    .max(TYPE_NAMES.length)
    .default([...DEFAULTS.signal.types])
    .describe('Kinds of personal data, by our names or by those of Presidio.'),
  threshold,
  min_count: z.int().min(1).max(10_000).default(DEFAULTS.signal.minCount),
  unread,
});
