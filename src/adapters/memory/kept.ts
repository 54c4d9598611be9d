import type { CacheEntry, EvictionPolicy } from '../../cache/contract.js';
import { Heap } from './heap.js';

/** An entry and what decides when it goes. */
export interface Kept {
  entry: CacheEntry;
  /** Unique, and greater for whatever came later. */
  readonly bornAt: number;
  usedAt: number;
  uses: number;
  orderPlace: number;
  expiryPlace: number;
}

export function newKept(entry: CacheEntry, bornAt: number): Kept {
  return { entry, bornAt, usedAt: bornAt, uses: 0, orderPlace: 0, expiryPlace: 0 };
}

/** Below 0 when `one` has to go before `other`. */
export type EvictionOrder = (one: Kept, other: Kept) => number;

/** First out is first in, or the one unused for longest, or the least used and then the oldest of those. */
export function evictionOrder(policy: EvictionPolicy): EvictionOrder {
  const orders: Record<EvictionPolicy, EvictionOrder> = {
    fifo: (one, other) => one.bornAt - other.bornAt,
    lru: (one, other) => one.usedAt - other.usedAt,
    lfu: (one, other) => one.uses - other.uses || one.bornAt - other.bornAt,
  };
  return orders[policy];
}

export function evictionHeap(order: EvictionOrder): Heap<Kept> {
  return new Heap({
    compare: order,
    placeOf: (kept) => kept.orderPlace,
    setPlace: (kept, place) => {
      kept.orderPlace = place;
    },
  });
}

/** What dies first comes out first. */
export function expiryHeap(): Heap<Kept> {
  return new Heap({
    compare: (one, other) => one.entry.expiresAtMs - other.entry.expiresAtMs,
    placeOf: (kept) => kept.expiryPlace,
    setPlace: (kept, place) => {
      kept.expiryPlace = place;
    },
  });
}
