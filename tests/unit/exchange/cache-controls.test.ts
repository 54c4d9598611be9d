import { describe, expect, test } from '@jest/globals';
import * as names from '../../../src/exchange/headers.js';
import type { Verdict } from '../../../src/exchange/verdict.js';
import {
  answer,
  ask,
  chat,
  type Harness,
  harness,
  head,
  upstreamAnswers,
} from '../../support/exchange-service.js';

const QUESTION = 'What are the main renewable energy sources?';
const REWORDED = 'What are the most important main renewable energy sources?';

/** Asks once and lets the answer be stored. */
async function stored(
  h: Harness,
  body = chat(QUESTION),
  headers: Record<string, string> = {},
): Promise<void> {
  const { exchange } = await ask(h.open, body, head({}, headers));
  await upstreamAnswers(exchange, answer('Sun, wind and water.'));
}

async function asked(h: Harness, body: Uint8Array, headers: Record<string, string> = {}) {
  const { exchange, verdict } = await ask(h.open, body, head({}, headers));
  exchange.close();
  return { verdict, cache: cacheOf(verdict), record: h.records.at(-1) };
}

function cacheOf(verdict: Verdict): string | undefined {
  if (verdict.kind !== 'reply' && verdict.kind !== 'reject') return undefined;
  return verdict.headers.find(({ name }) => name === names.CACHE)?.value;
}

