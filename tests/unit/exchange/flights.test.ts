import { describe, expect, jest, test } from '@jest/globals';
import { createFlights, type Flights, type Place } from '../../../src/exchange/flights.js';
import { type FlightEnd, type Landing, WaitingRoom } from '../../../src/exchange/waiting-room.js';
import { entryOf } from '../../support/entries.js';

const ANSWER: FlightEnd & Landing = { kind: 'answer', entry: entryOf(), similarity: 1 };
const FAILED: FlightEnd = { kind: 'failed' };
const ALONE: Landing = { kind: 'alone' };

function lead(flights: Flights, key = 'k', handOvers = 0): Place & { kind: 'leader' } {
  const place = flights.join(key, handOvers);
  if (place.kind !== 'leader') throw new Error(`expected to lead, got ${place.kind}`);
  return place;
}

function follow(flights: Flights, key = 'k'): Place & { kind: 'follower' } {
  const place = flights.join(key, 0);
  if (place.kind !== 'follower') throw new Error(`expected to follow, got ${place.kind}`);
  return place;
}

function open({ flightsMax = 10, handOversMax = 3, followersMax = 1000 } = {}): Flights {
  return createFlights({ flightsMax, handOversMax }, new WaitingRoom(followersMax));
}

/** Joins and waits until it leads, as the way of a request does; then the script says how that ends. */
async function askAsOne(flights: Flights, script: () => Promise<FlightEnd>): Promise<'fetched' | Landing> {
  for (let handOvers = 0; ; ) {
    const place = flights.join('k', handOvers);
    if (place.kind === 'leader') {
      place.settle(await script());
      return 'fetched';
    }
    if (place.kind === 'full') return ALONE;
    const landing = await place.wait(60_000);
    if (landing.kind !== 'again') return landing;
    handOvers = landing.handOvers;
  }
}

describe('flights', () => {
  test('all who follow get what the leader brings', async () => {
    const flights = open();
    const leader = lead(flights);
    const waits = [follow(flights).wait(1000), follow(flights).wait(1000)];
    leader.settle(ANSWER);
    expect(await Promise.all(waits)).toEqual([ANSWER, ANSWER]);
  });

  test('a leader that fails sends all back to the door; one that has nothing to share lets them go', async () => {
    const flights = open();
    const failed = lead(flights);
    const wait = follow(flights).wait(1000);
    failed.settle(FAILED);
    expect(await wait).toEqual({ kind: 'again', handOvers: 1 });
    const next = lead(flights, 'k', 1);
    const second = follow(flights).wait(1000);
    failed.settle(ANSWER);
    next.settle({ kind: 'unshared' });
    expect(await second).toEqual(ALONE);
  });

  test('of 200 who wait exactly one leads after each failure, and the rest get its answer', async () => {
    const flights = open();
    let flying = 0;
    let flyingMost = 0;
    let flights_ = 0;
    const script = async (): Promise<FlightEnd> => {
      flying += 1;
      flights_ += 1;
      flyingMost = Math.max(flyingMost, flying);
      await new Promise((resolve) => setTimeout(resolve, 5));
      flying -= 1;
      return flights_ < 3 ? FAILED : ANSWER;
    };
    const ends = await Promise.all(Array.from({ length: 201 }, () => askAsOne(flights, script)));
    expect(flights_).toBe(3);
    expect(flyingMost).toBe(1);
    expect(ends.filter((end) => end === 'fetched')).toHaveLength(3);
    expect(ends.filter((end) => end === ANSWER)).toHaveLength(198);
  });

  test('those who waited longest lead first', async () => {
    const flights = open();
    const order: number[] = [];
    const ask = (name: number) =>
      askAsOne(flights, async () => {
        order.push(name);
        await new Promise((resolve) => setTimeout(resolve, 1));
        return FAILED;
      });
    await Promise.all([1, 2, 3, 4, 5, 6].map(ask));
    expect(order).toEqual([1, 2, 3, 4]);
  });

  test('after the last hand-over all go', async () => {
    const flights = open({ handOversMax: 2 });
    const fail = async () => FAILED;
    const ends = await Promise.all(Array.from({ length: 10 }, () => askAsOne(flights, fail)));
    expect(ends.filter((end) => end === 'fetched')).toHaveLength(3);
    expect(ends.filter((end) => end !== 'fetched')).toEqual(Array(7).fill(ALONE));
  });

  test('questions do not meet', () => {
    const flights = open();
    lead(flights, 'one');
    lead(flights, 'other');
  });

  test('who waits after the landing gets the answer at once', async () => {
    const flights = open();
    const leader = lead(flights);
    const follower = follow(flights);
    leader.settle(ANSWER);
    expect(await follower.wait(1000)).toBe(ANSWER);
  });

  test('who waited long enough goes alone, while others go on waiting', async () => {
    jest.useFakeTimers();
    try {
      const flights = open();
      const leader = lead(flights);
      const short = follow(flights).wait(50);
      const long = follow(flights).wait(5000);
      jest.advanceTimersByTime(50);
      expect(await short).toEqual(ALONE);
      leader.settle(ANSWER);
      expect(await long).toBe(ANSWER);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  test('a client that leaves stops waiting, and is not handed the lead', async () => {
    const flights = open({ followersMax: 2 });
    const leader = lead(flights);
    const abort = new AbortController();
    const left = follow(flights).wait(5000, abort.signal);
    const stayed = follow(flights).wait(5000);
    abort.abort();
    expect(await left).toEqual(ALONE);
    leader.settle(FAILED);
    expect(await stayed).toEqual({ kind: 'again', handOvers: 1 });
    lead(flights, 'k', 1);
    expect(await follow(flights).wait(5000, abort.signal)).toEqual(ALONE);
    expect(await follow(flights).wait(0)).toEqual(ALONE);
  });

  test('flights and followers are bounded', async () => {
    const flights = open({ flightsMax: 1, followersMax: 1 });
    const leader = lead(flights, 'one');
    expect(flights.join('other', 0).kind).toBe('full');
    const first = follow(flights, 'one').wait(1000);
    expect(await follow(flights, 'one').wait(1000)).toEqual(ALONE);
    leader.settle(ANSWER);
    expect(await first).toBe(ANSWER);
    expect(flights.join('other', 0).kind).toBe('leader');
  });
});
