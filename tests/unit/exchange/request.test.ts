import { describe, expect, test } from '@jest/globals';
import type { Decision } from '../../../src/decision/rule.js';
import * as names from '../../../src/exchange/headers.js';
import type { Verdict } from '../../../src/exchange/verdict.js';
import { SextantError } from '../../../src/lib/sextant-error.js';
import { embeddingSignal } from '../../../src/signals/embedding.js';
import {
  answer,
  ask,
  chat,
  HARD,
  harness,
  head,
  LARGE,
  SMALL,
  upstreamAnswers,
  wordEncoder,
} from '../../support/exchange-service.js';

const QUESTION = 'What are the main renewable energy sources?';
const REWORDED = 'What are the most important main renewable energy sources?';

function header(verdict: Verdict, name: string): string | undefined {
  if (verdict.kind === 'pass') return undefined;
  const fields = verdict.kind === 'forward' ? verdict.setHeaders : verdict.headers;
  return fields.find((field) => field.name === name)?.value;
}

function errorOf(verdict: Verdict): SextantError {
  if (verdict.kind !== 'reject') throw new Error(`expected a rejection, got ${verdict.kind}`);
  return verdict.error;
}

const BLOCK: Decision = {
  name: 'no-secrets',
  priority: 100,
  when: { kind: 'signal', signal: 'hard_words', onUnknown: 'match' },
  action: { kind: 'block', message: 'This is not answered here.' },
  cache: true,
};

describe('routing', () => {
  test('an easy prompt goes to the default model, and only the model name in the body changes', async () => {
    const { open } = harness();
    const { verdict } = await ask(open, chat(QUESTION, { temperature: 0.7 }));
    expect(verdict.kind).toBe('forward');
    expect(header(verdict, names.CLUSTER)).toBe('pool-small');
    const body = verdict.kind === 'forward' && verdict.body ? Buffer.from(verdict.body).toString() : '';
    expect(body).toBe(
      Buffer.from(chat(QUESTION, { temperature: 0.7 }))
        .toString()
        .replace('"auto"', '"small"'),
    );
  });

  test('a matching decision chooses its model', async () => {
    const { verdict } = await ask(harness().open, chat('prove that 2 is prime'));
    expect(header(verdict, names.CLUSTER)).toBe('pool-large');
  });

  test('a real model name passes with its bytes untouched', async () => {
    const { verdict } = await ask(harness().open, chat('prove it', { model: 'small' }));
    expect(verdict).toMatchObject({ kind: 'forward', body: undefined });
    expect(header(verdict, names.CLUSTER)).toBe('pool-small');
  });

  test('an unknown model is refused by name', async () => {
    const { verdict } = await ask(harness().open, chat('x', { model: 'gpt-9' }));
    expect(errorOf(verdict)).toMatchObject({ code: 'model_not_found', param: 'model' });
    expect(errorOf(verdict).message).toContain('auto, small, large');
  });

  test('of the models that a decision leaves equal, the cheaper one answers', async () => {
    const action = { kind: 'route', models: ['large', 'small'] } as const;
    const { open } = harness({ decisions: [{ ...HARD, action }] });
    expect(header((await ask(open, chat('prove it'))).verdict, names.CLUSTER)).toBe('pool-small');
    const models = [SMALL, { ...LARGE, weight: 2 }];
    const preferring = harness({ decisions: [{ ...HARD, action }], policy: { models } });
    expect(header((await ask(preferring.open, chat('prove it'))).verdict, names.CLUSTER)).toBe('pool-large');
  });

  test('a prompt too long for the decision goes to a model that can take it', async () => {
    const { open } = harness({
      policy: {
        models: [
          { ...card('small'), contextWindow: 64 },
          { ...card('large'), contextWindow: 100_000 },
        ],
      },
    });
    const { verdict } = await ask(open, chat('word '.repeat(400)));
    expect(header(verdict, names.CLUSTER)).toBe('pool-large');
  });

  test('an image that no model takes still goes to the decided model: the upstream says what it cannot do', async () => {
    const parts = [
      { type: 'text', text: 'what is this' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
    ];
    const { exchange, verdict } = await ask(
      harness().open,
      Buffer.from(JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: parts }] })),
    );
    expect(header(verdict, names.CLUSTER)).toBe('pool-small');
    const signedHead = await upstreamAnswers(exchange, answer('a cat'));
    expect(signedHead.setHeaders.find((field) => field.name === names.CACHE)?.value).toMatch(
      /^bypass;reason=/,
    );
  });

  test("a client's own routing headers are removed", async () => {
    const { verdict } = await ask(harness().open, chat('hi'), head({}, { 'x-sextant-decision': 'mine' }));
    expect(verdict).toMatchObject({ kind: 'forward', removeHeaders: ['x-sextant-decision'] });
  });

  test('rules alone decide without the encoder when nothing else needs it', async () => {
    const { open, encoder } = harness({ cache: { enabled: false } });
    await ask(open, chat(QUESTION));
    expect(encoder.calls).toBe(0);
  });
});

