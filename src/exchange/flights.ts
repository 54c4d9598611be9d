import type { CacheEntry } from '../cache/contract.js';

/** Where a request stands among those that ask the same at the same time. */
export type Place =
  /** Nobody asks this yet. `settle` must be called once, with the answer or without; more calls do nothing. */
  | { readonly kind: 'leader'; readonly settle: (entry: CacheEntry | undefined) => void }
  /** Somebody asks this already. `wait` gives the answer, or undefined when there is none in time: then go alone. */
  | {
      readonly kind: 'follower';
      readonly wait: (ms: number, signal?: AbortSignal) => Promise<CacheEntry | undefined>;
    }
  /** There are too many flights to keep track of: go alone. */
  | { readonly kind: 'full' };

/** Lets one request fetch the answer that many wait for. */
export interface Flights {
  join(key: string): Place;
}

export interface FlightLimits {
  /** Questions on their way at a time. */
  readonly flightsMax: number;
  /** Requests that wait at a time, over all flights; who comes later goes alone. */
  readonly followersMax: number;
}

type Land = (entry: CacheEntry | undefined) => void;

interface Flight {
  readonly followers: Set<Land>;
  /** Set once the leader has settled; the answer is undefined when it brought none. */
  landed: { readonly entry: CacheEntry | undefined } | undefined;
}

/**
 * Keeps the flights of one process. A leader that fails settles without an answer, which lets every follower go at
 * once; the next request with the same key leads a new flight.
 */
export function createFlights(limits: FlightLimits): Flights {
  const flights = new Map<string, Flight>();
  let waiting = 0;

  function settle(key: string, flight: Flight, entry: CacheEntry | undefined): void {
    if (flight.landed !== undefined) return;
    flight.landed = { entry };
    flights.delete(key);
    for (const land of [...flight.followers]) land(entry);
  }

  function wait(flight: Flight, ms: number, signal?: AbortSignal): Promise<CacheEntry | undefined> {
    if (flight.landed !== undefined) return Promise.resolve(flight.landed.entry);
    if (ms <= 0 || signal?.aborted === true || waiting >= limits.followersMax)
      return Promise.resolve(undefined);
    waiting += 1;
    return new Promise((resolve) => {
      const giveUp = () => land(undefined);
      const timer = setTimeout(giveUp, ms);
      signal?.addEventListener('abort', giveUp, { once: true });
      const land: Land = (entry) => {
        flight.followers.delete(land);
        waiting -= 1;
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
        resolve(entry);
      };
      flight.followers.add(land);
    });
  }

  return {
    join(key) {
      const flight = flights.get(key);
      if (flight !== undefined) return { kind: 'follower', wait: (ms, signal) => wait(flight, ms, signal) };
      if (flights.size >= limits.flightsMax) return { kind: 'full' };
      const led: Flight = { followers: new Set(), landed: undefined };
      flights.set(key, led);
      return { kind: 'leader', settle: (entry) => settle(key, led, entry) };
    },
  };
}
