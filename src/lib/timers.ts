/** Waiting, as an argument: pure code never starts a timer of its own. */
export interface Timers {
  /**
   * Runs `run` once after `ms` milliseconds, unless it is stopped before. Must not keep the process alive.
   * @returns stops it; does nothing once it has run
   */
  after(ms: number, run: () => void): () => void;
}

export const systemTimers: Timers = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
