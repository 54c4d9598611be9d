import { createErrorBound } from '../../../../src/cache/bound.js';
import { type Random, seededRandom } from '../../../../src/lib/random.js';

/** A world in which the truth is known: how likely an entry's answer is right for a question of this similarity. */
export interface World<E> {
  /** Draws the hidden nature of one entry. */
  entry(random: Random): E;
  /** @param at how far the run is, 0 to 1 */
  right(entry: E, similarity: number, at: number): number;
}

export interface Run {
  readonly served: number;
  readonly wrong: number;
  /** Share served in the first quarter of the run, and in the last. */
  readonly early: number;
  readonly late: number;
  readonly requests: number;
}

/** Lets questions come upon entries, the popular ones more often, and counts what was served of them. */
export function simulate<E>(
  world: World<E>,
  options: { readonly maxErrorRate: number; readonly seed: number; readonly requests?: number },
): Run {
  const { maxErrorRate, seed, requests = 3000 } = options;
  const random = seededRandom(seed);
  const bound = createErrorBound({ maxErrorRate, verifySampleRate: 0.01, random: seededRandom(seed + 1) });
  const entries = Array.from({ length: 100 }, () => world.entry(random));
  const servedAt: boolean[] = [];
  let wrong = 0;
  for (let turn = 0; turn < requests; turn += 1) {
    const index = Math.floor(random() * random() * entries.length);
    const similarity = 0.7 + 0.3 * random();
    const right = random() < world.right(entries[index] as E, similarity, turn / requests);
    const { action, basis } = bound.decide(`entry ${index}`, { similarity });
    servedAt.push(action === 'serve');
    if (action !== 'serve') bound.observe(`entry ${index}`, basis, right);
    else if (!right) wrong += 1;
  }
  const quarter = requests / 4;
  return {
    served: servedAt.filter(Boolean).length,
    wrong,
    early: servedAt.slice(0, quarter).filter(Boolean).length / quarter,
    late: servedAt.slice(-quarter).filter(Boolean).length / quarter,
    requests,
  };
}
