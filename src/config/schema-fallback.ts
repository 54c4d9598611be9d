import { z } from 'zod';
import type { FallbackPolicy } from '../selection/fallback.js';
import type { FallbackConfig } from './config.js';
import { DEFAULTS } from './defaults.js';
import { modelName, section } from './fields.js';

const D = DEFAULTS.fallback;

const trigger = z.union([z.int().min(400).max(599), z.enum(['5xx', 'connect-failure', 'reset', 'timeout'])]);

const shared = {
  on: z.array(trigger).min(1).max(50),
  first_byte_timeout_ms: z.int().min(1).max(3_600_000),
  answer_timeout_ms: z.int().min(1).max(3_600_000),
  tries_max: z.int().min(2).max(8),
  models: z.array(modelName).max(16),
};

/** What holds for every decision that says nothing else. */
export const fallback = section({
  enabled: z.boolean().default(true),
  on: shared.on.default([...D.on]).describe('What makes the next model try.'),
  first_byte_timeout_ms: shared.first_byte_timeout_ms
    .default(D.firstByteTimeoutMs)
    .describe("Streams: how long a model may take to the answer's headers."),
  answer_timeout_ms: shared.answer_timeout_ms
    .optional()
    .describe('Answers in one piece, whose headers come last: the same. Left out, no limit.'),
  tries_max: shared.tries_max.default(D.triesMax),
  models: shared.models
    .default([])
    .describe('Come after default_model, where no decision claims the prompt.'),
  order: z
    .enum(['selected', 'fixed'])
    .default('selected')
    .describe('fixed: as written, for Envoy 1.36 to 1.39, which can follow no other.'),
  budget_percent: z
    .int()
    .min(1)
    .max(1000)
    .default(D.budgetPercent)
    .describe('Further tries for each 100 requests; above it nobody gets one.'),
  cooldown_after: z.int().min(1).max(100).default(D.cooldownAfter).describe('Failures of a model in a row.'),
  cooldown_s: z.number().min(0).max(3600).default(D.cooldownS).describe('How long it then comes last.'),
}).describe('Another model answers when the chosen one fails. Needs Envoy 1.40, or a fixed order.');

/** What a decision says otherwise. */
export const decisionFallback = section({
  enabled: z.boolean(),
  ...shared,
})
  .partial()
  .describe('What this decision does when its model fails.');

/** @param models of prompts that no decision claims */
export function fallbackOf(text: z.output<typeof fallback>, models: readonly string[]): FallbackConfig {
  return {
    isFixed: text.order === 'fixed',
    policy: {
      on: text.on,
      firstByteTimeoutMs: text.first_byte_timeout_ms,
      answerTimeoutMs: text.answer_timeout_ms,
      triesMax: text.tries_max,
      models: text.models,
      ...(text.order === 'fixed' ? { written: [...new Set([...models, ...text.models])] } : {}),
    },
    budgetPercent: text.budget_percent,
    cooldownAfter: text.cooldown_after,
    cooldownMs: text.cooldown_s * 1000,
  };
}

/** A decision's own policy; what follows the default model follows no other. */
export function decisionFallbackOf(
  own: z.output<typeof decisionFallback> | undefined,
  base: FallbackConfig | undefined,
  models: readonly string[],
): FallbackPolicy | undefined {
  if (base === undefined || own?.enabled === false) return undefined;
  const { policy, isFixed } = base;
  const more = own?.models ?? [];
  return {
    on: own?.on ?? policy.on,
    firstByteTimeoutMs: own?.first_byte_timeout_ms ?? policy.firstByteTimeoutMs,
    answerTimeoutMs: own?.answer_timeout_ms ?? policy.answerTimeoutMs,
    triesMax: own?.tries_max ?? policy.triesMax,
    models: more,
    ...(isFixed ? { written: [...new Set([...models, ...more])] } : {}),
  };
}
