import type { Rows } from './rows.js';
import { rowAt } from './rows.js';

/** Logits of rows that the model was not trained on, with the right class of each. */
export interface HeldOutLogits extends Rows {
  readonly labels: ArrayLike<number>;
}

const LOG_LOWEST = Math.log(0.05);
const LOG_HIGHEST = Math.log(20);
const STEPS = 40;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The temperature, 0.05 to 20, that makes the right classes most likely. The mean negative log likelihood has one
 * minimum in it, which golden-section search closes in on. 1 when there are no rows.
 */
export function fitTemperature(rows: HeldOutLogits): number {
  if (rows.labels.length === 0) return 1;
  let low = LOG_LOWEST;
  let high = LOG_HIGHEST;
  const lossAt = (log: number) => negativeLogLikelihood(rows, Math.exp(log));
  let left = high - GOLDEN * (high - low);
  let right = low + GOLDEN * (high - low);
  let leftLoss = lossAt(left);
  let rightLoss = lossAt(right);
  for (let step = 0; step < STEPS; step++) {
    if (leftLoss <= rightLoss) {
      high = right;
      right = left;
      rightLoss = leftLoss;
      left = high - GOLDEN * (high - low);
      leftLoss = lossAt(left);
    } else {
      low = left;
      left = right;
      leftLoss = rightLoss;
      right = low + GOLDEN * (high - low);
      rightLoss = lossAt(right);
    }
  }
  return Math.exp((low + high) / 2);
}

/** Mean over the rows, in nats. */
export function negativeLogLikelihood(rows: HeldOutLogits, temperature: number): number {
  let loss = 0;
  for (let index = 0; index < rows.labels.length; index++) {
    const logits = rowAt(rows, index);
    let most = Number.NEGATIVE_INFINITY;
    for (const logit of logits) most = Math.max(most, logit);
    let sum = 0;
    for (const logit of logits) sum += Math.exp((logit - most) / temperature);
    loss += Math.log(sum) - ((logits[rows.labels[index] ?? 0] ?? 0) - most) / temperature;
  }
  return loss / rows.labels.length;
}

/** One prediction: how sure it was, 0 to 1, and how right it came out, 0 or 1 or a share. */
export interface Forecast {
  readonly probability: number;
  readonly outcome: number;
}

/**
 * Expected calibration error: how far probabilities are from what came true, over bins of equal width, each weighing
 * as much as it has forecasts. 0 to 1; 0 without forecasts.
 */
export function calibrationError(forecasts: readonly Forecast[], bins = 15): number {
  const sums = Array.from({ length: bins }, () => ({ probability: 0, outcome: 0 }));
  for (const { probability, outcome } of forecasts) {
    const bin = sums[Math.max(0, Math.min(bins - 1, Math.floor(probability * bins)))];
    if (bin === undefined) continue;
    bin.probability += probability;
    bin.outcome += outcome;
  }
  let off = 0;
  for (const bin of sums) off += Math.abs(bin.probability - bin.outcome);
  return forecasts.length === 0 ? 0 : off / forecasts.length;
}

/** Mean squared distance of probabilities from outcomes. 0 without forecasts. */
export function brierScore(forecasts: readonly Forecast[]): number {
  let sum = 0;
  for (const { probability, outcome } of forecasts) sum += (probability - outcome) ** 2;
  return forecasts.length === 0 ? 0 : sum / forecasts.length;
}
