import type { CacheOperations } from '../cache/contract.js';
import type { HitWatch } from './hit-watch.js';
import type { ServedHits } from './served.js';

export type FeedbackVerdict = 'right' | 'wrong';

/** What was done about it. */
export interface FeedbackEffect {
  /** An entry is gone. */
  readonly evicted: boolean;
  /** The error bound knows more than before. */
  readonly learnt: boolean;
}

/**
 * Takes what somebody says of an answer.
 *
 * @param id what the answer's id header named
 * @returns undefined when no answer under this id is remembered, and none is stored
 */
export type GiveFeedback = (id: string, verdict: FeedbackVerdict) => Promise<FeedbackEffect | undefined>;

export interface FeedbackParts {
  readonly served: ServedHits;
  readonly watchOf: (route: string) => HitWatch | undefined;
  readonly store: Pick<CacheOperations, 'evict'>;
}

/**
 * A wrong answer is evicted, and teaches the bound to be surer of its family; a right one teaches as well. An answer
 * that came from a model may be called wrong too: it carries the id of the entry that was made of it.
 */
export function createFeedback({ served, watchOf, store }: FeedbackParts): GiveFeedback {
  return async (id, verdict) => {
    const right = verdict === 'right';
    const hit = served.take(id);
    if (hit === undefined) {
      const evicted = !right && (await store.evict(id));
      return evicted ? { evicted, learnt: false } : undefined;
    }
    const { route, entryId, basis } = hit;
    const watch = watchOf(route);
    watch?.tally.checked('feedback', verdict);
    const learnt = watch?.bound !== undefined && basis !== undefined;
    if (learnt) watch.bound.observe(entryId, basis, right);
    const evicted = !right && (await store.evict(entryId));
    if (evicted) watch?.bound?.forget(entryId);
    return { evicted, learnt };
  };
}
