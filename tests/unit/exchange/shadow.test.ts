import { describe, expect, test } from '@jest/globals';
import { exchangesOf } from '../../../src/exchange/exchange.js';
import type { RecordedRow } from '../../../src/exchange/recorded.js';
import type { Exchange } from '../../../src/exchange/verdict.js';
import { SextantError } from '../../../src/lib/sextant-error.js';
import {
  answer,
  ask,
  chat,
  HARD,
  type Harness,
  type HarnessOptions,
  harness,
  head,
  upstreamAnswers,
} from '../../support/exchange-service.js';

const PASS = { kind: 'pass', setHeaders: [], removeHeaders: [] };
const BLOCKS = { ...HARD, action: { kind: 'block', message: 'No.' } } as const;

/** Watches one request to its end, while a model that Sextant did not choose answers. */
async function watch(world: Harness, body: Uint8Array, path = '/v1/chat/completions') {
  const exchange = exchangesOf(world.service)(undefined, true);
  expect(exchange.requestHead(head({ path }))).toEqual({ kind: 'read-body' });
  expect(await exchange.requestBody(body, () => {})).toEqual(PASS);
  const headers = new Map([['content-type', 'application/json']]);
  const said = exchange.responseHead({ status: 200, headers, endOfStream: false });
  expect([said.setHeaders, said.removeHeaders]).toEqual([[], []]);
  exchange.responseBody(answer('It is known.'), true);
  exchange.close();
  return world.records.at(-1);
}

async function watched(body: Uint8Array, options: HarnessOptions = {}) {
  const world = harness(options);
  return { record: await watch(world, body), world };
}

describe('an exchange that is only watched', () => {
  test('is counted by what would have become of it, and by the tokens that were', async () => {
    const { record, world } = await watched(chat('prove it'));
    expect(record).toMatchObject({ shadow: true, path: 'upstream', model: 'large', decision: 'hard' });
    expect(record).toMatchObject({ cache: 'miss', status: 200, stored: '' });
    expect(record?.completionTokens).toBeGreaterThan(0);
    expect(world.store.stats().entries).toBe(0);
  });

  test('would have been blocked', async () => {
    const { record } = await watched(chat('prove it'), { ruleBlocks: [BLOCKS] });
    expect(record).toMatchObject({ shadow: true, path: 'blocked', status: 200 });
  });

  test('would have been answered by the cache, which learns nothing of it', async () => {
    const world = harness();
    const { exchange } = await ask(world.open, chat('prove it'));
    await upstreamAnswers(exchange, answer('It is known.'));
    expect(await watch(world, chat('prove it'))).toMatchObject({ path: 'cache', cache: 'hit-exact' });
    expect(world.store.stats().entries).toBe(1);
  });

  test('waits for nobody who asks the same, and nobody waits for it', async () => {
    const world = harness();
    const first = await ask(world.open, chat('prove it'));
    expect(await watch(world, chat('prove it'))).toMatchObject({ path: 'upstream', cache: 'miss' });
    await upstreamAnswers(first.exchange, answer('It is known.'));
    expect(world.records.at(-1)).toMatchObject({ stored: 'stored' });
  });

  test('is decided whatever model it names', async () => {
    expect((await watched(chat('prove it', { model: 'gpt-0' }))).record).toMatchObject({ model: 'large' });
    expect((await watched(chat('prove it', { model: 'small' }))).record).toMatchObject({ model: 'large' });
    const embed = Buffer.from('{"model":"small","input":"prove it"}');
    const world = harness();
    expect(await watch(world, embed, '/v1/embeddings')).toMatchObject({
      path: 'passthrough',
      model: 'small',
    });
  });

  test('is recorded as such a request', async () => {
    const world = harness();
    const rows: (RecordedRow | undefined)[] = [];
    const recorder = { mode: 'hashed', samples: () => true } as const;
    Object.assign(world.service, {
      recorder: { ...recorder, record: (row: () => RecordedRow) => rows.push(row()) },
    });
    await watch(world, chat('prove it', { model: 'small' }));
    expect(rows).toMatchObject([
      { virtual_model: 'small', decision: 'hard', model: 'large', path: 'upstream' },
    ]);
  });

  test('tells nobody of models and pools what became of it', async () => {
    const world = harness();
    const told: string[] = [];
    const tell = (what: string) => () => void told.push(what);
    Object.assign(world.service, {
      fallback: {
        health: { stateOf: () => 'well', probe: tell('probe'), answered: tell('answered') },
        budget: { mayRetry: () => true, spent: tell('spent') },
      },
      sight: { load: { loadOf: () => 0, sent: tell('sent') } },
      learning: { ask: tell('ask'), believed: () => undefined, forget: tell('forget') },
    });
    await watch(world, chat('prove it'));
    expect(told).toEqual([]);
  });

  test('passes even where something breaks, and where its route is unknown', async () => {
    const broken = harness({ policy: { guarded: true } });
    const exchange = exchangesOf(broken.service)(undefined, true);
    expect(exchange.fail(new SextantError('internal_error', 'x'))).toEqual(PASS);
    const lost: Exchange = exchangesOf(broken.service)('nowhere', true);
    expect(lost.requestHead(head())).toEqual(PASS);
    expect((await watched(Buffer.from('{'))).record).toMatchObject({ path: 'error', error: 'invalid_json' });
  });
});

test('a policy that observes passes everything, whatever Envoy does', async () => {
  const world = harness({ ruleBlocks: [BLOCKS] });
  const open = exchangesOf({ ...world.service, observes: true });
  const exchange = open(undefined);
  exchange.requestHead(head());
  expect(await exchange.requestBody(chat('prove it'), () => {})).toEqual(PASS);
});
