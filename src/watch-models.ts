import type { Config } from './config/config.js';
import { JudgeDesk } from './exchange/judging.js';
import type { ExchangeService } from './exchange/service.js';
import { createCooldown } from './selection/cooldown.js';
import { createRetryBudget } from './selection/retry-budget.js';

/** Further tries are counted over this. Milliseconds. */
const BUDGET_WINDOW_MS = 10_000;
/** So many are allowed in two windows however quiet the gateway is. */
const RETRIES_MIN = 20;

/** Answers of 1 MiB at most, as a rule, that wait for a larger model's. */
const JUDGED_LIMITS = { answersMax: 10_000, bytesMax: 64 * 1024 * 1024 };

/** What is kept of the models' answers, where one model may follow another. */
export function watchModels({
  fallback,
  decisions,
}: Pick<Config, 'fallback' | 'decisions'>): Pick<ExchangeService, 'fallback' | 'judging'> {
  if (fallback === undefined) return {};
  const { cooldownAfter, cooldownMs, budgetPercent } = fallback;
  const judges = decisions.some(({ cascade }) => cascade !== undefined);
  return {
    ...(judges ? { judging: new JudgeDesk(JUDGED_LIMITS) } : {}),
    fallback: {
      health: createCooldown({ after: cooldownAfter, restMs: cooldownMs }),
      budget: createRetryBudget({
        percent: budgetPercent,
        retriesMin: RETRIES_MIN,
        windowMs: BUDGET_WINDOW_MS,
      }),
    },
  };
}
