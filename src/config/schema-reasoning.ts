import { z } from 'zod';
import type { ReasoningCard, ReasoningPolicy } from '../selection/reasoning.js';
import { EFFORTS, REASONING_FAMILIES } from '../selection/reasoning.js';
import { DEFAULTS } from './defaults.js';
import { section } from './fields.js';

/** What a model's card says of thinking. */
export const reasoningCard = section({
  family: z.enum(REASONING_FAMILIES),
  efforts: z
    .array(z.enum(EFFORTS))
    .min(1)
    .max(EFFORTS.length)
    .optional()
    .describe('Values of reasoning_effort that the model takes, where they are not those of its family.'),
}).describe('By whose spelling the model is told to think.');

/** What a decision wants of it. */
export const reasoningPolicy = section({
  mode: z.enum(['on', 'off', 'auto']).default(DEFAULTS.reasoning.mode),
  effort: z.enum(['low', 'medium', 'high']).optional(),
  budget_tokens: z.int().min(1).max(10_000_000).optional().describe('Tokens that thinking may take.'),
  when_difficulty_below: z
    .number()
    .min(0)
    .max(1)
    .default(DEFAULTS.reasoning.difficultyBelow)
    .describe('For auto: think where a model of that size answers well with a probability below this.'),
  override: z
    .boolean()
    .default(DEFAULTS.reasoning.override)
    .describe('true: goes before what the client asks for.'),
}).describe('How much the model thinks.');

export function reasoningCardOf(text: z.output<typeof reasoningCard>): ReasoningCard {
  return { family: text.family, efforts: text.efforts };
}

export function reasoningPolicyOf(text: z.output<typeof reasoningPolicy>): ReasoningPolicy {
  return {
    mode: text.mode,
    effort: text.effort,
    budgetTokens: text.budget_tokens,
    difficultyBelow: text.when_difficulty_below,
    override: text.override,
  };
}
