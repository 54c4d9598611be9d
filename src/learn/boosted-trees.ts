import type { Random } from '../lib/random.js';
import { type BinnedColumns, binColumns } from './binned-columns.js';
import type { Rows } from './rows.js';
import { bestSplit, type Split } from './tree-split.js';

/** Trees whose leaves each hold a number for every output; what they say of a row is the sum over the trees. */
export interface Trees {
  readonly outputs: number;
  /** Where each tree begins among the nodes. */
  readonly roots: Uint32Array;
  /** The column that a node asks about, or `LEAF`. */
  readonly columns: Uint16Array;
  /** Rows whose number is not above it go to the first child, the others to the one after it. */
  readonly thresholds: Float32Array;
  /** Of a leaf its place in `leaves`, of any other node that of its first child. */
  readonly children: Uint32Array;
  /** Leaves × outputs. */
  readonly leaves: Float32Array;
}

export const LEAF = 0xffff;

/** Adds what the trees say of a row to `sums`. */
export function addTrees(trees: Trees, row: Float32Array, sums: Float32Array): void {
  const { roots, columns, thresholds, children, leaves, outputs } = trees;
  for (let tree = 0; tree < roots.length; tree++) {
    let node = roots[tree] ?? 0;
    for (let column = columns[node] ?? LEAF; column !== LEAF; column = columns[node] ?? LEAF)
      node = (children[node] ?? 0) + ((row[column] ?? 0) > (thresholds[node] ?? 0) ? 1 : 0);
    const from = (children[node] ?? 0) * outputs;
    for (let at = 0; at < outputs; at++) sums[at] = (sums[at] ?? 0) + (leaves[from + at] ?? 0);
  }
}

export interface TreeFitOptions {
  readonly rounds: number;
  /** Share of a tree's answer that counts, above 0 to 1. */
  readonly rate: number;
  readonly leavesMax: number;
  readonly rowsPerLeafMin: number;
  /** Share of the columns that each tree may ask about. */
  readonly columnShare: number;
  readonly random: Random;
}

/**
 * Gradient boosting with squared loss: each tree is fitted to what those before it left unsaid.
 *
 * @param targets rows × outputs, around 0; NaN where nothing is known, which pulls nowhere
 */
export function fitTrees(
  rows: Rows,
  {
    targets,
    outputs,
    indices,
  }: { readonly targets: Float32Array; readonly outputs: number; readonly indices: Uint32Array },
  options: TreeFitOptions,
): Trees {
  const columns = binColumns(rows, indices);
  const left = new Float32Array(indices.length * outputs);
  for (let at = 0; at < indices.length; at++) {
    for (let output = 0; output < outputs; output++) {
      const target = targets[(indices[at] ?? 0) * outputs + output] ?? 0;
      left[at * outputs + output] = Number.isNaN(target) ? 0 : target;
    }
  }
  const builder = new TreeBuilder(outputs);
  for (let round = 0; round < options.rounds; round++) {
    const asked = someColumns(rows.width, options);
    grow({ columns, left, outputs, asked, options, builder });
  }
  return builder.trees();
}

function someColumns(width: number, { columnShare, random }: TreeFitOptions): readonly number[] {
  const chosen = Array.from({ length: width }, (_, column) => column).filter(() => random() < columnShare);
  return chosen.length > 0 ? chosen : [Math.floor(random() * width)];
}

interface Growing {
  readonly columns: BinnedColumns;
  /** What no tree has said yet. */
  readonly left: Float32Array;
  readonly outputs: number;
  readonly asked: readonly number[];
  readonly options: TreeFitOptions;
  readonly builder: TreeBuilder;
}

interface Leaf {
  readonly node: number;
  readonly rows: Uint32Array;
  readonly split: Split | undefined;
}

/** One tree: the leaf that gains most is split, until there are enough of them. */
function grow(growing: Growing): void {
  const { columns, options, builder } = growing;
  const leafOf = (node: number, rows: Uint32Array): Leaf => ({
    node,
    rows,
    split: bestSplit({ ...growing, rows, rowsPerLeafMin: options.rowsPerLeafMin }),
  });
  const all = Uint32Array.from({ length: columns.rows }, (_, row) => row);
  const leaves = [leafOf(builder.root(), all)];
  while (leaves.length < options.leavesMax) {
    const place = mostGaining(leaves);
    const leaf = leaves[place];
    if (leaf?.split === undefined) break;
    const { column, bin } = leaf.split;
    const bins = columns.bins.subarray(column * columns.rows, (column + 1) * columns.rows);
    const first = builder.split(leaf.node, column, columns.cuts[column]?.[bin] ?? 0);
    leaves[place] = leafOf(
      first,
      leaf.rows.filter((row) => (bins[row] ?? 0) <= bin),
    );
    leaves.push(
      leafOf(
        first + 1,
        leaf.rows.filter((row) => (bins[row] ?? 0) > bin),
      ),
    );
  }
  for (const { node, rows } of leaves) settle(growing, node, rows);
}

function mostGaining(leaves: readonly Leaf[]): number {
  let best = 0;
  for (const [place, { split }] of leaves.entries())
    if ((split?.gain ?? 0) > (leaves[best]?.split?.gain ?? 0)) best = place;
  return best;
}

/** Rows that a leaf counts as having, all of them at 0: what few rows say is drawn towards nothing. */
const PRIOR_ROWS = 5;

/** The mean of what is left becomes the leaf's answer, and is no longer left. */
function settle({ left, outputs, options, builder }: Growing, node: number, rows: Uint32Array): void {
  const answer = new Float32Array(outputs);
  for (const row of rows)
    for (let at = 0; at < outputs; at++) answer[at] = (answer[at] ?? 0) + (left[row * outputs + at] ?? 0);
  for (let at = 0; at < outputs; at++)
    answer[at] = (options.rate * (answer[at] ?? 0)) / (rows.length + PRIOR_ROWS);
  for (const row of rows)
    for (let at = 0; at < outputs; at++)
      left[row * outputs + at] = (left[row * outputs + at] ?? 0) - (answer[at] ?? 0);
  builder.settle(node, answer);
}

class TreeBuilder {
  readonly #roots: number[] = [];
  readonly #columns: number[] = [];
  readonly #thresholds: number[] = [];
  readonly #children: number[] = [];
  readonly #leaves: number[] = [];
  readonly #outputs: number;

  constructor(outputs: number) {
    this.#outputs = outputs;
  }

  root(): number {
    const node = this.#node();
    this.#roots.push(node);
    return node;
  }

  /** Gives the first of both children. */
  split(node: number, column: number, threshold: number): number {
    const first = this.#node();
    this.#node();
    this.#columns[node] = column;
    this.#thresholds[node] = threshold;
    this.#children[node] = first;
    return first;
  }

  settle(node: number, answer: Float32Array): void {
    this.#children[node] = this.#leaves.length / this.#outputs;
    this.#leaves.push(...answer);
  }

  trees(): Trees {
    return {
      outputs: this.#outputs,
      roots: Uint32Array.from(this.#roots),
      columns: Uint16Array.from(this.#columns),
      thresholds: Float32Array.from(this.#thresholds),
      children: Uint32Array.from(this.#children),
      leaves: Float32Array.from(this.#leaves),
    };
  }

  #node(): number {
    this.#columns.push(LEAF);
    this.#thresholds.push(0);
    this.#children.push(0);
    return this.#columns.length - 1;
  }
}
