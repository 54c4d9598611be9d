import { expect } from '@jest/globals';
import type {
  CacheBackend,
  CacheEntry,
  CacheStats,
  EvictionPolicy,
  MaybePromise,
} from '../../src/cache/contract.js';
import type { Clock } from '../../src/lib/clock.js';

/** What every backend is built with, however it keeps its entries. */
export interface BackendSetup {
  readonly maxEntries: number;
  readonly bytesMax: number;
  readonly evictionPolicy: EvictionPolicy;
  readonly dimension: number;
  readonly clock: Clock;
}

/** Opens an empty backend. The suite closes it. */
export type MakeBackend = (setup: BackendSetup) => MaybePromise<CacheBackend>;

/** In what a backend may differ from the others and still keep the contract. */
export interface Capabilities {
  /** Holds `maxEntries` and `bytesMax` by evicting; a database that grows by rules of its own does not. */
  readonly bounded: boolean;
  /** `stats` says what the entries weigh. */
  readonly weighs: boolean;
  /** Waits until every read sees what was written; left out where a write is seen at once. */
  readonly settle?: (backend: CacheBackend) => Promise<void>;
  /** How many sequences of steps are held against the model. */
  readonly modelRuns: number;
}

export type Open = (given?: Partial<BackendSetup>) => Promise<CacheBackend>;

/** What each part of the suite works with. */
export interface SuiteParts {
  readonly open: Open;
  /** Of the test that runs. */
  readonly clock: () => HandClock;
  readonly capabilities: Capabilities;
}

export const DIMENSION = 4;
export const START_MS = 1_000_000;

/** A clock that stands still until it is moved. */
export class HandClock implements Clock {
  ms = START_MS;
  nowMs(): number {
    return this.ms;
  }
  monotonicMs(): number {
    return this.ms;
  }
}

/** A unit vector in the plane of the first two axes. */
export function at(degrees: number): Float32Array {
  const radians = (degrees * Math.PI) / 180;
  return Float32Array.of(Math.cos(radians), Math.sin(radians), 0, 0);
}

/** An entry named by its key; all else may be given. */
export function entry(exactKey: string, given: Partial<CacheEntry> = {}): CacheEntry {
  return {
    id: `id-${given.partition ?? 'p'}-${exactKey}`,
    partition: 'p',
    tenant: 't',
    exactKey,
    ask: `ask of ${exactKey}`,
    vector: undefined,
    completion: { api: 'chat', object: {}, usage: undefined, finishReasons: ['stop'] },
    model: 'm',
    decision: 'd',
    createdAtMs: START_MS,
    expiresAtMs: START_MS + 60_000,
    bytes: 100,
    pinned: false,
    ...given,
  };
}

/** The backend, with every write waited for until reads can see it. */
export function settled(backend: CacheBackend, settle: Capabilities['settle']): CacheBackend {
  const after = async <T>(written: MaybePromise<T>): Promise<T> => {
    const result = await written;
    await settle?.(backend);
    return result;
  };
  return {
    findExact: (partition, exactKey) => backend.findExact(partition, exactKey),
    findNearest: (partition, vector, limit) => backend.findNearest(partition, vector, limit),
    // Written as functions of their own, so that what a backend throws at once is a rejection as well.
    put: async (given) => after(backend.put(given)),
    evict: async (id) => after(backend.evict(id)),
    pin: async (id, pinned) => after(backend.pin(id, pinned)),
    flush: async () => after(backend.flush()),
    stats: () => backend.stats(),
    get: (id) => backend.get(id),
    list: (page) => backend.list(page),
    search: (vector, limit) => backend.search(vector, limit),
    close: () => backend.close(),
  };
}

/** What the backend says of itself, as far as it can. */
export async function expectStats(
  backend: CacheBackend,
  expected: CacheStats,
  { bounded, weighs }: Capabilities,
): Promise<void> {
  const { entries, bytes, evictions } = expected;
  const known = { entries, ...(weighs ? { bytes } : {}), ...(bounded ? { evictions } : {}) };
  expect(await backend.stats()).toMatchObject(known);
}
