import { expect, test } from '@jest/globals';
import { createMemoryStore } from '../../../src/adapters/memory/store.js';
import { chooseHit } from '../../../src/cache/choose.js';
import type { CacheEntry } from '../../../src/cache/contract.js';
import { tenantKeyOf, tenantOf } from '../../../src/cache/identity.js';
import { exactKeyOf } from '../../../src/cache/key.js';
import { isOwnEntry } from '../../../src/cache/own-entry.js';
import { partitionOf } from '../../../src/cache/partition.js';
import { type Random, seededRandom } from '../../../src/lib/random.js';
import { chat } from '../cache/requests.js';

const TRIES = 100_000;
const TENANTS = 400;
const ASKS = ['What is DNA?', 'What is RNA?', 'How are you?'];

const secret = Uint8Array.from({ length: 32 }, (_, index) => index);
const vector = Float32Array.of(0.6, 0.8);
const nowMs = 1_000_000;

/** A caller by a random one of the ways in which callers are known; hostile names among them. */
function caller(random: Random): string {
  const number = Math.floor(random() * TENANTS);
  const hostile = ['header:', 'public:', '"],["', ' ', '\u0000'][number % 5] ?? '';
  const way = Math.floor(random() * 3);
  const tenant = tenantOf({
    secret,
    headers: way === 0 ? new Map([['x-team', `${hostile}${number}`]]) : new Map(),
    metadata: way === 1 ? { jwt: { claims: { sub: `${hostile}${number}` } } } : undefined,
    identity: {
      tenantHeader: 'x-team',
      jwtClaim: way === 1 ? { namespace: 'jwt', payload: 'claims', claim: 'sub' } : undefined,
    },
    authorization: `Bearer ${number}`,
    scope: 'tenant',
  });
  if (tenant.kind === 'none') throw new Error('everybody here is somebody');
  return tenant.tenant;
}

test(`at threshold 0, ${TRIES} tries by many tenants never find another one's answer`, async () => {
  const random = seededRandom(7);
  const store = createMemoryStore({
    maxEntries: 1_000,
    bytesMax: 1 << 24,
    evictionPolicy: 'lru',
    dimension: 2,
    clock: { nowMs: () => nowMs, monotonicMs: () => 0 },
  });
  let hits = 0;
  let strangers = 0;
  for (let n = 0; n < TRIES; n += 1) {
    const tenant = tenantKeyOf(secret, caller(random));
    const ask = ASKS[n % ASKS.length] ?? '';
    const partition = partitionOf({
      secret,
      tenant,
      namespaces: [],
      policyVersion: 'v1',
      encoderHash: 'e1',
      virtualModel: 'auto',
      relaxed: { temperatureStep: undefined, ignore: [] },
      request: chat(ask),
    });
    const exactKey = exactKeyOf(secret, partition, ask);
    const terms = { partition, maxAgeSeconds: undefined };
    const exact = await store.findExact(partition, exactKey);
    const neighbours = await store.findNearest(partition, vector, 8);
    const own = neighbours.filter(({ entry }) => isOwnEntry(entry, terms, nowMs));
    const hit = exact ?? (await chooseHit({ ask, neighbours: own, threshold: 0 })).hit?.entry;
    for (const entry of [hit, ...neighbours.map((each) => each.entry)]) {
      if (entry === undefined) continue;
      hits += 1;
      if (entry.tenant !== tenant) strangers += 1;
    }
    if (n % 4 === 0) await store.put(entryOf({ id: String(n), partition, tenant, exactKey, ask }));
  }
  expect(hits).toBeGreaterThan(TRIES / 4);
  expect(strangers).toBe(0);
}, 300_000);

function entryOf(given: Pick<CacheEntry, 'id' | 'partition' | 'tenant' | 'exactKey' | 'ask'>): CacheEntry {
  return {
    ...given,
    vector,
    completion: { api: 'chat', object: {}, usage: undefined, finishReasons: ['stop'] },
    model: 'small',
    decision: 'default',
    createdAtMs: nowMs,
    expiresAtMs: nowMs + 60_000,
    bytes: 500,
    pinned: false,
  };
}
