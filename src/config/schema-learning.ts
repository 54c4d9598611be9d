import { z } from 'zod';
import type { LearningConfig } from './config.js';
import { DEFAULTS } from './defaults.js';
import { section } from './fields.js';

const LEARNS_FROM = ['outcomes', 'feedback', 'reask', 'cascade'] as const;

const keys = {
  enabled: z.boolean().optional(),
  explore_max: z
    .number()
    .min(0)
    .max(0.5)
    .optional()
    .describe('Share of requests that may go to a model which the expectation would not choose, at most.'),
  min_outcomes: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe('A model with fewer is taken for what was expected of it.'),
  half_life_outcomes: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('After so many outcomes of the decision one counts half.'),
  from: z
    .array(z.enum(LEARNS_FROM))
    .min(1)
    .max(LEARNS_FROM.length)
    .optional()
    .describe(
      'outcomes: what is sent to the admin listener. feedback, reask: how the conversation goes on. cascade: its verdicts.',
    ),
};

/** How a decision learns from outcomes. What it leaves out, the file says for all. */
export const decisionLearning = section(keys).describe('How this decision learns.');

export const learning = section({
  ...keys,
  path: z.string().min(1).optional().describe('File that keeps what was learnt over a restart.'),
}).describe('Learns from outcomes which models answer better or worse than expected.');

export type LearningText = z.output<typeof decisionLearning>;

/** Undefined where the decision does not learn. */
export function learningOf(
  own: LearningText | undefined,
  base: LearningText | undefined,
): LearningConfig | undefined {
  const text = { ...base, ...own };
  if (text.enabled !== true) return undefined;
  const { exploreMax, minOutcomes, halfLifeOutcomes, from } = DEFAULTS.learning;
  return {
    exploreMax: text.explore_max ?? exploreMax,
    minOutcomes: text.min_outcomes ?? minOutcomes,
    halfLifeOutcomes: text.half_life_outcomes ?? halfLifeOutcomes,
    from: new Set(text.from ?? from),
  };
}