describe('the head', () => {
  test.each([
    ['GET', '/v1/chat/completions', 'method_not_allowed'],
    ['POST', '/v1/models', 'method_not_allowed'],
    ['POST', '/v1/files', 'unknown_path'],
    ['GET', '/v1/models/none', 'model_not_found'],
  ])('%s %s is refused: %s', async (method, path, code) => {
    const { verdict } = await ask(harness().open, chat('x'), head({ method, path }));
    expect(errorOf(verdict).code).toBe(code);
    expect(header(verdict, names.PATH)).toBe('error');
  });

  test('the prefix of the route is no part of the path', async () => {
    const { open } = harness({ policy: { prefix: '/team' } });
    const { verdict } = await ask(open, chat('hi'), head({ path: '/team/v1/chat/completions' }));
    expect(verdict.kind).toBe('forward');
    const passed = await ask(open, chat('hi'), head({ path: '/team/tokenize' }));
    expect(passed.verdict.kind).toBe('pass');
  });

  test('a POST without a body is refused', async () => {
    const { verdict } = await ask(harness().open, chat('x'), head({ endOfStream: true }));
    expect(errorOf(verdict).code).toBe('invalid_json');
  });

  test('a named path passes on an unguarded route only', async () => {
    const tokenize = head({ path: '/tokenize?x=1' });
    expect((await ask(harness().open, chat('x'), tokenize)).verdict.kind).toBe('pass');
    const guarded = harness({ policy: { guarded: true } });
    expect(errorOf((await ask(guarded.open, chat('x'), tokenize)).verdict).code).toBe('unknown_path');
  });

  test('models are listed, virtual ones first, and told one by one', async () => {
    const list = await ask(
      harness().open,
      chat(''),
      head({ method: 'GET', path: '/v1/models', endOfStream: true }),
    );
    if (list.verdict.kind !== 'reply') throw new Error('expected a reply');
    const ids = JSON.parse(Buffer.from(list.verdict.body).toString()).data.map((m: { id: string }) => m.id);
    expect(ids).toEqual(['auto', 'small', 'large']);
    const one = await ask(
      harness().open,
      chat(''),
      head({ method: 'GET', path: '/v1/models/large', endOfStream: true }),
    );
    if (one.verdict.kind !== 'reply') throw new Error('expected a reply');
    expect(JSON.parse(Buffer.from(one.verdict.body).toString())).toMatchObject({
      id: 'large',
      object: 'model',
    });
  });

  test('a route that the configuration does not have is refused', () => {
    const { service } = harness();
    expect(service.policyOf('other')).toBeUndefined();
    const exchange = harness().open('other');
    const verdict = exchange.requestHead(head());
    expect(verdict.kind === 'reject' && verdict.error.code).toBe('unknown_route');
  });
});

describe('blocks', () => {
  test('a rule block comes before the cache, with the message of the policy', async () => {
    const { open, encoder, records } = harness({ decisions: [BLOCK], ruleBlocks: [BLOCK] });
    const { verdict, exchange } = await ask(open, chat('prove it'));
    expect(errorOf(verdict)).toMatchObject({
      code: 'blocked_by_policy',
      message: 'This is not answered here.',
    });
    expect(header(verdict, names.PATH)).toBe('blocked');
    expect(header(verdict, names.DECISION)).toBe('no-secrets');
    exchange.close();
    expect(records[0]).toMatchObject({ status: 403, error: 'blocked_by_policy' });
    expect(encoder.calls).toBe(0);
  });

  test('a rule block also holds for a real model name', async () => {
    const { open } = harness({ decisions: [BLOCK], ruleBlocks: [BLOCK] });
    const { verdict } = await ask(open, chat('prove it', { model: 'small' }));
    expect(errorOf(verdict).code).toBe('blocked_by_policy');
  });
});

