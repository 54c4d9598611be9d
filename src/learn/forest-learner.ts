import type { Random } from '../lib/random.js';
import { addTrees, fitTrees, LEAF, type Trees } from './boosted-trees.js';
import { type FittedPart, type FoldedRows, indicesWithout, type PartLearner } from './part-learner.js';
import { type RoutedPrompt, readOnce } from './routed-prompt.js';
import { forestInput } from './router-forest.js';
import type { Memory } from './router-memory.js';
import type { RouterTargets } from './router-targets.js';
import { type Rows, rowAt } from './rows.js';

const FIT = { rounds: 140, rate: 0.04, leavesMax: 8, columnShare: 0.3 };
const ROWS_PER_LEAF = 60;
/** Of few rows a leaf may have fewer, or there would be no trees. */
const LEAVES_OF_FEW = 30;
const ROWS_PER_LEAF_LEAST = 5;

export interface ForestLearnerOptions {
  readonly memory: Memory | undefined;
  readonly random: Random;
}

/** Trees over shape, heads and memory. */
export class ForestLearner implements PartLearner {
  readonly #rows: Rows;
  readonly #targets: RouterTargets;
  readonly #folded: FoldedRows;
  readonly #options: ForestLearnerOptions;

  constructor(
    inputs: Rows,
    { targets, folded }: { readonly targets: RouterTargets; readonly folded: FoldedRows },
    options: ForestLearnerOptions,
  ) {
    this.#rows = inputs;
    this.#targets = targets;
    this.#folded = folded;
    this.#options = options;
  }

  fit(without?: number): FittedPart {
    const { models, values } = this.#targets;
    const indices = indicesWithout(this.#folded, without);
    const { memory } = this.#options;
    const options = treeOptions(indices.length, this.#options.random);
    const columnsOf = (from: number, count: number) =>
      Float32Array.from({ length: (values.length / (1 + models)) * count }, (_, at) => {
        return values[Math.floor(at / count) * (1 + models) + from + (at % count)] ?? Number.NaN;
      });
    const common = fitTrees(this.#rows, { targets: columnsOf(0, 1), outputs: 1, indices }, options);
    const own = fitTrees(this.#rows, { targets: columnsOf(1, models), outputs: models, indices }, options);
    return {
      say: (row) => {
        const said = new Float32Array(1 + models);
        addTrees(common, rowAt(this.#rows, row), said.subarray(0, 1));
        addTrees(own, rowAt(this.#rows, row), said.subarray(1));
        return said;
      },
      part: (weights) => ({
        kind: 'forest',
        trees: joined(scaled(spread(common, models), weights.common), scaled(own, weights.own)),
        biases: new Float32Array(models),
        memory,
        inputWidth: this.#rows.width,
      }),
    };
  }
}

/** @throws Error when the prompts' embeddings come from a model without heads */
export function forestInputs(prompts: readonly RoutedPrompt[], memory: Memory | undefined): Rows {
  const first = prompts[0] === undefined ? undefined : forestInput(readOnce(prompts[0]), memory);
  if (first === undefined)
    throw new Error('a router is trained on what the heads say, and the encoder has none');
  const width = first.length;
  const values = new Float32Array(prompts.length * width);
  for (const [row, prompt] of prompts.entries())
    values.set(forestInput(readOnce(prompt), memory) ?? [], row * width);
  return { values, width };
}

export function treeOptions(rows: number, random: Random) {
  const few = Math.max(ROWS_PER_LEAF_LEAST, Math.floor(rows / LEAVES_OF_FEW));
  return { ...FIT, rowsPerLeafMin: Math.min(ROWS_PER_LEAF, few), random };
}

/** The same answer for every model. */
function spread(trees: Trees, models: number): Trees {
  const leaves = Float32Array.from({ length: trees.leaves.length * models }, (_, at) => {
    return trees.leaves[Math.floor(at / models)] ?? 0;
  });
  return { ...trees, outputs: models, leaves };
}

function scaled(trees: Trees, factor: number): Trees {
  return { ...trees, leaves: trees.leaves.map((leaf) => leaf * factor) };
}

function joined(first: Trees, second: Trees): Trees {
  const nodes = first.columns.length;
  const leaves = first.leaves.length / first.outputs;
  return {
    outputs: first.outputs,
    roots: Uint32Array.from([...first.roots, ...second.roots.map((root) => root + nodes)]),
    columns: Uint16Array.from([...first.columns, ...second.columns]),
    thresholds: Float32Array.from([...first.thresholds, ...second.thresholds]),
    children: Uint32Array.from([
      ...first.children,
      ...second.children.map((child, node) => child + (second.columns[node] === LEAF ? leaves : nodes)),
    ]),
    leaves: Float32Array.from([...first.leaves, ...second.leaves]),
  };
}
