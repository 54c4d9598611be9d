import type { Clock } from '../../src/lib/clock.js';
import type { Timers } from '../../src/lib/timers.js';

/** Time that passes only when it is told to. */
export class HandTime implements Clock, Timers {
  private now = 1_000_000;
  private waiting = new Map<number, { readonly at: number; readonly run: () => void }>();
  private last = 0;

  nowMs(): number {
    return this.now;
  }

  monotonicMs(): number {
    return this.now;
  }

  after(ms: number, run: () => void): () => void {
    this.last += 1;
    const id = this.last;
    this.waiting.set(id, { at: this.now + ms, run });
    return () => this.waiting.delete(id);
  }

  /** Lets so many milliseconds pass, and everything that is due in them happen in its order. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    await settled();
    for (let due = this.due(end); due !== undefined; due = this.due(end)) {
      this.waiting.delete(due[0]);
      this.now = due[1].at;
      due[1].run();
      await settled();
    }
    this.now = end;
    await settled();
  }

  private due(end: number) {
    return [...this.waiting]
      .filter(([, { at }]) => at <= end)
      .sort(([, one], [, other]) => one.at - other.at)[0];
  }
}

/** Everything that only waits for promises has happened afterwards. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
