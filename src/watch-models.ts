import type { Config } from './config/config.js';
import type { ExchangeService } from './exchange/service.js';
import { createCooldown } from './selection/cooldown.js';
import { createRetryBudget } from './selection/retry-budget.js';

/** Further tries are counted over this. Milliseconds. */
const BUDGET_WINDOW_MS = 10_000;
/** So many are allowed in two windows however quiet the gateway is. */
const RETRIES_MIN = 20;

/** What is kept of the models' answers, where one model may follow another. */
export function watchModels({ fallback }: Pick<Config, 'fallback'>): Pick<ExchangeService, 'fallback'> {
  if (fallback === undefined) return {};
  const { cooldownAfter, cooldownMs, budgetPercent } = fallback;
  return {
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
