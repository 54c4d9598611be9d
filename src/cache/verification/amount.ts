import type { PartialDate } from './calendar.js';

/** A number before its unit is looked at. */
export interface Spotted {
  /** Digits with what joins them, without leading zeros: `3.10`, `1/2`, `-5`. */
  readonly value: string;
  readonly amount: number;
  readonly end: number;
  readonly isOptional: boolean;
  /** Parts of a whole may be written as a decimal or in percent. */
  readonly isShare?: boolean;
  readonly dates?: readonly PartialDate[];
}

/** One text for equal amounts; sums of fractions differ in their last digits. */
export function canonical(amount: number): string {
  return String(Number(amount.toPrecision(10)));
}
