import { z } from 'zod';
import { CONVERSATION_FEATURES, IDENTITY_KINDS, STRUCTURE_FEATURES } from '../signals/labels.js';
import { DEFAULTS } from './defaults.js';
import { name, section, text } from './fields.js';

const bound = z.number().min(0).max(1e9).optional();

interface Measured {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** Without bounds, being there at all is what is asked for; crossed ones could never match. */
function checkBounds({ value, issues }: z.core.ParsePayload<Measured>): void {
  const { min, max } = value;
  if (min === undefined || max === undefined || min <= max) return;
  const message = `has min ${min} above max ${max}; it could never match, swap them`;
  issues.push({ code: 'custom', message, input: value });
}

export const structure = section({
  name,
  type: z.literal('structure'),
  feature: z.enum(STRUCTURE_FEATURES),
  min: bound,
  max: bound,
}).check(checkBounds);

export const conversation = section({
  name,
  type: z.literal('conversation'),
  feature: z.enum(CONVERSATION_FEATURES),
  min: bound,
  max: bound,
}).check(checkBounds);

export const identitySignal = section({
  name,
  type: z.literal('identity'),
  of: z.enum(IDENTITY_KINDS),
  any_of: z.array(text(200)).min(1).max(1000),
});

const words = z.array(text(200).regex(/\S/, { error: 'is blank; write a word into it' }));

export const bm25 = section({
  name,
  type: z.literal('bm25'),
  words: words.min(1).max(10_000),
  weights: z
    .record(text(200), z.number().min(0).max(1000))
    .default({})
    .describe('What a word is worth where that is not 1.'),
  threshold: z.number().min(0.01).max(1e6).default(DEFAULTS.signal.bm25Threshold),
}).check(({ value, issues }) => {
  for (const word of Object.keys(value.weights)) {
    if (value.words.includes(word)) continue;
    const message = 'is a weight of no word; write the word as it stands in "words", or remove it';
    issues.push({ code: 'custom', message, path: ['weights', word], input: value.weights });
  }
});