describe('what a client asks of the cache', () => {
  test('an answer of a certain age at most', async () => {
    const h = harness();
    await stored(h);
    h.clock.at += 10_000;
    const within = await asked(h, chat(QUESTION), { 'sextant-cache-control': 'max-age=10' });
    expect(within.verdict.kind).toBe('reply');
    h.clock.at += 1;
    for (const headers of [
      { 'sextant-cache-control': 'max-age=10' },
      { 'cache-control': 'max-age=10' },
    ] as Record<string, string>[]) {
      expect((await asked(h, chat(QUESTION), headers)).verdict.kind).toBe('forward');
      expect((await asked(h, chat(REWORDED), headers)).verdict.kind).toBe('forward');
    }
    expect((await asked(h, chat(QUESTION, { cache: { 's-maxage': 10 } }))).verdict.kind).toBe('forward');
    expect((await asked(h, chat(REWORDED))).cache).toBe('hit-semantic');
  });

  test('a nearer question than the policy asks for, never a farther one', async () => {
    const h = harness();
    await stored(h);
    expect((await asked(h, chat(REWORDED), { 'sextant-cache-control': 'min-similarity=0.8' })).cache).toBe(
      'hit-semantic',
    );
    for (const headers of [
      { 'sextant-cache-control': 'min-similarity=0.999' },
      { 'x-bf-cache-threshold': '0.999' },
      { 'x-bf-cache-type': 'direct' },
      { 'x-portkey-cache': 'simple' },
    ] as Record<string, string>[]) {
      expect((await asked(h, chat(REWORDED), headers)).verdict.kind).toBe('forward');
      expect((await asked(h, chat(QUESTION), headers)).cache).toBe('hit-exact');
    }
    const strict = harness({ cache: { similarityThreshold: 0.999 } });
    await stored(strict);
    const lowered = { 'sextant-cache-control': 'min-similarity=0.1', 'x-bf-cache-threshold': '0' };
    expect((await asked(strict, chat(REWORDED), lowered)).verdict.kind).toBe('forward');
  });

  test('a fresh answer, or none that is kept', async () => {
    const h = harness();
    await stored(h);
    const fresh = await asked(h, chat(QUESTION), { 'x-portkey-cache-force-refresh': 'true' });
    expect(fresh.record).toMatchObject({ cache: 'miss', cacheReason: 'no-cache' });
    for (const body of [
      chat(QUESTION, { cache: { 'no-store': true } }),
      chat(QUESTION, { cache: { ttl: 0 } }),
    ]) {
      expect((await asked(h, body)).record).toMatchObject({ cache: 'bypass', cacheReason: 'no-store' });
    }
    const bifrost = await asked(h, chat(QUESTION), { 'x-bf-cache-no-store': 'true' });
    expect(bifrost.record).toMatchObject({ cache: 'bypass', cacheReason: 'no-store' });
  });

  test('a shorter life of its answer, never a longer one', async () => {
    const h = harness({ cache: { ttlSeconds: 60 } });
    await stored(h, chat(QUESTION, { cache: { ttl: 30 } }));
    await stored(h, chat('What is DNA made of?'), { 'x-bf-cache-ttl': '2h' });
    h.clock.at += 29_000;
    expect((await asked(h, chat(QUESTION))).cache).toBe('hit-exact');
    h.clock.at += 1_000;
    expect((await asked(h, chat(QUESTION))).verdict.kind).toBe('forward');
    expect((await asked(h, chat('What is DNA made of?'))).cache).toBe('hit-exact');
    h.clock.at += 30_000;
    expect((await asked(h, chat('What is DNA made of?'))).verdict.kind).toBe('forward');
  });

  test('a space of its own within the tenant', async () => {
    const h = harness();
    await stored(h, chat(QUESTION), { 'x-bf-cache-key': 'a' });
    expect((await asked(h, chat(QUESTION))).verdict.kind).toBe('forward');
    expect((await asked(h, chat(QUESTION), { 'x-bf-cache-key': 'b' })).verdict.kind).toBe('forward');
    expect((await asked(h, chat(QUESTION), { 'x-bf-cache-key': 'a' })).cache).toBe('hit-exact');
    const other = { 'x-bf-cache-key': 'a', authorization: 'Bearer other' };
    expect((await asked(h, chat(QUESTION), other)).verdict.kind).toBe('forward');
  });

  test('a stored answer or none', async () => {
    const h = harness();
    const headers = { 'sextant-cache-control': 'only-if-cached' };
    const none = await asked(h, chat(QUESTION), headers);
    expect(none.verdict).toMatchObject({ kind: 'reject', error: { code: 'not_in_cache' } });
    expect(none.record).toMatchObject({ status: 504, error: 'not_in_cache' });
    await stored(h);
    expect((await asked(h, chat(QUESTION), headers)).cache).toBe('hit-exact');
    expect((await asked(h, chat(REWORDED), headers)).cache).toBe('hit-semantic');
    const bypassed = await asked(h, chat('What time is it in Rome?'), headers);
    expect(bypassed.verdict).toMatchObject({ kind: 'reject', error: { code: 'not_in_cache' } });
    expect(bypassed.cache).toBe('bypass;reason=volatile');
    const off = harness({ cache: { enabled: false } });
    expect((await asked(off, chat(QUESTION), headers)).verdict.kind).toBe('reject');
  });

  test('what it says to us does not reach the pool', async () => {
    const said = Object.fromEntries(names.CACHE_CONTROLS.map((name) => [name, 'x']));
    const { verdict } = await asked(
      harness(),
      chat(QUESTION, { cache: { 'no-cache': true }, seed: 1 }),
      said,
    );
    if (verdict.kind !== 'forward') throw new Error(verdict.kind);
    expect(verdict.removeHeaders).toEqual(expect.arrayContaining([...names.CACHE_CONTROLS]));
    expect(Buffer.from(verdict.body ?? []).toString()).toBe(
      Buffer.from(chat(QUESTION, { seed: 1 }))
        .toString()
        .replace('"auto"', '"small"'),
    );
    const named = await asked(harness(), chat(QUESTION, { model: 'large', cache: {} }), said);
    if (named.verdict.kind !== 'forward') throw new Error(named.verdict.kind);
    expect(JSON.parse(Buffer.from(named.verdict.body ?? []).toString())).toEqual(
      JSON.parse(Buffer.from(chat(QUESTION, { model: 'large' })).toString()),
    );
    expect(named.verdict.removeHeaders).toEqual(expect.arrayContaining([...names.CACHE_CONTROLS]));
    const plain = await asked(harness(), chat(QUESTION, { cache: true }));
    expect(plain.verdict.kind === 'forward' && Buffer.from(plain.verdict.body ?? []).toString()).toContain(
      '"cache":true',
    );
  });
});
