import { describe, expect, test } from '@jest/globals';
import { createNearFlights, type FlightQuestion } from '../../../src/exchange/near-flights.js';
import { WaitingRoom } from '../../../src/exchange/waiting-room.js';
import { entryOf } from '../../support/entries.js';

/** A unit vector at an angle from the first axis; the similarity of two is the cosine of the angle between them. */
function at(degrees: number): Float32Array {
  const radians = (degrees * Math.PI) / 180;
  return Float32Array.of(Math.cos(radians), Math.sin(radians));
}

function question(id: string, degrees: number, partition = 'p'): FlightQuestion {
  return { id, partition, ask: id, vector: at(degrees) };
}

function open(limits: { flightsMax?: number; partitionFlightsMax?: number; candidatesMax?: number } = {}) {
  return createNearFlights(
    { flightsMax: 10, partitionFlightsMax: 10, candidatesMax: 8, handOversMax: 1, ...limits },
    new WaitingRoom(10),
  );
}

const ids = (flights: readonly { question: FlightQuestion }[]) => flights.map(({ question: { id } }) => id);

describe('near flights', () => {
  test('finds those of the partition that are near enough, nearest first', () => {
    const flights = open();
    for (const [id, degrees] of [
      ['far', 80],
      ['near', 20],
      ['nearest', 5],
    ] as const)
      flights.open(question(id, degrees), 0);
    flights.open(question('elsewhere', 0, 'other'), 0);
    const found = flights.near('p', at(0), 0.9);
    expect(ids(found)).toEqual(['nearest', 'near']);
    expect(found[0]?.similarity).toBeCloseTo(Math.cos((5 * Math.PI) / 180), 5);
    expect(flights.near('nobody', at(0), 0)).toEqual([]);
  });

  test('a vector of another length, or one that is no number, is near to nothing', () => {
    const flights = open();
    flights.open({ ...question('odd', 0), vector: Float32Array.of(1, 0, 0) }, 0);
    flights.open({ ...question('nan', 0), vector: Float32Array.of(Number.NaN, 0) }, 0);
    expect(flights.near('p', at(0), -1)).toEqual([]);
  });

  test('who follows gets the answer, and a flight that has landed is found no more', async () => {
    const flights = open();
    const settle = flights.open(question('one', 0), 0);
    const wait = flights.near('p', at(3), 0.9)[0]?.wait(1000);
    const end = { kind: 'answer', entry: entryOf(), similarity: 1 } as const;
    settle?.(end);
    settle?.({ kind: 'failed' });
    expect(await wait).toBe(end);
    expect(flights.near('p', at(0), 0)).toEqual([]);
  });

  test('a flight that fails sends back who followed, as often as hand-overs are allowed', async () => {
    const flights = open();
    for (const [handOvers, landing] of [
      [0, { kind: 'again', handOvers: 1 }],
      [1, { kind: 'alone' }],
    ] as const) {
      const settle = flights.open(question('one', 0), handOvers);
      const wait = flights.near('p', at(0), 0.9)[0]?.wait(1000);
      settle?.({ kind: 'failed' });
      expect(await wait).toEqual(landing);
    }
  });

  test('flights are bounded, in all and in one partition, and so are candidates', () => {
    const flights = open({ flightsMax: 3, partitionFlightsMax: 2, candidatesMax: 1 });
    const first = flights.open(question('1', 0), 0);
    expect(flights.open(question('2', 0), 0)).toBeDefined();
    expect(flights.open(question('3', 0), 0)).toBeUndefined();
    expect(flights.open(question('4', 0, 'other'), 0)).toBeDefined();
    expect(flights.open(question('5', 0, 'third'), 0)).toBeUndefined();
    expect(flights.near('p', at(0), 0)).toHaveLength(1);
    first?.({ kind: 'unshared' });
    expect(flights.open(question('6', 0), 0)).toBeDefined();
  });
});
