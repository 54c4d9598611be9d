import { wilsonUpper } from '../../lib/wilson.js';

/** Finds how sure one must be so that, of what is served, no larger share is wrong than allowed. */
export interface RiskControl {
  /** True when answers that were as sure as this one, or surer, were wrong seldom enough. */
  allows(logOdds: number): boolean;
  /** What was found out about an answer that had these log odds when it was decided about. */
  observe(logOdds: number, right: boolean): void;
  /** Log odds at or above which is served; infinite when nothing is. */
  cut(): number;
  snapshot(): RiskState;
  restore(state: RiskState): void;
}

export interface RiskState {
  /** Of each bin, from the surest to the least sure: right, wrong. */
  readonly counts: readonly number[];
}

const BIN_WIDTH = 0.25;
const BINS = 32;
/** A bin forgets half of what it knows when it knows this much, so that it follows a change. Observations. */
const BIN_MAX = 400;

/**
 * Counts what was right and wrong in bins of log odds. The cut is the lowest edge above which the upper confidence
 * limit of the share of wrong ones stays within the allowed one. A bin keeps what it knows until newer observations
 * push it out: once answers of a bin are served they are verified only now and then.
 *
 * @param z standard normal quantile of the one-sided confidence
 */
export function createRiskControl(maxErrorRate: number, z: number): RiskControl {
  let right = new Float64Array(BINS);
  let wrong = new Float64Array(BINS);
  let cut = Number.POSITIVE_INFINITY;

  const recut = (): void => {
    cut = Number.POSITIVE_INFINITY;
    let rights = 0;
    let wrongs = 0;
    for (let bin = 0; bin < BINS; bin += 1) {
      rights += right[bin] ?? 0;
      wrongs += wrong[bin] ?? 0;
      if (wilsonUpper(wrongs, rights + wrongs, z) <= maxErrorRate) cut = lowerEdge(bin);
    }
  };

  return {
    allows: (logOdds) => logOdds >= cut,
    observe(logOdds, isRight) {
      const bin = binOf(logOdds);
      if (bin === undefined) return;
      const counts = isRight ? right : wrong;
      counts[bin] = (counts[bin] ?? 0) + 1;
      if ((right[bin] ?? 0) + (wrong[bin] ?? 0) > BIN_MAX) {
        right[bin] = (right[bin] ?? 0) / 2;
        wrong[bin] = (wrong[bin] ?? 0) / 2;
      }
      recut();
    },
    cut: () => cut,
    snapshot: () => ({ counts: Array.from(right).flatMap((count, bin) => [count, wrong[bin] ?? 0]) }),
    restore({ counts }) {
      right = Float64Array.from({ length: BINS }, (_, bin) => counts[2 * bin] ?? 0);
      wrong = Float64Array.from({ length: BINS }, (_, bin) => counts[2 * bin + 1] ?? 0);
      recut();
    },
  };
}

/** Bin 0 holds the surest and all beyond; what is less likely right than wrong is never served and has none. */
function binOf(logOdds: number): number | undefined {
  if (!(logOdds >= 0)) return undefined;
  return Math.max(0, BINS - 1 - Math.floor(logOdds / BIN_WIDTH));
}

function lowerEdge(bin: number): number {
  return (BINS - 1 - bin) * BIN_WIDTH;
}