describe('a failing encoder', () => {
  const similar = async () => {
    const example = (await wordEncoder().encode('a very hard question', 1)).vector;
    return embeddingSignal({ name: 'hard_like', threshold: 0.5, examples: [example] });
  };
  const byEmbedding: Decision = {
    ...HARD,
    when: { kind: 'signal', signal: 'hard_like', onUnknown: 'no-match' },
  };

  test('is the failure of the request on a guarded route', async () => {
    const h = harness({ decisions: [byEmbedding], signals: [await similar()], policy: { guarded: true } });
    h.encoder.failure = new SextantError('overloaded', 'The encoder is busy.');
    const { verdict } = await ask(h.open, chat('anything'));
    expect(errorOf(verdict).code).toBe('overloaded');
  });

  test('makes a guarded concrete model fail closed too', async () => {
    const h = harness({ decisions: [byEmbedding], signals: [await similar()], policy: { guarded: true } });
    h.encoder.failure = new Error('broken');
    const { verdict } = await ask(h.open, chat('anything', { model: 'small' }));
    expect(errorOf(verdict).code).toBe('internal_error');
  });

  test('leaves the default model on an unguarded one, and the exact tier', async () => {
    const h = harness({ decisions: [byEmbedding], signals: [await similar()] });
    h.encoder.failure = new SextantError('deadline_exceeded', 'Too late.');
    const first = await ask(h.open, chat('anything'));
    expect(header(first.verdict, names.CLUSTER)).toBe('pool-small');
    await upstreamAnswers(first.exchange, answer('something'));
    expect(h.records[0]).toMatchObject({ cacheReason: 'encoder', stored: 'stored' });
    const second = await ask(h.open, chat('anything'));
    expect(header(second.verdict, names.CACHE)).toBe('hit-exact');
  });

  test('anything else that breaks lets an unguarded request go on untouched, and closes a guarded one', async () => {
    const broken = { findExact: () => Promise.reject(new Error('disk on fire')) };
    for (const guarded of [false, true]) {
      const h = harness({ policy: { guarded } });
      Object.assign(h.service.store, broken);
      const { verdict, exchange } = await ask(h.open, chat('anything'));
      expect(verdict.kind).toBe(guarded ? 'reject' : 'pass');
      exchange.close();
      expect(h.records[0]?.error).toBe('internal_error');
    }
  });
});

