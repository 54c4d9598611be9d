import { BINS, type BinnedColumns } from './binned-columns.js';

export interface Split {
  readonly column: number;
  /** Rows of this bin and those before it are on the first side. */
  readonly bin: number;
  /** By how much the squared error falls. Above 0. */
  readonly gain: number;
}

export interface SplitSearch {
  readonly columns: BinnedColumns;
  /** What is left to say of each row. Rows × outputs. */
  readonly left: Float32Array;
  readonly outputs: number;
  /** The rows of the leaf. */
  readonly rows: Uint32Array;
  /** The columns that may be asked about. */
  readonly asked: readonly number[];
  readonly rowsPerLeafMin: number;
}

/** Where a leaf is best parted in two; undefined where no parting helps. */
export function bestSplit(search: SplitSearch): Split | undefined {
  const { columns, rows, asked, rowsPerLeafMin } = search;
  if (rows.length < 2 * rowsPerLeafMin) return undefined;
  const sums = new Sums(search.outputs);
  let best: Split | undefined;
  for (const column of asked) {
    const cuts = columns.cuts[column]?.length ?? 0;
    if (cuts === 0) continue;
    sums.gather(search, column);
    const found = sums.bestBin(cuts, rows.length, rowsPerLeafMin);
    if (found.gain > (best?.gain ?? LEAST_GAIN)) best = { column, ...found };
  }
  return best;
}

const LEAST_GAIN = 1e-9;
/** As in the leaves: what few rows say is not believed. */
const PRIOR_ROWS = 5;

class Sums {
  readonly #outputs: number;
  readonly #sums: Float64Array;
  readonly #counts = new Uint32Array(BINS);
  readonly #before: Float64Array;
  readonly #all: Float64Array;

  constructor(outputs: number) {
    this.#outputs = outputs;
    this.#sums = new Float64Array(BINS * outputs);
    this.#before = new Float64Array(outputs);
    this.#all = new Float64Array(outputs);
  }

  gather({ columns, left, rows }: SplitSearch, column: number): void {
    const outputs = this.#outputs;
    const sums = this.#sums.fill(0);
    const counts = this.#counts.fill(0);
    const from = column * columns.rows;
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] ?? 0;
      const bin = columns.bins[from + row] ?? 0;
      counts[bin] = (counts[bin] ?? 0) + 1;
      for (let output = 0; output < outputs; output++)
        sums[bin * outputs + output] =
          (sums[bin * outputs + output] ?? 0) + (left[row * outputs + output] ?? 0);
    }
  }

  bestBin(cuts: number, rows: number, rowsMin: number): { readonly bin: number; readonly gain: number } {
    const outputs = this.#outputs;
    const all = this.#all.fill(0);
    for (let at = 0; at < (cuts + 1) * outputs; at++)
      all[at % outputs] = (all[at % outputs] ?? 0) + (this.#sums[at] ?? 0);
    const whole = squares(all) / (rows + PRIOR_ROWS);
    const before = this.#before.fill(0);
    let count = 0;
    let best = { bin: 0, gain: 0 };
    for (let bin = 0; bin < cuts; bin++) {
      count += this.#counts[bin] ?? 0;
      for (let output = 0; output < outputs; output++)
        before[output] = (before[output] ?? 0) + (this.#sums[bin * outputs + output] ?? 0);
      if (count < rowsMin) continue;
      if (rows - count < rowsMin) break;
      let rest = 0;
      for (let output = 0; output < outputs; output++)
        rest += ((all[output] ?? 0) - (before[output] ?? 0)) ** 2;
      const gain = squares(before) / (count + PRIOR_ROWS) + rest / (rows - count + PRIOR_ROWS) - whole;
      if (gain > best.gain) best = { bin, gain };
    }
    return best;
  }
}

function squares(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
