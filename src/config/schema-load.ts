import { z } from 'zod';
import type { LoadConfig } from './config.js';
import { DEFAULTS } from './defaults.js';
import { section } from './fields.js';

const D = DEFAULTS.load;

/** Whether and how the pools are asked how busy they are. */
export const load = section({
  enabled: z.boolean().default(true),
  poll_interval_ms: z
    .int()
    .min(50)
    .max(600_000)
    .default(D.pollIntervalMs)
    .describe('How long each server is left alone between two questions.'),
  timeout_ms: z.int().min(10).max(60_000).default(D.timeoutMs),
  forget_after: z
    .int()
    .min(1)
    .max(1000)
    .default(D.forgetAfter)
    .describe('Intervals after which an answer says nothing any more.'),
  busy_from: z
    .number()
    .min(0)
    .max(0.99)
    .default(D.busyFrom)
    .describe('Load, 0 to 1, from which a pool is shunned; 0 prefers the idlest at any time.'),
  path: z
    .string()
    .regex(/^\/[!-~]{0,255}$/, { error: 'is no path; begin with "/"' })
    .default(D.path),
}).describe(
  "Asks every server of the pools for vLLM's metrics: requests that run and wait, its memory, its adapters.",
);

export type LoadText = z.output<typeof load>;

/** Undefined where nobody asks. */
export function loadOf(text: LoadText | undefined): LoadConfig | undefined {
  if (text?.enabled !== true) return undefined;
  const { poll_interval_ms: pollIntervalMs, timeout_ms: timeoutMs, forget_after: intervals, path } = text;
  // An answer is that much older than the question.
  return { pollIntervalMs, timeoutMs, keepMs: intervals * pollIntervalMs + timeoutMs, path };
}