describe('the cache', () => {
  test('answers the same question again, then in other words; a different one goes upstream', async () => {
    const h = harness();
    const first = await ask(h.open, chat(QUESTION));
    const signedHead = await upstreamAnswers(first.exchange, answer('Sun and wind.'));
    expect(signedHead.readBody).toBe(true);
    expect(h.records[0]).toMatchObject({
      cache: 'miss',
      stored: 'stored',
      promptTokens: 5,
      completionTokens: 7,
    });

    h.clock.at += 3000;
    const again = await ask(h.open, chat(QUESTION));
    expect(header(again.verdict, names.CACHE)).toBe('hit-exact');
    expect(header(again.verdict, names.AGE)).toBe('3');
    expect(header(again.verdict, names.SIMILARITY)).toBe('1.000');
    expect(header(again.verdict, names.CACHE_STATUS)).toMatch(/^Sextant; hit/);

    const reworded = await ask(h.open, chat(REWORDED));
    expect(header(reworded.verdict, names.CACHE)).toBe('hit-semantic');
    const body = reworded.verdict.kind === 'reply' ? Buffer.from(reworded.verdict.body).toString() : '';
    expect(JSON.parse(body).choices[0].message.content).toBe('Sun and wind.');

    const other = await ask(h.open, chat('What are the main non-renewable energy sources?'));
    expect(other.verdict.kind).toBe('forward');
  });

  test('says that a stream may be sent as one where the policy wants it, cut to the pace of a model', async () => {
    const said = async (streamHits: { tokensPerSecond?: number }) => {
      const h = harness({ cache: { streamHits } });
      await upstreamAnswers((await ask(h.open, chat(QUESTION))).exchange, answer('Sun, wind and water.'));
      const streamed = (await ask(h.open, chat(QUESTION, { stream: true }))).verdict;
      const json = (await ask(h.open, chat(QUESTION))).verdict;
      if (streamed.kind !== 'reply' || json.kind !== 'reply') throw new Error('no hit');
      expect(json.stream).toBeUndefined();
      return {
        stream: streamed.stream,
        events: Buffer.from(streamed.body).toString().match(/data:/g)?.length,
      };
    };
    expect(await said({})).toEqual({ stream: { eventsPerSecond: undefined }, events: 4 });
    // Pieces of four characters: five of them, and the role, the finish reason and the end.
    expect(await said({ tokensPerSecond: 50 })).toEqual({ stream: { eventsPerSecond: 50 }, events: 8 });
  });

  test('answers a client that streams from what came as JSON', async () => {
    const h = harness();
    await upstreamAnswers((await ask(h.open, chat(QUESTION))).exchange, answer('Sun and wind.'));
    const { verdict } = await ask(h.open, chat(QUESTION, { stream: true }));
    expect(header(verdict, names.CONTENT_TYPE)).toMatch('text/event-stream');
    expect(verdict.kind === 'reply' && Buffer.from(verdict.body).toString()).toContain('data: [DONE]');
  });

  test.each([
    ['a cut answer', { cut: true }, answer('Sun')],
    ['a failed answer', { status: 500 }, answer('Sun')],
    ['an answer that hit its length', {}, answer('Sun', 'length')],
    ['an encoded answer', { headers: { 'content-encoding': 'gzip' } }, answer('Sun')],
  ])('does not keep %s', async (_what, options, body) => {
    const h = harness();
    await upstreamAnswers((await ask(h.open, chat(QUESTION))).exchange, body, options);
    expect(h.records[0]?.stored).not.toBe('stored');
    expect((await ask(h.open, chat(QUESTION))).verdict.kind).toBe('forward');
  });

  test('never shares between two keys, nor without any', async () => {
    const h = harness();
    await upstreamAnswers((await ask(h.open, chat(QUESTION))).exchange, answer('Sun.'));
    const stranger = head({}, { authorization: 'Bearer other' });
    expect((await ask(h.open, chat(QUESTION), stranger)).verdict.kind).toBe('forward');
    const nobody = head();
    (nobody.headers as Map<string, string>).delete('authorization');
    const { exchange, verdict } = await ask(h.open, chat(QUESTION), nobody);
    expect(verdict.kind).toBe('forward');
    const signedHead = await upstreamAnswers(exchange, answer('Sun.'));
    expect(signedHead.setHeaders.find((field) => field.name === names.CACHE)?.value).toBe(
      'bypass;reason=no-identity',
    );
  });

  test('a text to continue is answered by the very same text only, without a forward pass', async () => {
    const h = harness();
    const path = '/v1/completions';
    const body = Buffer.from(JSON.stringify({ model: 'auto', prompt: 'Once upon a time' }));
    const { exchange } = await ask(h.open, body, head({ path }));
    const text = { id: 'cmpl-1', object: 'text_completion', created: 1, model: 'small' };
    const choices = [{ index: 0, text: ' there was a fox.', finish_reason: 'stop' }];
    await upstreamAnswers(exchange, Buffer.from(JSON.stringify({ ...text, choices })));
    expect(h.records[0]).toMatchObject({ cacheReason: 'completions', stored: 'stored' });
    expect(h.encoder.calls).toBe(0);
    expect(header((await ask(h.open, body, head({ path }))).verdict, names.CACHE)).toBe('hit-exact');
  });

  test('a decision may keep its answers out', async () => {
    const h = harness({ decisions: [{ ...HARD, cache: false }] });
    await upstreamAnswers((await ask(h.open, chat('prove it'))).exchange, answer('So.'));
    expect(h.records[0]).toMatchObject({ cache: 'bypass', cacheReason: 'decision', stored: '' });
    expect((await ask(h.open, chat('prove it'))).verdict.kind).toBe('forward');
  });

  test('a client that asks for a fresh answer gets one, and it is stored', async () => {
    const h = harness();
    await upstreamAnswers((await ask(h.open, chat(QUESTION))).exchange, answer('Old.'));
    const fresh = await ask(h.open, chat(QUESTION), head({}, { 'cache-control': 'no-cache' }));
    expect(fresh.verdict.kind).toBe('forward');
    await upstreamAnswers(fresh.exchange, answer('New.'));
    const { verdict } = await ask(h.open, chat(QUESTION));
    expect(verdict.kind === 'reply' && Buffer.from(verdict.body).toString()).toContain('New.');
  });
});

