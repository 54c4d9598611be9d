import {
  type FlightLimits,
  type Landing,
  type Line,
  landLine,
  newLine,
  type Settle,
  type WaitingRoom,
} from './waiting-room.js';

/** Where a request stands among those that ask the same at the same time. */
export type Place =
  /** Nobody asks this yet. */
  | { readonly kind: 'leader'; readonly settle: Settle }
  /** Somebody asks this already. */
  | { readonly kind: 'follower'; readonly wait: (ms: number, signal?: AbortSignal) => Promise<Landing> }
  /** There are too many flights to keep track of: go alone. */
  | { readonly kind: 'full' };

/** Lets one request fetch the answer that many wait for. */
export interface Flights {
  /** @param handOvers how often the question was handed over already, for who comes back from a flight that failed */
  join(key: string, handOvers: number): Place;
}

/** Keeps the flights of one process, by the exact question. */
export function createFlights(limits: FlightLimits, room: WaitingRoom): Flights {
  const flights = new Map<string, Line>();

  function lead(key: string, handOvers: number): Place {
    const line = newLine();
    flights.set(key, line);
    const settle: Settle = (end) => {
      if (line.landed !== undefined) return;
      flights.delete(key);
      landLine(line, end, handOvers, limits.handOversMax);
    };
    return { kind: 'leader', settle };
  }

  return {
    join(key, handOvers) {
      const line = flights.get(key);
      if (line !== undefined) return { kind: 'follower', wait: (ms, signal) => room.wait(line, ms, signal) };
      return flights.size >= limits.flightsMax ? { kind: 'full' } : lead(key, handOvers);
    },
  };
}
