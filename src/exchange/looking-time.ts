import type { Inquiry } from './inquiry.js';

/** The time that one request may take to look through its whole conversation, reading and searching together. */
export interface LookingTime {
  /** Runs something that counts; what runs side by side counts once. */
  spend<T>(run: () => Promise<T>): Promise<T>;
  /** Below 0 once it is over. */
  leftMs(): number;
}

export function lookingTime({ service, policy }: Pick<Inquiry, 'service' | 'policy'>): LookingTime {
  const nowMs = () => service.clock.monotonicMs();
  let running = 0;
  let startedMs = 0;
  let spentMs = 0;
  return {
    async spend(run) {
      if (running === 0) startedMs = nowMs();
      running += 1;
      try {
        return await run();
      } finally {
        running -= 1;
        if (running === 0) spentMs += nowMs() - startedMs;
      }
    },
    leftMs: () => policy.reading.deadlineMs - spentMs - (running > 0 ? nowMs() - startedMs : 0),
  };
}

/**
 * How long the way of a request may take from here on, waits for others' answers included. Envoy gives more time once
 * for each message, so whoever asks first asks for all that may follow. Milliseconds.
 */
export function wholeWayMs(inquiry: Pick<Inquiry, 'policy'>): number {
  const { cache } = inquiry.policy;
  return (cache.enabled ? cache.maxWaitMs : 0) + restOfWayMs(inquiry);
}

function restOfWayMs({ policy }: Pick<Inquiry, 'policy'>): number {
  return (policy.looksThrough ? policy.reading.deadlineMs : 0) + policy.encodeDeadlineMs + SPARE_MS;
}

const SPARE_MS = 1000;
