import type { Clock } from '../lib/clock.js';

export interface BreakerOptions {
  /** So many failures in a row open it. */
  readonly failuresMax: number;
  /** After a single failure nothing is asked for so long, so that one request never waits twice. Milliseconds. */
  readonly restMs: number;
  readonly clock: Clock;
}

/** `closed`: work goes through. `open`: none does. `half-open`: one probe is under way, and nothing else. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * Keeps work away from a part that fails. It starts open, since nobody knows yet whether the part is there; whoever
 * owns it probes the part, and says how that went.
 */
export class Breaker {
  private current: BreakerState = 'open';
  private failures = 0;
  private restUntilMs = 0;

  constructor(private readonly options: BreakerOptions) {}

  get state(): BreakerState {
    return this.current;
  }

  /** Whether work may be tried now. */
  allows(): boolean {
    return this.current === 'closed' && this.options.clock.monotonicMs() >= this.restUntilMs;
  }

  succeeded(): void {
    this.failures = 0;
  }

  /** True when this failure opened it. */
  failed(): boolean {
    if (this.current !== 'closed') return false;
    this.failures += 1;
    this.restUntilMs = this.options.clock.monotonicMs() + this.options.restMs;
    if (this.failures < this.options.failuresMax) return false;
    this.current = 'open';
    return true;
  }

  /** False when a probe is under way already, or none is needed. */
  startProbe(): boolean {
    if (this.current !== 'open') return false;
    this.current = 'half-open';
    return true;
  }

  endProbe(worked: boolean): void {
    if (this.current !== 'half-open') return;
    this.current = worked ? 'closed' : 'open';
    this.failures = 0;
    this.restUntilMs = 0;
  }
}
