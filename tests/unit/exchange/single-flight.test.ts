import { describe, expect, test } from '@jest/globals';
import * as names from '../../../src/exchange/headers.js';
import type { Exchange, Verdict } from '../../../src/exchange/verdict.js';
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
/** A turn of the loop, and time for what takes a few of them. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

function cacheOf(verdict: Verdict): string | undefined {
  if (verdict.kind !== 'reply') return verdict.kind;
  return verdict.headers.find((field) => field.name === names.CACHE)?.value;
}

/** Requests on their way, by whether they were let go upstream or answered. */
function send(h: Harness, bodies: readonly Uint8Array[]) {
  const upstream: Exchange[] = [];
  const answered: Verdict[] = [];
  const all = bodies.map(async (body) => {
    const { exchange, verdict } = await ask(h.open, body);
    if (verdict.kind === 'forward') upstream.push(exchange);
    else {
      answered.push(verdict);
      exchange.close();
    }
  });
  return { upstream, answered, all: Promise.all(all) };
}

const many = (count: number, ask: string) => Array.from({ length: count }, () => chat(ask));

describe('those who ask the very same', () => {
  test('a leader that fails hands over to one at a time, until one brings the answer', async () => {
    const h = harness({ cache: { maxWaitMs: 10_000 } });
    const { upstream, answered, all } = send(h, many(200, QUESTION));
    for (const failure of [{ status: 503 }, { cut: true }]) {
      await settled();
      expect(upstream).toHaveLength(1);
      await upstreamAnswers(upstream.splice(0)[0] as Exchange, answer('Sun.'), failure);
    }
    await settled();
    expect(upstream).toHaveLength(1);
    await upstreamAnswers(upstream[0] as Exchange, answer('Wind.'));
    await all;
    expect(answered).toHaveLength(197);
    expect(new Set(answered.map(cacheOf))).toEqual(new Set(['hit-exact;reason=shared-flight']));
  });

  test('a client that leaves hands over as well, and after the last hand-over all go', async () => {
    const h = harness({ cache: { maxWaitMs: 10_000 } });
    const { upstream, all } = send(h, many(20, QUESTION));
    for (let turn = 0; turn <= 3; turn += 1) {
      await settled();
      expect(upstream).toHaveLength(1);
      upstream.splice(0)[0]?.close();
    }
    await all;
    expect(upstream).toHaveLength(16);
    for (const exchange of upstream) exchange.close();
  });

  test.each([
    { what: 'is half a one', body: answer('Sun.', 'length'), status: 200 },
    { what: 'refuses the question', body: answer('Sun.'), status: 400 },
  ])('nobody waits again for an answer that $what', async ({ body, status }) => {
    const h = harness({ cache: { maxWaitMs: 10_000 } });
    const { upstream, all } = send(h, many(10, QUESTION));
    await settled();
    await upstreamAnswers(upstream.splice(0)[0] as Exchange, body, { status });
    await all;
    expect(upstream).toHaveLength(9);
    for (const exchange of upstream) exchange.close();
  });

  test('a client that left before its request was decided leaves no flight behind', async () => {
    const h = harness();
    const exchange = h.open();
    exchange.requestHead(head());
    const deciding = exchange.requestBody(chat(QUESTION), () => {});
    exchange.close();
    await deciding;
    expect((await ask(h.open, chat(QUESTION))).verdict.kind).toBe('forward');
  });

  test('a leader that finds its question in other words tells the others so', async () => {
    const h = harness({ cache: { maxWaitMs: 10_000 } });
    const stored = await ask(h.open, chat(QUESTION));
    await upstreamAnswers(stored.exchange, answer('Sun.'));
    const { answered, all } = send(h, many(3, REWORDED));
    await all;
    const similar = answered.map(
      (verdict) =>
        verdict.kind === 'reply' && verdict.headers.find(({ name }) => name === names.SIMILARITY)?.value,
    );
    expect(new Set(similar).size).toBe(1);
    expect(answered.map(cacheOf).sort()).toEqual([
      'hit-semantic',
      'hit-semantic;reason=shared-flight',
      'hit-semantic;reason=shared-flight',
    ]);
  });
});

describe('those who ask the same in other words', () => {
  /** Wordings of one question: each passes the checks against each other one. */
  const wordings = Array.from(
    { length: 200 },
    (_, at) => `${QUESTION}${' '.repeat(1 + (at % 14))}${'\n'.repeat(1 + Math.floor(at / 14))}?`,
  );

  test('wait for the one that is on its way', async () => {
    const h = harness({ cache: { maxWaitMs: 10_000 } });
    const { upstream, answered, all } = send(h, [chat(QUESTION), chat(REWORDED), chat(REWORDED)]);
    await settled();
    expect(upstream).toHaveLength(1);
    await upstreamAnswers(upstream[0] as Exchange, answer('Sun.'));
    await all;
    expect(answered.map(cacheOf)).toEqual(Array(2).fill('hit-semantic;reason=shared-flight'));
    expect(h.records.at(-1)?.similarity).toBeLessThan(1);
  });

  test.each([
    ['another question', 'What are the main non-renewable energy sources?', {}],
    ['another partition', REWORDED, { temperature: 0.1 }],
    ['a stream, unless the policy says so', REWORDED, { stream: true }],
  ])('%s does not wait', async (_, text, extra) => {
    const h = harness();
    await ask(h.open, chat(QUESTION));
    expect((await ask(h.open, chat(text, extra))).verdict.kind).toBe('forward');
  });

  test('a stream waits where the policy says so', async () => {
    const h = harness({ cache: { maxWaitMs: 10_000, streamFollowersWait: true } });
    const { upstream, answered, all } = send(h, [chat(QUESTION), chat(REWORDED, { stream: true })]);
    await settled();
    await upstreamAnswers(upstream[0] as Exchange, answer('Sun.'));
    await all;
    expect(answered.map(cacheOf)).toEqual(['hit-semantic;reason=shared-flight']);
  });

  test('a client that wants a fresh answer does not wait', async () => {
    const h = harness();
    await ask(h.open, chat(QUESTION));
    const fresh = head({}, { 'cache-control': 'no-cache' });
    expect((await ask(h.open, chat(REWORDED), fresh)).verdict.kind).toBe('forward');
  });

  test('of 200 wordings one goes upstream, and one more after each failure', async () => {
    const h = harness({ cache: { maxWaitMs: 10_000 } });
    const { upstream, answered, all } = send(
      h,
      wordings.map((text) => chat(text)),
    );
    for (let turn = 0; turn < 2; turn += 1) {
      await settled();
      expect(upstream).toHaveLength(1);
      await upstreamAnswers(upstream.splice(0)[0] as Exchange, answer('Sun.'), { status: 500 });
    }
    await settled();
    expect(upstream).toHaveLength(1);
    await upstreamAnswers(upstream[0] as Exchange, answer('Wind.'));
    await all;
    expect(answered).toHaveLength(197);
  });

  test('who waited in vain goes alone, and waits for nobody else', async () => {
    const h = harness({ cache: { maxWaitMs: 30 } });
    await ask(h.open, chat(QUESTION));
    const { verdict } = await ask(h.open, chat(REWORDED));
    expect(verdict.kind).toBe('forward');
    expect((await ask(h.open, chat(REWORDED))).verdict.kind).toBe('forward');
  });
});
