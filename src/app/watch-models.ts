import type { Config, FallbackConfig } from '../config/config.js';
import { JudgeDesk } from '../exchange/judging.js';
import type { ExchangeService, FallbackState } from '../exchange/service.js';
import { sameValue } from '../lib/same-value.js';
import { createCooldown } from '../selection/cooldown.js';
import { createRetryBudget } from '../selection/retry-budget.js';

/** Further tries are counted over this. Milliseconds. */
const BUDGET_WINDOW_MS = 10_000;
/** So many are allowed in two windows however quiet the gateway is. */
const RETRIES_MIN = 20;

/** Answers of 1 MiB at most, as a rule, that wait for a larger model's. */
const JUDGED_LIMITS = { answersMax: 10_000, bytesMax: 64 * 1024 * 1024 };

/** What is kept of the models' answers, where one model may follow another. A model that rests goes on resting. */
export function watchModels(
  { fallback, decisions }: Pick<Config, 'fallback' | 'decisions'>,
  before?: WatchedBefore,
): WatchedModels {
  if (fallback === undefined) return {};
  const judges = decisions.some(({ cascade }) => cascade !== undefined);
  const known = before?.service.fallback;
  const goesOn = known !== undefined && sameValue(termsOf(fallback), termsOf(before?.config.fallback));
  return {
    // Answers are judged by whichever config they were asked by, so there is one desk for all of them.
    ...(judges ? { judging: before?.service.judging ?? new JudgeDesk(JUDGED_LIMITS) } : {}),
    fallback: goesOn ? known : stateOf(fallback),
  };
}

type WatchedModels = Pick<ExchangeService, 'fallback' | 'judging'>;

/** What was kept by the config before. */
export interface WatchedBefore {
  readonly config: Pick<Config, 'fallback'>;
  readonly service: WatchedModels;
}

/** What the state hangs on. */
function termsOf(fallback: Config['fallback']): readonly unknown[] {
  return [fallback?.cooldownAfter, fallback?.cooldownMs, fallback?.budgetPercent];
}

function stateOf({ cooldownAfter, cooldownMs, budgetPercent }: FallbackConfig): FallbackState {
  return {
    health: createCooldown({ after: cooldownAfter, restMs: cooldownMs }),
    budget: createRetryBudget({
      percent: budgetPercent,
      retriesMin: RETRIES_MIN,
      windowMs: BUDGET_WINDOW_MS,
    }),
  };
}
