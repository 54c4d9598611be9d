import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CacheEntry, EvictionPolicy } from '../../src/cache/contract.js';
import { at, DIMENSION, entry, HandClock, type MakeStore, type StoreSetup } from './cache-store.js';

type Step =
  | { readonly kind: 'put'; readonly entry: CacheEntry }
  | { readonly kind: 'exact'; readonly partition: string; readonly key: string }
  | { readonly kind: 'nearest'; readonly partition: string; readonly degrees: number; readonly limit: number }
  | { readonly kind: 'evict'; readonly id: string }
  | { readonly kind: 'stats' }
  | { readonly kind: 'wait'; readonly ms: number };

/** Whatever is done to a store in whatever order, it answers like the plainest store that one could write. */
export function describeAgainstModel(name: string, make: MakeStore): void {
  test(`${name} answers like a list that is searched from end to end`, async () => {
    await fc.assert(
      fc.asyncProperty(policies, fc.array(steps, { maxLength: 80 }), async (evictionPolicy, list) => {
        const clock = new HandClock();
        const setup = { maxEntries: 5, bytesMax: 900, evictionPolicy, dimension: DIMENSION, clock };
        const [store, model] = [make(setup), new ModelStore(setup)];
        for (const step of list) {
          if (step.kind === 'put') {
            const put = { ...step.entry, expiresAtMs: clock.ms + step.entry.expiresAtMs };
            await store.put(put);
            model.put(put);
          } else if (step.kind === 'exact') {
            const found = await store.findExact(step.partition, step.key);
            expect(found).toEqual(model.findExact(step.partition, step.key));
          } else if (step.kind === 'nearest') {
            const found = await store.findNearest(step.partition, at(step.degrees), step.limit);
            const expected = model.findNearest(step.partition, at(step.degrees), step.limit);
            expect(found.map((near) => near.entry.exactKey)).toEqual(expected.map((kept) => kept.exactKey));
          } else if (step.kind === 'evict') {
            expect(await store.evict(step.id)).toBe(model.evict(step.id));
          } else if (step.kind === 'stats') {
            expect(await store.stats()).toEqual(model.stats());
          } else {
            clock.ms += step.ms;
          }
        }
        expect(await store.stats()).toEqual(model.stats());
      }),
      { numRuns: 300 },
    );
  });
}

const policies = fc.constantFrom<EvictionPolicy>('fifo', 'lru', 'lfu');
const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
const partitions = fc.constantFrom('p', 'q');

/** Each key has an angle of its own, so that no two neighbours of a partition are equally near. */
function vectorOf(key: string): Float32Array {
  return at(7 * (key.charCodeAt(0) - 96));
}

const puts = fc
  .record({
    key: keys,
    partition: partitions,
    near: fc.boolean(),
    ttlMs: fc.integer({ min: 1, max: 50 }),
    bytes: fc.integer({ min: 50, max: 400 }),
  })
  .map(({ key, partition, near, ttlMs, bytes }) => ({
    kind: 'put' as const,
    entry: entry(key, { partition, bytes, expiresAtMs: ttlMs, vector: near ? vectorOf(key) : undefined }),
  }));

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: puts },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('exact' as const), partition: partitions, key: keys }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('nearest' as const),
      partition: partitions,
      degrees: fc.constantFrom(0, 1, 50, 51),
      limit: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'stats' as const }) },
  { weight: 1, arbitrary: keys.map((key) => ({ kind: 'evict' as const, id: `id-p-${key}` })) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 20 }) }),
  },
);

interface Kept extends CacheEntry {
  bornAt: number;
  usedAt: number;
  uses: number;
}

/** The contract written down as simply as can be, to compare with. */
class ModelStore {
  private kept: Kept[] = [];
  private evictions = 0;
  private turn = 0;

  constructor(private readonly setup: StoreSetup) {}

  findExact(partition: string, exactKey: string): CacheEntry | undefined {
    this.expire();
    const found = this.kept.find((one) => one.partition === partition && one.exactKey === exactKey);
    return found === undefined ? undefined : plain(this.use(found));
  }

  findNearest(partition: string, vector: Float32Array, limit: number): CacheEntry[] {
    this.expire();
    const near = this.kept
      .filter((one) => one.partition === partition && one.vector !== undefined)
      .sort((one, other) => dot(other.vector, vector) - dot(one.vector, vector))
      .slice(0, limit);
    if (near[0] !== undefined) this.use(near[0]);
    return near;
  }

  put(given: CacheEntry): void {
    this.expire();
    if (given.bytes > this.setup.bytesMax) return;
    this.kept = this.kept.filter(
      (one) => one.id !== given.id && (one.partition !== given.partition || one.exactKey !== given.exactKey),
    );
    while (this.kept.length >= this.setup.maxEntries || this.bytes() + given.bytes > this.setup.bytesMax) {
      const victim = [...this.kept].sort((one, other) => this.order(one, other))[0];
      this.kept = this.kept.filter((one) => one !== victim);
      this.evictions += 1;
    }
    this.turn += 1;
    this.kept.push({ ...given, bornAt: this.turn, usedAt: this.turn, uses: 0 });
  }

  evict(id: string): boolean {
    this.expire();
    const before = this.kept.length;
    this.kept = this.kept.filter((one) => one.id !== id);
    return this.kept.length < before;
  }

  stats() {
    this.expire();
    return { entries: this.kept.length, bytes: this.bytes(), evictions: this.evictions };
  }

  private order(one: Kept, other: Kept): number {
    if (this.setup.evictionPolicy === 'fifo') return one.bornAt - other.bornAt;
    if (this.setup.evictionPolicy === 'lru') return one.usedAt - other.usedAt;
    return one.uses - other.uses || one.bornAt - other.bornAt;
  }

  private use(kept: Kept): Kept {
    this.turn += 1;
    kept.uses += 1;
    kept.usedAt = this.turn;
    return kept;
  }

  private bytes(): number {
    return this.kept.reduce((sum, one) => sum + one.bytes, 0);
  }

  private expire(): void {
    this.kept = this.kept.filter((one) => one.expiresAtMs > this.setup.clock.nowMs());
  }
}

function plain({ bornAt: _bornAt, usedAt: _usedAt, uses: _uses, ...rest }: Kept): CacheEntry {
  return rest;
}

function dot(one: Float32Array | undefined, other: Float32Array): number {
  return other.reduce((sum, value, index) => sum + value * (one?.[index] ?? 0), 0);
}
