import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMemoryStore } from '../../src/adapters/memory/store.js';
import { createMilvusBackend, type MilvusBackend } from '../../src/adapters/milvus/backend.js';
import { createTieredBackend, type TieredBackend } from '../../src/cache/tiered.js';
import { systemClock } from '../../src/lib/clock.js';
import { systemTimers } from '../../src/lib/timers.js';
import { at, DIMENSION, entry } from '../contract/backend-setup.js';
import { makeCertificate } from '../support/certificate.js';
import { expectSigned } from '../support/expect-answer.js';
import { contentOf } from '../support/http.js';
import { milvusSettings, ROOT_AUTH, ROOT_USER, startMilvus, type TestMilvus } from '../support/milvus.js';
import { milvusStackConfig } from '../support/milvus-file.js';
import { waitUntil } from '../support/ports.js';
import { type Stack, startStack } from '../support/stack.js';

const DEADLINE_MS = 5000;
const WAIT_MS = 60_000;

let folder: string;
let milvus: TestMilvus;
let tls: Awaited<ReturnType<typeof makeCertificate>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sextant-milvus-e2e-'));
  tls = await makeCertificate(folder);
  milvus = await startMilvus({ auth: true, tls });
}, 1_200_000);
afterAll(async () => {
  await milvus?.stop();
  await rm(folder, { recursive: true, force: true });
});

const connection = () => ({
  auth: { enabled: true, ...ROOT_USER },
  tls: { enabled: true, ca_file: tls.ca, server_name: 'localhost' },
});

