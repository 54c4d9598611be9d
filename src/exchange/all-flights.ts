import { createFlights, type Flights } from './flights.js';
import { createNearFlights, type NearFlightLimits, type NearFlights } from './near-flights.js';
import { WaitingRoom } from './waiting-room.js';

/** Flights by the exact question and by its meaning. They share one waiting room, so that its bound holds for both. */
export interface AllFlights {
  readonly flights: Flights;
  readonly nearFlights: NearFlights;
}

export interface AllFlightLimits extends NearFlightLimits {
  /** Requests that wait at a time, over all flights; who comes later goes alone. */
  readonly followersMax: number;
}

/** Keeps the flights of one process. */
export function createAllFlights(limits: AllFlightLimits): AllFlights {
  const room = new WaitingRoom(limits.followersMax);
  return { flights: createFlights(limits, room), nearFlights: createNearFlights(limits, room) };
}
