import type { ModelHealth } from './fallback.js';

export interface CooldownOptions {
  /** Failures in a row after which a model rests. */
  readonly after: number;
  /** How long. Milliseconds. */
  readonly restMs: number;
}

interface Ill {
  failures: number;
  /** When it may be tried again; meaningless below the bound. */
  restsUntilMs: number;
}

/** Lets models rest that fail time after time. It knows no more models than it is asked about, those of the policy. */
export function createCooldown({ after, restMs }: CooldownOptions): ModelHealth {
  const ill = new Map<string, Ill>();
  return {
    stateOf: (model, nowMs) => {
      const record = ill.get(model);
      if (record === undefined || record.failures < after) return 'well';
      return nowMs < record.restsUntilMs ? 'cooling' : 'due';
    },
    probe: (model, nowMs) => {
      const record = ill.get(model);
      // Should the answer never come, the next one tries after as long a rest.
      if (record !== undefined) record.restsUntilMs = nowMs + restMs;
    },
    answered: (model, failed, nowMs) => {
      if (!failed) {
        ill.delete(model);
        return;
      }
      const failures = (ill.get(model)?.failures ?? 0) + 1;
      ill.set(model, { failures, restsUntilMs: nowMs + restMs });
    },
  };
}
