/** Each bucket ends a quarter above the one before, so a quantile is off by an eighth at most. */
const GROWTH = 1.25;
/** The first bucket ends here. Milliseconds. */
const LEAST_MS = 0.01;
/** The last one begins at about ninety seconds. */
const BUCKETS = 74;

/** Counts milliseconds in buckets of equal ratio: a few hundred bytes, however many are counted. */
export class Histogram {
  #counts = new Uint32Array(BUCKETS);
  #total = 0;

  add(ms: number): void {
    const at = ms <= LEAST_MS ? 0 : Math.ceil(Math.log(ms / LEAST_MS) / Math.log(GROWTH));
    this.#counts[Math.min(at, BUCKETS - 1)] = (this.#counts[Math.min(at, BUCKETS - 1)] ?? 0) + 1;
    this.#total += 1;
  }

  merge(other: Histogram): void {
    for (const [at, count] of other.#counts.entries()) this.#counts[at] = (this.#counts[at] ?? 0) + count;
    this.#total += other.#total;
  }

  get total(): number {
    return this.#total;
  }

  /** The middle of the bucket in which the share `q` of all values is reached; null when nothing was counted. */
  quantile(q: number): number | null {
    if (this.#total === 0) return null;
    let left = Math.max(1, Math.ceil(q * this.#total));
    const at = this.#counts.findIndex((count) => {
      left -= count;
      return left <= 0;
    });
    return Number((LEAST_MS * GROWTH ** (at - 0.5)).toPrecision(3));
  }
}