describe('single flight', () => {
  test('a second identical question waits for the first answer, and asks for the time it needs', async () => {
    const h = harness();
    const leader = await ask(h.open, chat(QUESTION));
    const follower = h.open();
    follower.requestHead(head());
    const asked: number[] = [];
    const waiting = follower.requestBody(chat(QUESTION), (ms) => asked.push(ms));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBeGreaterThan(1000);
    const leaderTookMs = 60_000;
    h.clock.skippedMs += leaderTookMs;
    await upstreamAnswers(leader.exchange, answer('Sun.'));
    const verdict = await waiting;
    expect(header(verdict, names.CACHE)).toBe('hit-exact;reason=shared-flight');
    expect(Number(header(verdict, names.OVERHEAD_MS))).toBeLessThan(leaderTookMs / 2);
  });

  test('a follower that streams does not wait', async () => {
    const h = harness();
    await ask(h.open, chat(QUESTION));
    expect((await ask(h.open, chat(QUESTION, { stream: true }))).verdict.kind).toBe('forward');
  });
});

describe('the response', () => {
  test("strips an upstream's x-sextant headers and adds to its Cache-Status", async () => {
    const h = harness();
    const { exchange } = await ask(h.open, chat(QUESTION));
    const verdict = await upstreamAnswers(exchange, answer('Sun.'), {
      headers: { 'x-sextant-debug': 'x', 'cache-status': 'Origin; hit' },
    });
    expect(verdict.removeHeaders).toEqual(['x-sextant-debug']);
    expect(verdict.setHeaders.find((field) => field.name === names.CACHE_STATUS)?.value).toMatch(
      /^Origin; hit, Sextant; fwd=/,
    );
  });

  test('is not read when nobody has use for it', async () => {
    const h = harness({ cache: { enabled: false }, policy: { readUsage: false } });
    const { exchange } = await ask(h.open, chat(QUESTION));
    expect((await upstreamAnswers(exchange, answer('x'))).readBody).toBe(false);
  });

  test('tells its story beforehand where nobody will hear of the answer', async () => {
    const h = harness({ cache: { enabled: false }, policy: { readUsage: false, hearsAnswers: false } });
    const { verdict } = await ask(h.open, chat(QUESTION));
    expect(header(verdict, names.MODEL)).toBe('small');
    expect(header(verdict, names.PATH)).toBe('upstream');
    expect(header(verdict, names.CACHE_STATUS)).toBeUndefined();
    const passed = await ask(h.open, chat('x'), head({ path: '/tokenize' }));
    expect(passed.verdict.kind === 'pass' && passed.verdict.setHeaders.length).toBe(8);
  });

  test('close is told once', async () => {
    const h = harness();
    const { exchange } = await ask(h.open, chat(QUESTION));
    exchange.close();
    exchange.close();
    expect(h.records).toHaveLength(1);
  });

  test('an error of the edge carries the same headers', () => {
    const exchange = harness().open();
    const verdict = exchange.fail(new SextantError('internal_error', 'x'));
    const headers = verdict.kind === 'reject' ? verdict.headers : [];
    expect(headers.map((field) => field.name)).toContain(names.ID);
  });
});

function card(name: string) {
  return {
    name,
    cluster: `pool-${name}`,
    contextWindow: 1000,
    price: { input: 1, output: 1 },
    parametersB: 1,
    modalities: [],
    weight: 1,
  };
}
