import { type Random, seededRandom } from '../lib/random.js';
import type { PairRow } from './cache-rows.js';

type StreamRow = Pick<PairRow, 'a' | 'b' | 'same'>;

/** Questions in the order in which they are asked. */
export interface QuestionStream {
  /** Every text once. */
  readonly texts: readonly string[];
  /** For each text, the number of its group: texts that one answer serves. */
  readonly groups: readonly number[];
  /** Indices of texts; the same one may come again. */
  readonly asked: readonly number[];
}

/**
 * Draws questions from the texts of pairs, each with equal chance and put back again: a subject that is asked about
 * in many ways comes often, and some come word for word. Groups are closed over the pairs that are the same, so that
 * two texts may share one through a third.
 */
export function streamOf(
  rows: readonly StreamRow[],
  { questions, seed }: { readonly questions: number; readonly seed: number },
): QuestionStream {
  const all = [...new Set(rows.flatMap(({ a, b }) => [a, b]))];
  const rootOf = closeGroups(rows);
  const random: Random = seededRandom(seed);
  const places = new Map<string, number>();
  const asked = Array.from({ length: questions }, () => {
    const text = all[Math.floor(random() * all.length)] ?? '';
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  });
  const texts = [...places.keys()];
  const numbers = new Map<string, number>();
  const groups = texts.map((text) => {
    const root = rootOf(text);
    const number = numbers.get(root) ?? numbers.size;
    numbers.set(root, number);
    return number;
  });
  return { texts, groups, asked };
}

function closeGroups(rows: readonly StreamRow[]): (text: string) => string {
  const parents = new Map<string, string>();
  const rootOf = (text: string): string => {
    let root = text;
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up;
    // The next one who asks finds it at once.
    if (root !== text) parents.set(text, root);
    return root;
  };
  for (const { a, b, same } of rows) {
    const root = rootOf(a);
    const other = rootOf(b);
    if (same && root !== other) parents.set(other, root);
  }
  return rootOf;
}
