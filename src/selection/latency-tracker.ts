import type { AnswerTimes, LatencySeen } from './scorers.js';

export interface LatencyTrackerOptions {
  /** After so long an answer counts half. Milliseconds. */
  readonly halfLifeMs: number;
}

/** Means over the answers of late, by model. Times are milliseconds of one monotonic clock. */
export interface LatencyTracker {
  /** It knows no more models than are told of, those of the policy. */
  answered(model: string, times: AnswerTimes, nowMs: number): void;
  /** Undefined for a model of which nothing was seen, or nothing for long. */
  latencyOf(model: string, nowMs: number): LatencySeen | undefined;
}

/** A mean counts for so many answers at most: what comes after many must still be able to change it. */
const WEIGHT_MAX = 16;
/**
 * A mean that has decayed below this is forgotten. Else a model that was slow once, and is avoided since, would never
 * get the request that shows that it is fast again.
 */
const WEIGHT_MIN = 0.25;
/** Nobody waits longer for a token, so a greater number is a slip of something. Milliseconds. */
const TIME_MS_MAX = 600_000;

/** A decaying mean: `sum / weight`, both as they were at `atMs`. */
interface Mean {
  readonly sum: number;
  readonly weight: number;
  readonly atMs: number;
}

interface Means {
  firstToken: Mean | undefined;
  perToken: Mean | undefined;
}

export function createLatencyTracker({ halfLifeMs }: LatencyTrackerOptions): LatencyTracker {
  const models = new Map<string, Means>();
  const decayed = (mean: Mean, nowMs: number): Mean => {
    const factor = 0.5 ** (Math.max(0, nowMs - mean.atMs) / halfLifeMs);
    return { sum: mean.sum * factor, weight: mean.weight * factor, atMs: nowMs };
  };
  const read = (mean: Mean | undefined, nowMs: number): number | undefined => {
    const now = mean && decayed(mean, nowMs);
    return now === undefined || now.weight < WEIGHT_MIN ? undefined : now.sum / now.weight;
  };
  const add = (mean: Mean | undefined, value: number, nowMs: number): Mean => {
    const before = mean === undefined ? { sum: 0, weight: 0 } : decayed(mean, nowMs);
    const weight = before.weight + 1;
    const kept = Math.min(1, WEIGHT_MAX / weight);
    return { sum: (before.sum + value) * kept, weight: weight * kept, atMs: nowMs };
  };
  return {
    answered: (model, times, nowMs) => {
      const means = models.get(model) ?? { firstToken: undefined, perToken: undefined };
      models.set(model, means);
      const { firstTokenMs } = times;
      if (firstTokenMs !== undefined && isTime(firstTokenMs)) {
        means.firstToken = add(means.firstToken, firstTokenMs, nowMs);
      }
      const perTokenMs = perTokenOf(times, read(means.firstToken, nowMs));
      if (perTokenMs !== undefined && isTime(perTokenMs)) {
        means.perToken = add(means.perToken, perTokenMs, nowMs);
      }
    },
    latencyOf: (model, nowMs) => {
      const means = models.get(model);
      const firstTokenMs = read(means?.firstToken, nowMs);
      const perTokenMs = read(means?.perToken, nowMs);
      return firstTokenMs === undefined && perTokenMs === undefined
        ? undefined
        : { firstTokenMs, perTokenMs };
    },
  };
}

/**
 * Of an answer in one piece nobody sees the first token: the mean of the streams stands for it, and without any the whole
 * time is laid to the tokens.
 *
 * @returns undefined where no token came after the first one
 */
function perTokenOf(
  { firstTokenMs, totalMs, tokens }: AnswerTimes,
  usualFirstMs: number | undefined,
): number | undefined {
  if (totalMs === undefined || tokens === undefined) return undefined;
  const firstMs = firstTokenMs ?? usualFirstMs;
  if (firstMs === undefined) return tokens < 1 ? undefined : totalMs / tokens;
  return tokens < 2 ? undefined : Math.max(0, totalMs - firstMs) / (tokens - 1);
}

function isTime(ms: number): boolean {
  return ms >= 0 && ms <= TIME_MS_MAX;
}
