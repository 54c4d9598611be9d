import type { Rows } from './rows.js';

/** Columns of some rows, each number as the place among its column's cuts. */
export interface BinnedColumns {
  readonly rows: number;
  /** Column by column. A row is in the first bin whose cut is not below its number, or after the last cut. */
  readonly bins: Uint8Array;
  /** Ascending, by column. */
  readonly cuts: readonly Float32Array[];
}

export const BINS = 64;
/** Rows by which cuts are chosen. */
const SAMPLE_MAX = 4096;

/** Cuts lie between neighbouring numbers of a column, and near equal shares of the rows between them. */
export function binColumns({ values, width }: Rows, indices: Uint32Array): BinnedColumns {
  const rows = indices.length;
  const bins = new Uint8Array(rows * width);
  const every = Math.max(1, Math.ceil(rows / SAMPLE_MAX));
  const cuts = Array.from({ length: width }, (_, column) => {
    const sample = new Float32Array(Math.ceil(rows / every));
    for (let at = 0; at < sample.length; at++)
      sample[at] = values[(indices[at * every] ?? 0) * width + column] ?? 0;
    const found = cutsOf(sample.sort());
    for (let row = 0; row < rows; row++)
      bins[column * rows + row] = binOf(found, values[(indices[row] ?? 0) * width + column] ?? 0);
    return found;
  });
  return { rows, bins, cuts };
}

function cutsOf(sorted: Float32Array): Float32Array {
  const cuts: number[] = [];
  for (let bin = 1; bin < BINS; bin++) {
    const at = Math.floor((bin * sorted.length) / BINS);
    const [before = 0, after = 0] = [sorted[at - 1], sorted[at]];
    const cut = Math.fround((before + after) / 2);
    if (before < after && cut < after && cut > (cuts.at(-1) ?? Number.NEGATIVE_INFINITY)) cuts.push(cut);
  }
  return Float32Array.from(cuts);
}

function binOf(cuts: Float32Array, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > (cuts[middle] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}
