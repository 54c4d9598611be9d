import { SextantError } from './sextant-error.js';
import type { Timers } from './timers.js';

/**
 * Waits for `work` for `ms` milliseconds at most. What comes later is let go: it is neither returned nor thrown.
 *
 * @throws SextantError `deadline_exceeded` when the time is over
 */
export function within<T>(work: Promise<T>, ms: number, timers: Timers): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = timers.after(ms, () => {
      reject(new SextantError('deadline_exceeded', `There was no answer within ${ms} ms.`));
    });
    work.then(resolve, reject).finally(stop);
  });
}
