/** Whether one more request may be tried again elsewhere. Times are milliseconds of one monotonic clock. */
export interface RetryBudget {
  mayRetry(nowMs: number): boolean;
  /** A request was answered after so many tries. */
  spent(tries: number, nowMs: number): void;
}

export interface RetryBudgetOptions {
  /** Further tries for each hundred requests. */
  readonly percent: number;
  /** So many are always allowed in a window, so that a quiet gateway has any. */
  readonly retriesMin: number;
  /** Milliseconds. */
  readonly windowMs: number;
}

interface Tally {
  requests: number;
  retries: number;
}

/**
 * Bounds how much load failures add: when everything fails, trying everything again makes it worse. It counts the
 * current window and the one before.
 */
export function createRetryBudget({ percent, retriesMin, windowMs }: RetryBudgetOptions): RetryBudget {
  let window = 0;
  let now: Tally = { requests: 0, retries: 0 };
  let before: Tally = { requests: 0, retries: 0 };
  const turnTo = (nowMs: number): void => {
    const current = Math.floor(nowMs / windowMs);
    if (current === window) return;
    before = current === window + 1 ? now : { requests: 0, retries: 0 };
    now = { requests: 0, retries: 0 };
    window = current;
  };
  return {
    mayRetry: (nowMs) => {
      turnTo(nowMs);
      const allowed = ((now.requests + before.requests) * percent) / 100;
      return now.retries + before.retries < Math.max(retriesMin, allowed);
    },
    spent: (tries, nowMs) => {
      turnTo(nowMs);
      now.requests += 1;
      now.retries += tries - 1;
    },
  };
}
