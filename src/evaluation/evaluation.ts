import type { Interval } from '../learn/metrics.js';
import type { Clock } from '../lib/clock.js';
import type { JsonObject } from '../lib/json.js';
import type { Encoder, HeadName, HeadSpec, WholeReader } from '../signals/contract.js';
import { DataError } from './data-error.js';

/** What rows are judged with: the parts that serve. */
export interface EvaluationTools {
  readonly encoder: Encoder & WholeReader;
  /** Threads of the encoder. */
  readonly workers: number;
  readonly clock: Clock;
  readonly progress?: ((done: number, of: number) => void) | undefined;
}

/** One number of an evaluation. */
export interface Figure {
  readonly name: string;
  /** A share, 0 to 1, or milliseconds; null where the rows say nothing of it. */
  readonly value: number | null;
  /** 95 %. */
  readonly interval?: Interval | undefined;
  /** Rows, or spans, that it was calculated from. */
  readonly n: number;
  readonly unit: 'share' | 'ms';
}

export interface Evaluation {
  /** One line for machines; its names are public. */
  readonly json: JsonObject;
  readonly figures: readonly Figure[];
  /** What whoever reads the figures must know; empty when there is nothing. */
  readonly notes: readonly string[];
}

/** @throws DataError when the model has no heads */
export function headsOf(encoder: Encoder): Readonly<Record<HeadName, HeadSpec>> {
  if (encoder.heads !== undefined) return encoder.heads;
  throw new DataError('the models folder has no heads to evaluate; name another with --models');
}

export function share(
  name: string,
  value: number | null,
  of: { readonly n: number; readonly interval?: Interval | null | undefined },
): Figure {
  const { n, interval } = of;
  return { name, value, n, unit: 'share', ...(interval ? { interval } : {}) };
}

export function milliseconds(name: string, value: number, n: number): Figure {
  return { name, value, n, unit: 'ms' };
}

/** Four digits: more would tell of chance alone. */
export function rounded(value: number): number;
export function rounded(value: number | null): number | null;
export function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(4));
}

/** The intervals of figures under the names of their values in JSON. */
export function intervalsOf(figures: readonly Figure[]): JsonObject {
  const known = figures.flatMap(({ name, interval }) =>
    interval === undefined ? [] : [[keyOf(name), interval.map((end) => rounded(end))] as const],
  );
  return Object.fromEntries(known);
}

function keyOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
}
