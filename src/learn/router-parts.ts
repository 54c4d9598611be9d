import { LEAF, type Trees } from './boosted-trees.js';
import type { RouterPart } from './router.js';
import { type ForestPart, forestWidth } from './router-forest.js';
import type { Memory } from './router-memory.js';

/** The arrays that a part is made of, as a file keeps them. */
export type Tensor = Float32Array | Int8Array | Uint8Array | Uint16Array | Uint32Array;

/** A part as plain data: what `router.json` says of it, and its arrays by name. */
export interface PlainPart {
  readonly kind: string;
  readonly settings: Readonly<Record<string, number>>;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

export function plainPart(part: RouterPart): PlainPart {
  switch (part.kind) {
    case 'linear':
      return { kind: part.kind, settings: {}, tensors: { weights: part.weights, biases: part.biases } };
    case 'words': {
      const { kind, buckets, weights, scales } = part;
      return { kind, settings: { buckets }, tensors: { weights, scales } };
    }
    case 'forest':
      return plainForest(part);
  }
}

function plainForest({ kind, trees, biases, memory, inputWidth }: ForestPart): PlainPart {
  const { roots, columns, thresholds, children, leaves } = trees;
  const tensors = { biases, roots, columns, thresholds, children, leaves };
  const settings = { input_width: inputWidth };
  if (memory === undefined) return { kind, settings, tensors };
  const { mean, axes, width, vectors, outcomeWidth, outcomes } = memory;
  return {
    kind,
    settings: { ...settings, memory_width: width, memory_outcomes: outcomeWidth },
    tensors: {
      ...tensors,
      memory_mean: mean,
      memory_axes: axes,
      memory_vectors: vectors,
      memory_outcomes: outcomes,
    },
  };
}

/** @throws Error when the arrays do not make a part for that many models; the message says what is wrong */
export function partOf({ kind, settings, tensors }: PlainPart, models: number): RouterPart {
  switch (kind) {
    case 'linear': {
      const weights = floats(tensors, 'weights');
      const biases = floats(tensors, 'biases');
      if (biases.length !== models || weights.length % models !== 0)
        throw new Error(
          `a linear part of ${weights.length} weights and ${biases.length} biases fits no ${models} models`,
        );
      return { kind, weights, biases };
    }
    case 'words': {
      const buckets = whole(settings, 'buckets');
      const weights = bytes(tensors, 'weights');
      const scales = floats(tensors, 'scales');
      if (scales.length !== models || weights.length !== models * buckets || (buckets & (buckets - 1)) !== 0)
        throw new Error(`a words part of ${weights.length} weights that fits no ${models} models`);
      return { kind, buckets, weights, scales };
    }
    case 'forest':
      return forestOf(settings, tensors, models);
    default:
      throw new Error(`a part of the unknown kind ${JSON.stringify(kind.slice(0, 40))}`);
  }
}

function forestOf(
  settings: PlainPart['settings'],
  tensors: PlainPart['tensors'],
  models: number,
): ForestPart {
  const inputWidth = whole(settings, 'input_width');
  const biases = floats(tensors, 'biases');
  const trees = treesOf(tensors, models);
  const memory = Object.hasOwn(tensors, 'memory_vectors') ? memoryIn(settings, tensors) : undefined;
  const asks = trees.columns.every((column) => column === LEAF || column < inputWidth);
  if (biases.length !== models || inputWidth < forestWidth(0, memory) || !asks)
    throw new Error(`a forest of ${trees.roots.length} trees that fits no ${models} models`);
  return { kind: 'forest', trees, biases, memory, inputWidth };
}

/** Children must come after their node, or a damaged file would send a walk in circles. */
function treesOf(tensors: PlainPart['tensors'], outputs: number): Trees {
  const columns = tensor(tensors, 'columns', Uint16Array);
  const children = tensor(tensors, 'children', Uint32Array);
  const roots = tensor(tensors, 'roots', Uint32Array);
  const thresholds = floats(tensors, 'thresholds');
  const leaves = floats(tensors, 'leaves');
  const leafCount = leaves.length / outputs;
  const sound = columns.every((column, node) => {
    const child = children[node] ?? 0;
    return column === LEAF ? child < leafCount : child > node && child + 1 < columns.length;
  });
  const sizes = columns.length === children.length && columns.length === thresholds.length;
  if (!sound || !sizes || !Number.isInteger(leafCount) || !roots.every((root) => root < columns.length))
    throw new Error('trees whose nodes do not belong together');
  return { outputs, roots, columns, thresholds, children, leaves };
}

function memoryIn(settings: PlainPart['settings'], tensors: PlainPart['tensors']): Memory {
  const width = whole(settings, 'memory_width');
  const outcomeWidth = whole(settings, 'memory_outcomes');
  const mean = floats(tensors, 'memory_mean');
  const axes = floats(tensors, 'memory_axes');
  const vectors = bytes(tensors, 'memory_vectors');
  const outcomes = bytes(tensors, 'memory_outcomes');
  const count = vectors.length / width;
  if (
    axes.length !== width * mean.length ||
    !Number.isInteger(count) ||
    outcomes.length !== count * outcomeWidth
  )
    throw new Error('a memory whose arrays do not belong together');
  return { mean, axes, width, vectors, outcomeWidth, outcomes };
}

/** @throws Error when there is no such array, or it is none of floats */
export function floats(tensors: PlainPart['tensors'], name: string): Float32Array {
  return tensor(tensors, name, Float32Array);
}

function bytes(tensors: PlainPart['tensors'], name: string): Int8Array {
  return tensor(tensors, name, Int8Array);
}

function tensor<T extends Tensor>(
  tensors: PlainPart['tensors'],
  name: string,
  type: { new (length: number): T; readonly name: string },
): T {
  const found = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (found instanceof type) return found;
  throw new Error(`there is no array of ${NAMES[type.name] ?? type.name} called ${name}`);
}

const NAMES: Readonly<Record<string, string>> = { Float32Array: 'floats', Int8Array: 'bytes' };

function whole(settings: PlainPart['settings'], name: string): number {
  const value = Object.hasOwn(settings, name) ? settings[name] : undefined;
  if (value !== undefined && Number.isInteger(value) && value > 0) return value;
  throw new Error(`there is no whole number called ${name}`);
}
