import type { BoundBasis } from '../cache/bound.js';
import type { Clock } from '../lib/clock.js';

/** An answer of the cache that somebody got. */
export interface ServedHit {
  readonly route: string;
  readonly entryId: string;
  /** Absent where no bound decided: an exact hit, or a route with a threshold. */
  readonly basis: BoundBasis | undefined;
}

/** Which entry answered which exchange. */
export interface ServedHits {
  note(exchangeId: string, hit: ServedHit): void;
  /** Gives a hit once: whoever says twice what was wrong with it has said it once. */
  take(exchangeId: string): ServedHit | undefined;
}

export interface ServedLimits {
  readonly hitsMax: number;
  /** Milliseconds. */
  readonly ttlMs: number;
}

/** Remembers the last hits for a while. */
export function createServedHits(limits: ServedLimits, clock: Pick<Clock, 'monotonicMs'>): ServedHits {
  const hits = new Map<string, ServedHit & { readonly atMs: number }>();
  return {
    note(exchangeId, hit) {
      hits.delete(exchangeId);
      hits.set(exchangeId, { ...hit, atMs: clock.monotonicMs() });
      if (hits.size <= limits.hitsMax) return;
      for (const [oldest] of hits) {
        hits.delete(oldest);
        break;
      }
    },
    take(exchangeId) {
      const found = hits.get(exchangeId);
      hits.delete(exchangeId);
      if (found === undefined || clock.monotonicMs() - found.atMs > limits.ttlMs) return undefined;
      const { route, entryId, basis } = found;
      return { route, entryId, basis };
    },
  };
}
