import { innerProduct } from '../lib/vectors.js';
import {
  type FlightLimits,
  type Landing,
  type Line,
  landLine,
  newLine,
  type Settle,
  type WaitingRoom,
} from './waiting-room.js';

/** A question on its way to a model, and what tells whether another one asks the same. */
export interface FlightQuestion {
  /** The exchange that leads; the entry that it stores will have this id. */
  readonly id: string;
  readonly partition: string;
  readonly ask: string;
  /** Unit vector of `ask`. */
  readonly vector: Float32Array;
}

/** A flight whose question may be the one asked, as far as a vector can tell. */
export interface NearFlight {
  readonly question: FlightQuestion;
  /** Inner product with the vector that was looked for, -1 to 1. */
  readonly similarity: number;
  wait(ms: number, signal?: AbortSignal): Promise<Landing>;
}

/** Lets one request fetch the answer for those who ask it in other words at the same time. */
export interface NearFlights {
  /** Open flights of the partition at least `similarityMin` near, best first. */
  near(partition: string, vector: Float32Array, similarityMin: number): readonly NearFlight[];
  /** Undefined when there are too many flights to keep track of: nobody will wait for this one. */
  open(question: FlightQuestion, handOvers: number): Settle | undefined;
}

export interface NearFlightLimits extends FlightLimits {
  /** Open flights of one partition, which bounds the comparisons that each question costs. */
  readonly partitionFlightsMax: number;
  /** Flights that one look gives back at most. */
  readonly candidatesMax: number;
}

interface Flight {
  readonly question: FlightQuestion;
  readonly line: Line;
}

/** Keeps the flights of one process that others may follow in other words, by partition. */
export function createNearFlights(limits: NearFlightLimits, room: WaitingRoom): NearFlights {
  const partitions = new Map<string, Set<Flight>>();
  let open = 0;

  function take(flight: Flight): void {
    const { partition } = flight.question;
    const flights = partitions.get(partition) ?? new Set();
    partitions.set(partition, flights.add(flight));
    open += 1;
  }

  function drop(flight: Flight): void {
    const { partition } = flight.question;
    const flights = partitions.get(partition);
    flights?.delete(flight);
    if (flights?.size === 0) partitions.delete(partition);
    open -= 1;
  }

  return {
    near(partition, vector, similarityMin) {
      const found: NearFlight[] = [];
      for (const { question, line } of partitions.get(partition) ?? []) {
        const similarity = innerProduct(question.vector, vector);
        // Written this way round, a similarity that is not a number is never a candidate.
        if (!(similarity >= similarityMin)) continue;
        found.push({ question, similarity, wait: (ms, signal) => room.wait(line, ms, signal) });
      }
      return found.sort((one, other) => other.similarity - one.similarity).slice(0, limits.candidatesMax);
    },

    open(question, handOvers) {
      const here = partitions.get(question.partition)?.size ?? 0;
      if (open >= limits.flightsMax || here >= limits.partitionFlightsMax) return undefined;
      const flight: Flight = { question, line: newLine() };
      take(flight);
      return (end) => {
        if (flight.line.landed !== undefined) return;
        drop(flight);
        landLine(flight.line, end, handOvers, limits.handOversMax);
      };
    },
  };
}