describe('two Sextants on one Milvus, with auth and TLS', () => {
  let stacks: readonly Stack[] = [];
  beforeAll(async () => {
    const more = { connection: connection(), collection: { name: 'stacks' } };
    const config = await milvusStackConfig(folder, { port: milvus.port, deadlineMs: DEADLINE_MS, more });
    const limits = { message_timeout_ms: 20_000 };
    stacks = [
      await startStack({ config: { ...config, limits } }),
      await startStack({ config: { ...config, limits } }),
    ];
  }, 180_000);
  afterAll(async () => {
    for (const stack of stacks) await stack.close();
  });

  /** What a process lists comes from Milvus. */
  async function idsAt(stack: Stack): Promise<readonly string[]> {
    const answer = await fetch(`${stack.adminUrl}/cache/entries`);
    const listing = (await answer.json()) as { readonly entries: readonly { readonly id: string }[] };
    return listing.entries.map(({ id }) => id);
  }

  async function order(stack: Stack, path: string): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${stack.adminUrl}${path}`, { method: 'POST', headers, body: '{}' });
    expect(answer.status).toBe(200);
  }

  const ASKED = 'What are the main renewable energy sources?';
  const IN_OTHER_WORDS = 'What are the primary sources of renewable energy?';

  test('a question asked at one is answered at the other, in other words; flush and evict reach both', async () => {
    const [one, other] = stacks;
    if (one === undefined || other === undefined) throw new Error('there are not two');
    const asked = await one.chat(ASKED);
    expectSigned(asked, { path: 'upstream', cache: 'miss' });
    await waitUntil(
      'Milvus to be reached',
      async () => (await isIdle(one)) && (await isIdle(other)),
      WAIT_MS,
    );
    await waitUntil('the other one to see it', async () => (await idsAt(other)).length > 0, WAIT_MS);
    const answer = await other.chat(IN_OTHER_WORDS);
    expectSigned(answer, { path: 'cache', cache: 'hit-semantic' });
    expect(contentOf(answer)).toBe(contentOf(asked));

    const [id = ''] = await idsAt(other);
    await order(other, `/cache/entries/${id}/evict`);
    const isMiss = (stack: Stack) => async () =>
      (await stack.chat(ASKED)).headers['x-sextant-cache']?.startsWith('miss') === true;
    await waitUntil('the first to forget it', isMiss(one), WAIT_MS);

    await waitUntil('it to be there again', async () => (await idsAt(other)).length > 0, WAIT_MS);
    await order(one, '/cache/flush');
    await waitUntil('the other to forget all', isMiss(other), WAIT_MS);
  }, 180_000);
});

/** Milvus is reached and nothing waits to be written to it. */
async function isIdle(stack: Stack): Promise<boolean> {
  const text = await (await fetch(`${stack.adminUrl}/metrics`)).text();
  const gauge = (name: string) => new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
  return gauge('sextant_cache_back_queue_length') === '0' && gauge('sextant_cache_back_open') === '0';
}

describe('two processes that share a collection', () => {
  const opened: TieredBackend[] = [];
  const backs: MilvusBackend[] = [];

  function backOf(given: { readonly hash?: string; readonly dimension?: number } = {}): MilvusBackend {
    const settings = milvusSettings(milvus.port, {
      auth: ROOT_AUTH,
      tls: { caFile: tls.ca, certFile: undefined, keyFile: undefined, serverName: 'localhost' },
      collection: 'shared',
      consistencyLevel: 'Bounded',
    });
    const encoder = { hash: given.hash ?? 'one', dimension: given.dimension ?? DIMENSION };
    const back = createMilvusBackend({ settings, encoder, clock: systemClock, readDeadlineMs: DEADLINE_MS });
    backs.push(back);
    return back;
  }

  async function process(): Promise<TieredBackend> {
    const limits = { maxEntries: 100, bytesMax: 1e6, evictionPolicy: 'fifo' as const };
    const tiered = createTieredBackend({
      front: createMemoryStore({ ...limits, dimension: DIMENSION, clock: systemClock }),
      back: backOf(),
      clock: systemClock,
      timers: systemTimers,
      readDeadlineMs: DEADLINE_MS,
      writeDeadlineMs: 30_000,
      queue: { entriesMax: 100, bytesMax: 1e6 },
    });
    opened.push(tiered);
    await waitUntil('Milvus to be reached', () => tiered.backStats().breaker === 'closed', WAIT_MS);
    return tiered;
  }
  const live = (key: string) =>
    entry(key, { vector: at(0), createdAtMs: Date.now(), expiresAtMs: Date.now() + 600_000 });

  let one: TieredBackend;
  let other: TieredBackend;
  beforeAll(async () => {
    one = await process();
    other = await process();
  }, 180_000);
  afterAll(async () => {
    for (const tiered of opened) await tiered.close();
    for (const back of backs) await back.close();
  }, 60_000);

  const seen = async (tiered: TieredBackend, key: string) => (await tiered.findExact('p', key)) !== undefined;

  test('share entries, evictions and flushes', async () => {
    for (const key of ['a', 'b']) await one.put(live(key));
    await waitUntil(
      'the other to see them',
      async () => (await seen(other, 'a')) && (await seen(other, 'b')),
      WAIT_MS,
    );
    expect(await other.findNearest('p', at(0), 5)).toHaveLength(2);
    expect(await one.evict('id-p-a')).toBe(true);
    await waitUntil('the other to forget it', async () => !(await seen(other, 'a')), WAIT_MS);
    expect(await seen(other, 'b')).toBe(true);
    await other.flush();
    await waitUntil('the first to forget all', async () => !(await seen(one, 'b')), WAIT_MS);
    await one.put(live('c'));
    await waitUntil('life to go on', () => seen(other, 'c'), WAIT_MS);
  }, 180_000);

  test('agree on a secret', async () => {
    const [mine, theirs] = [backOf(), backOf()];
    await Promise.all([mine.recover(), theirs.recover()]);
    const secrets = await Promise.all([mine.readOrCreateSharedSecret(), theirs.readOrCreateSharedSecret()]);
    expect(secrets[0]).toHaveLength(32);
    expect(Buffer.from(secrets[0])).toEqual(Buffer.from(secrets[1]));
  }, 120_000);

  test('must run the same encoder', async () => {
    await expect(backOf({ hash: 'two' }).recover()).rejects.toThrow(/encoder one, .*encoder two/);
    await expect(backOf({ dimension: 8 }).recover()).rejects.toThrow(/vectors of 4 .*vectors of 8/);
  }, 60_000);
});

test('a Sextant with another encoder refuses to start, and one without a Milvus starts', async () => {
  const settings = milvusSettings(milvus.port, {
    auth: ROOT_AUTH,
    tls: { caFile: tls.ca, certFile: undefined, keyFile: undefined, serverName: 'localhost' },
    collection: 'foreign',
  });
  const foreign = createMilvusBackend({
    settings,
    encoder: { hash: 'foreign-hash', dimension: 384 },
    clock: systemClock,
    readDeadlineMs: DEADLINE_MS,
  });
  await foreign.recover();
  await foreign.close();
  const more = { connection: connection(), collection: { name: 'foreign' } };
  const config = await milvusStackConfig(folder, { port: milvus.port, more });
  await expect(startStack({ config })).rejects.toThrow(
    /encoder foreign-hash, but this process runs the encoder/,
  );

  const nobody = await startStack({ config: await milvusStackConfig(folder, { port: 1 }) });
  try {
    expectSigned(await nobody.chat('What is the capital of France?'), { path: 'upstream', cache: 'miss' });
    await waitUntil('the near store to answer', async () => {
      const again = await nobody.chat('What is the capital of France?');
      return again.headers['x-sextant-cache'] === 'hit-exact';
    });
    expect(nobody.sextantLog()).toContain('milvus is not there');
  } finally {
    await nobody.close();
  }
}, 240_000);
