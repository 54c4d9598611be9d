import { z } from 'zod';
import { FEEDBACK_KINDS, PREFERENCES } from '../signals/labels.js';
import { DEFAULTS } from './defaults.js';
import { deadlineMs, name, section } from './fields.js';

const share = z.number().min(0).max(1);

export const feedback = section({
  name,
  type: z.literal('feedback'),
  kinds: z
    .array(z.enum(FEEDBACK_KINDS))
    .min(1)
    .max(FEEDBACK_KINDS.length)
    .default([...DEFAULTS.signal.feedbackKinds])
    .describe('What the user says of the answer before.'),
  threshold: share.default(DEFAULTS.signal.threshold),
});

export const reask = section({
  name,
  type: z.literal('reask'),
  threshold: share.default(DEFAULTS.signal.reaskThreshold),
});

export const factCheck = section({
  name,
  type: z.literal('fact_check'),
  deadline_ms: deadlineMs,
  threshold: share.default(DEFAULTS.signal.threshold),
});

export const preference = section({
  name,
  type: z.literal('preference'),
  any_of: z.array(z.enum(PREFERENCES)).min(1).max(PREFERENCES.length),
  threshold: share.default(DEFAULTS.signal.threshold),
});
