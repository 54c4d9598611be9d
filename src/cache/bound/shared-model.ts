import { sigmoid } from '../../lib/sigmoid.js';

/** A logistic model that all entries share, and that learns from each observation as it comes. */
export interface SharedModel {
  /** Log odds that the answer is right. */
  logOdds(features: readonly number[]): number;
  observe(features: readonly number[], right: boolean): void;
  /** Flat numbers, for a file. */
  snapshot(): SharedModelState;
  restore(state: SharedModelState): void;
}

export interface SharedModelState {
  readonly weights: readonly number[];
  /** Covariance of the weights, row by row. */
  readonly covariance: readonly number[];
}

export interface SharedModelOptions {
  /** What it believes before it saw anything; a weight for each feature. */
  readonly firstWeights: readonly number[];
  /** After how many further observations one has lost most of its weight. */
  readonly memory: number;
}

/** How unsure the first weights are: a few dozen observations outvote them. */
const FIRST_VARIANCE = 1;
/** Forgetting makes weights less sure again; beyond this they would jump at a single observation. */
const VARIANCE_MAX = 4;

/**
 * Keeps a normal distribution over the weights and moves it by one step of Newton's method for each observation, the
 * curvature taken where the model stands. That costs a few dozen multiplications and keeps no observation.
 */
export function createSharedModel({ firstWeights, memory }: SharedModelOptions): SharedModel {
  const size = firstWeights.length;
  const weights = Float64Array.from(firstWeights);
  const covariance = new Float64Array(size * size);
  for (let index = 0; index < size; index += 1) covariance[index * (size + 1)] = FIRST_VARIANCE;
  const reach = new Float64Array(size);

  const logOdds = (features: readonly number[]): number => {
    let sum = 0;
    for (let index = 0; index < size; index += 1) sum += (weights[index] ?? 0) * (features[index] ?? 0);
    return sum;
  };

  return {
    logOdds,
    observe(features, right) {
      const p = sigmoid(logOdds(features));
      const curvature = Math.max(p * (1 - p), CURVATURE_MIN);
      let spread = 0;
      for (let row = 0; row < size; row += 1) {
        let sum = 0;
        for (let column = 0; column < size; column += 1) {
          sum += (covariance[row * size + column] ?? 0) * (features[column] ?? 0);
        }
        reach[row] = sum;
        spread += sum * (features[row] ?? 0);
      }
      const shrink = curvature / (1 + curvature * spread);
      const miss = ((right ? 1 : 0) - p) / (1 + curvature * spread);
      const forget = spread < VARIANCE_MAX ? 1 + 1 / memory : 1;
      for (let row = 0; row < size; row += 1) {
        const reached = reach[row] ?? 0;
        weights[row] = (weights[row] ?? 0) + reached * miss;
        for (let column = 0; column < size; column += 1) {
          const at = row * size + column;
          covariance[at] = ((covariance[at] ?? 0) - shrink * reached * (reach[column] ?? 0)) * forget;
        }
      }
    },
    snapshot: () => ({ weights: [...weights], covariance: [...covariance] }),
    restore(state) {
      for (let at = 0; at < weights.length; at += 1) weights[at] = state.weights[at] ?? 0;
      for (let at = 0; at < covariance.length; at += 1) covariance[at] = state.covariance[at] ?? 0;
    },
  };
}

/** Where the model is sure the curvature vanishes, and one surprise would throw the weights far away. */
const CURVATURE_MIN = 0.02;
