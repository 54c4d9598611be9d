import type { ExchangeRecord } from '../../telemetry/contract.js';
import { addExchange, emptySums, mergeSums, type Sums } from './sums.js';

export const MINUTES = 60;
export const MINUTE_MS = 60_000;

/** What happened in one minute. */
export interface Minute {
  /** Its first millisecond since the Unix epoch. */
  readonly atMs: number;
  readonly sums: Sums;
}

/** The last hour, minute by minute. What is older makes way for what comes. */
export class Hour {
  #slots: (Minute | undefined)[] = new Array<undefined>(MINUTES).fill(undefined);

  add(record: ExchangeRecord, nowMs: number): void {
    const atMs = startOf(nowMs);
    const slot = (atMs / MINUTE_MS) % MINUTES;
    let minute = this.#slots[slot];
    if (minute?.atMs !== atMs) {
      minute = { atMs, sums: emptySums() };
      this.#slots[slot] = minute;
    }
    addExchange(minute.sums, record);
  }

  /** In the order of time, those with exchanges only. */
  minutes(nowMs: number): readonly Minute[] {
    const oldestMs = startOf(nowMs) - (MINUTES - 1) * MINUTE_MS;
    return this.#slots
      .flatMap((minute) =>
        minute === undefined || minute.atMs < oldestMs || minute.atMs > nowMs ? [] : [minute],
      )
      .toSorted((one, other) => one.atMs - other.atMs);
  }
}

export function sumOf(minutes: readonly Minute[]): Sums {
  const sums = emptySums();
  for (const minute of minutes) mergeSums(sums, minute.sums);
  return sums;
}

export function startOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}
