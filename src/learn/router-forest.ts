import type { Embedding } from '../signals/contract.js';
import { addTrees, type Trees } from './boosted-trees.js';
import { SHAPE_WIDTH } from './prompt-shape.js';
import type { ReadPrompt } from './routed-prompt.js';
import { headNumbers } from './router-linear.js';
import { type Memory, recall, recallWidth } from './router-memory.js';

/** Trees over the form of a prompt, what the heads say of it, and how prompts like it were answered. */
export interface ForestPart {
  readonly kind: 'forest';
  /** One output for each model. */
  readonly trees: Trees;
  readonly biases: Float32Array;
  readonly memory: Memory | undefined;
  /** Numbers that the trees may ask about: those of `forestInput`. */
  readonly inputWidth: number;
}

/** Undefined where the embedding is of a model without heads, or of another dimension than what is remembered. */
export function forestScores(
  { trees, biases, memory, inputWidth }: ForestPart,
  prompt: ReadPrompt,
): Float32Array | undefined {
  const input = forestInput(prompt, memory);
  if (input?.length !== inputWidth) return undefined;
  const scores = Float32Array.from(biases);
  addTrees(trees, input, scores);
  return scores;
}

/** The answers of the heads, the tokens, the shape, and what is remembered. */
export function forestInput(
  { embedding, shape }: ReadPrompt,
  memory: Memory | undefined,
): Float32Array | undefined {
  const heads = headNumbers(embedding);
  if (heads === undefined) return undefined;
  const remembered = recalled(memory, embedding);
  if (remembered === undefined) return undefined;
  const input = new Float32Array(heads.length + SHAPE_WIDTH + remembered.length);
  input.set(heads);
  input.set(shape(), heads.length);
  input.set(remembered, heads.length + SHAPE_WIDTH);
  return input;
}

function recalled(memory: Memory | undefined, { vector }: Embedding): Float32Array | undefined {
  if (memory === undefined) return new Float32Array();
  return memory.mean.length === vector.length ? recall(memory, vector) : undefined;
}

/** Numbers that `forestInput` gives. */
export function forestWidth(headWidth: number, memory: Memory | undefined): number {
  return headWidth + SHAPE_WIDTH + (memory === undefined ? 0 : recallWidth(memory));
}
