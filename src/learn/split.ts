import { type Random, shuffledIndices } from '../lib/random.js';

/**
 * Deals rows out to `folds` folds so that each gets its share of every label, -1 included, and all are of one size
 * within one row. The same `random` gives the same folds.
 */
export function stratifiedFolds(
  labels: ArrayLike<number>,
  { folds, random }: { readonly folds: number; readonly random: Random },
): Uint8Array {
  const order = [...shuffledIndices(labels.length, random)];
  // A stable sort: within a label the rows stay shuffled, and dealing goes on where the label before ended.
  order.sort((a, b) => (labels[a] ?? 0) - (labels[b] ?? 0));
  const foldOf = new Uint8Array(labels.length);
  for (const [at, index] of order.entries()) foldOf[index] = at % folds;
  return foldOf;
}
