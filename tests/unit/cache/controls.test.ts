import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ControlSources, readControls } from '../../../src/cache/controls.js';
import type { Json } from '../../../src/lib/json.js';

const nothing = {
  noStore: false,
  noCache: false,
  exactOnly: false,
  onlyIfCached: false,
  maxAgeSeconds: undefined,
  ttlSecondsMax: undefined,
  minSimilarity: 0,
  namespaces: [],
};

describe('readControls', () => {
  test.each<[ControlSources, object]>([
    [{}, {}],
    [{ cacheControl: 'no-cache' }, { noCache: true }],
    [{ cacheControl: 'max-age=0' }, { noCache: true, maxAgeSeconds: 0 }],
    [{ ownControl: 'no-store' }, { noStore: true }],
    [{ ownControl: 'min-similarity=0.9, max-age=60' }, { minSimilarity: 0.9, maxAgeSeconds: 60 }],
    [{ cacheControl: 'max-age=5', ownControl: 'max-age=60' }, { maxAgeSeconds: 5 }],
    [{ cacheControl: 'only-if-cached' }, { onlyIfCached: true }],
  ])('headers of ours and the standard: %j', (sources, expected) => {
    expect(readControls(sources)).toEqual({ ...nothing, ...expected });
  });

  test.each<[Json | undefined, object]>([
    [true, {}],
    [[], {}],
    [{ 'no-cache': true }, { noCache: true }],
    [{ 'no-cache': false, 'no-store': false, ttl: null, namespace: null }, {}],
    [{ 'no-store': true }, { noStore: true }],
    [{ 'use-cache': true }, {}],
    [{ 'use-cache': false }, { noStore: true }],
    [{ ttl: 300.7 }, { ttlSecondsMax: 300 }],
    [{ ttl: '300' }, { ttlSecondsMax: 300 }],
    [{ ttl: 0 }, { ttlSecondsMax: 0, noStore: true }],
    [{ ttl: 'long' }, { ttlSecondsMax: 0, noStore: true }],
    [{ ttl: -5 }, { ttlSecondsMax: 0, noStore: true }],
    [{ 's-maxage': 600 }, { maxAgeSeconds: 600 }],
    [{ 's-max-age': 0 }, { maxAgeSeconds: 0, noCache: true }],
    [{ namespace: 'team' }, { namespaces: ['"team"'] }],
  ])('the cache object of the body: %j', (bodyCache, expected) => {
    expect(readControls({ bodyCache })).toEqual({ ...nothing, ...expected });
  });

  test.each<[ControlSources, object]>([
    [{ portkey: { forceRefresh: 'True' } }, { noCache: true }],
    [{ portkey: { forceRefresh: 'false' } }, {}],
    [{ portkey: { mode: 'semantic' } }, {}],
    [{ portkey: { mode: ' Simple ' } }, { exactOnly: true }],
    [{ portkey: { namespace: 'a' } }, { namespaces: ['portkey:a'] }],
    [{ bifrost: { noStore: 'true' } }, { noStore: true }],
    [{ bifrost: { noStore: '0' } }, {}],
    [{ bifrost: { ttl: '90' } }, { ttlSecondsMax: 90 }],
    [{ bifrost: { ttl: '1h30m10s500ms' } }, { ttlSecondsMax: 5410 }],
    [{ bifrost: { ttl: '10 years' } }, { ttlSecondsMax: 0, noStore: true }],
    [{ bifrost: { ttl: '1s'.repeat(100) } }, { ttlSecondsMax: 0, noStore: true }],
    [{ bifrost: { threshold: '0.95' } }, { minSimilarity: 0.95 }],
    [{ bifrost: { threshold: 'high' } }, { minSimilarity: 1 }],
    [{ bifrost: { type: 'direct' } }, { exactOnly: true }],
    [{ bifrost: { type: 'semantic', key: 'k' } }, { namespaces: ['bifrost:k'] }],
  ])('headers of other gateways: %j', (sources, expected) => {
    expect(readControls(sources)).toEqual({ ...nothing, ...expected });
  });

  test('whatever a client adds, nothing gets looser', () => {
    const text = fc.option(
      fc.oneof(
        fc.string({ maxLength: 20 }),
        fc.constantFrom('no-cache', 'no-store', 'max-age=5', 'min-similarity=0.3', 'true', '5', 'direct'),
      ),
      { nil: undefined },
    );
    const source = fc.record({
      cacheControl: text,
      ownControl: text,
      bodyCache: fc.oneof(
        fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
        fc.record({ ttl: fc.nat({ max: 9 }), 's-maxage': fc.nat({ max: 9 }), 'no-cache': fc.boolean() }),
      ),
      bifrost: fc.record({ noStore: text, ttl: text, threshold: text, type: text, key: text }),
      portkey: fc.record({ forceRefresh: text, mode: text, namespace: text }),
    });
    fc.assert(
      fc.property(source, (all) => {
        const whole = readControls(all);
        for (const name of Object.keys(all) as (keyof typeof all)[]) {
          const part = readControls({ [name]: all[name] });
          for (const flag of ['noStore', 'noCache', 'exactOnly', 'onlyIfCached'] as const) {
            if (part[flag]) expect(whole[flag]).toBe(true);
          }
          expect(whole.minSimilarity).toBeGreaterThanOrEqual(part.minSimilarity);
          expect(whole.maxAgeSeconds ?? 1e99).toBeLessThanOrEqual(part.maxAgeSeconds ?? 1e99);
          expect(whole.ttlSecondsMax ?? 1e99).toBeLessThanOrEqual(part.ttlSecondsMax ?? 1e99);
        }
      }),
    );
  });
});
