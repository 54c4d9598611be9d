import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CacheBackend, CacheEntry, EvictionPolicy } from '../../src/cache/contract.js';
import {
  at,
  type Capabilities,
  DIMENSION,
  entry,
  expectStats,
  type HandClock,
  type SuiteParts,
} from './backend-setup.js';
import { ModelBackend } from './model-backend.js';

type Step =
  | { readonly kind: 'put'; readonly entry: CacheEntry }
  | { readonly kind: 'exact'; readonly partition: string; readonly key: string }
  | { readonly kind: 'nearest'; readonly partition: string; readonly degrees: number; readonly limit: number }
  | { readonly kind: 'evict'; readonly id: string }
  | { readonly kind: 'pin'; readonly id: string; readonly pinned: boolean }
  | { readonly kind: 'stats' }
  | { readonly kind: 'wait'; readonly ms: number };

/** Whatever is done to a backend in whatever order, it answers like the plainest one that could be written. */
export function describeAgainstModel({ open, clock, capabilities }: SuiteParts): void {
  const { bounded, modelRuns } = capabilities;

  test('answers like a list that is searched from end to end', async () => {
    await fc.assert(
      fc.asyncProperty(policies, fc.array(steps, { maxLength: 80 }), async (evictionPolicy, list) => {
        const bounds = bounded ? { maxEntries: 6, bytesMax: 900 } : { maxEntries: 1e6, bytesMax: 1e12 };
        const setup = { ...bounds, evictionPolicy, dimension: DIMENSION, clock: clock() };
        const [store, model] = [await open(setup), new ModelBackend(setup)];
        for (const step of list) await runStep(step, { store, model, clock: clock(), capabilities });
        await expectStats(store, model.stats(), capabilities);
      }),
      { numRuns: modelRuns },
    );
  });
}

interface Pair {
  readonly store: CacheBackend;
  readonly model: ModelBackend;
  readonly clock: HandClock;
  readonly capabilities: Capabilities;
}

async function runStep(step: Step, { store, model, clock, capabilities }: Pair): Promise<void> {
  switch (step.kind) {
    case 'put': {
      const put = { ...step.entry, expiresAtMs: clock.ms + step.entry.expiresAtMs };
      await store.put(put);
      model.put(put);
      break;
    }
    case 'exact':
      expect(await store.findExact(step.partition, step.key)).toEqual(
        model.findExact(step.partition, step.key),
      );
      break;
    case 'nearest': {
      const found = await store.findNearest(step.partition, at(step.degrees), step.limit);
      const expected = model.findNearest(step.partition, at(step.degrees), step.limit);
      expect(found.map((near) => near.entry.exactKey)).toEqual(expected.map((kept) => kept.exactKey));
      break;
    }
    case 'pin': {
      const pinned = model.pin(step.id, step.pinned);
      if (pinned === 'refused')
        await expect(store.pin(step.id, step.pinned)).rejects.toThrow(/half of what/i);
      else expect(await store.pin(step.id, step.pinned)).toBe(pinned);
      break;
    }
    case 'evict':
      expect(await store.evict(step.id)).toBe(model.evict(step.id));
      break;
    case 'stats':
      await expectStats(store, model.stats(), capabilities);
      break;
    case 'wait':
      clock.ms += step.ms;
      break;
  }
}

const policies = fc.constantFrom<EvictionPolicy>('fifo', 'lru', 'lfu');
const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
/** Each belongs to a tenant of its own, and `p` and `r` to the same one. */
const partitions = fc.constantFrom('p', 'q', 'r', 's');
const TENANTS: Readonly<Record<string, string>> = { p: 't', q: 'u', r: 't', s: 'v' };
const ids = fc
  .record({ partition: partitions, key: keys })
  .map(({ partition, key }) => `id-${partition}-${key}`);

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
    pinned: fc.constantFrom(false, false, false, true),
  })
  .map(({ key, partition, near, ttlMs, bytes, pinned }) => ({
    kind: 'put' as const,
    entry: entry(key, {
      partition,
      tenant: TENANTS[partition] ?? '',
      bytes,
      pinned,
      expiresAtMs: ttlMs,
      vector: near ? vectorOf(key) : undefined,
    }),
  }));

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: puts },
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
  { weight: 1, arbitrary: ids.map((id) => ({ kind: 'evict' as const, id })) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pin' as const), id: ids, pinned: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 20 }) }),
  },
);
