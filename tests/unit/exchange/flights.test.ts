import { describe, expect, jest, test } from '@jest/globals';
import type { CacheEntry } from '../../../src/cache/contract.js';
import { createFlights, type Flights, type Place } from '../../../src/exchange/flights.js';

const entry: CacheEntry = {
  id: 'i',
  partition: 'p',
  tenant: 't',
  pinned: false,
  exactKey: 'k',
  ask: 'a',
  vector: undefined,
  completion: { api: 'chat', object: {}, usage: undefined, finishReasons: ['stop'] },
  model: 'm',
  decision: 'd',
  createdAtMs: 0,
  expiresAtMs: 1,
  bytes: 1,
};

function lead(flights: Flights, key = 'k'): Place & { kind: 'leader' } {
  const place = flights.join(key);
  if (place.kind !== 'leader') throw new Error(`expected to lead, got ${place.kind}`);
  return place;
}

function follow(flights: Flights, key = 'k'): Place & { kind: 'follower' } {
  const place = flights.join(key);
  if (place.kind !== 'follower') throw new Error(`expected to follow, got ${place.kind}`);
  return place;
}

const open = (limits = {}) => createFlights({ flightsMax: 10, followersMax: 10, ...limits });

describe('flights', () => {
  test('all who follow get what the leader brings', async () => {
    const flights = open();
    const leader = lead(flights);
    const waits = [follow(flights).wait(1000), follow(flights).wait(1000)];
    leader.settle(entry);
    expect(await Promise.all(waits)).toEqual([entry, entry]);
  });

  test('a leader that fails lets all go, and the next request leads anew', async () => {
    const flights = open();
    const failed = lead(flights);
    const wait = follow(flights).wait(1000);
    failed.settle(undefined);
    expect(await wait).toBeUndefined();
    const next = lead(flights);
    const second = follow(flights).wait(1000);
    failed.settle(entry);
    next.settle(undefined);
    expect(await second).toBeUndefined();
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
    leader.settle(entry);
    expect(await follower.wait(1000)).toBe(entry);
  });

  test('who waited long enough goes alone, while others go on waiting', async () => {
    jest.useFakeTimers();
    try {
      const flights = open();
      const leader = lead(flights);
      const short = follow(flights).wait(50);
      const long = follow(flights).wait(5000);
      jest.advanceTimersByTime(50);
      expect(await short).toBeUndefined();
      leader.settle(entry);
      expect(await long).toBe(entry);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  test('a client that leaves stops waiting', async () => {
    const flights = open({ followersMax: 1 });
    lead(flights);
    const abort = new AbortController();
    const wait = follow(flights).wait(5000, abort.signal);
    abort.abort();
    expect(await wait).toBeUndefined();
    expect(await follow(flights).wait(5000, abort.signal)).toBeUndefined();
    expect(await follow(flights).wait(0)).toBeUndefined();
  });

  test('flights and followers are bounded', async () => {
    const flights = open({ flightsMax: 1, followersMax: 1 });
    const leader = lead(flights, 'one');
    expect(flights.join('other').kind).toBe('full');
    const first = follow(flights, 'one').wait(1000);
    expect(await follow(flights, 'one').wait(1000)).toBeUndefined();
    leader.settle(entry);
    expect(await first).toBe(entry);
    expect(flights.join('other').kind).toBe('leader');
  });
});
