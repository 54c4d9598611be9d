import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createPrometheusTelemetry } from '../../../src/adapters/prometheus/telemetry.js';
import { learningPages } from '../../../src/admin/learning-pages.js';
import { type AdminServer, startAdmin } from '../../../src/admin/server.js';
import { learnOutcomes, type OutcomeLearning } from '../../../src/app/learn-outcomes.js';
import type { RoutePolicy } from '../../../src/exchange/policy.js';
import { modelChoice, type QualityRouter } from '../../../src/selection/expected-quality.js';
import { ask, chat, HARD, harness, LARGE, SMALL } from '../../support/exchange-service.js';

const BOTH = { ...HARD, action: { kind: 'route' as const, models: ['large', 'small'] } };
const RULE = { exploreMax: 0, minOutcomes: 5, halfLifeOutcomes: 200, from: new Set(['outcomes'] as const) };
const ROUTER: QualityRouter = {
  name: 'made',
  hash: 'h',
  models: ['small', 'large'],
  expect: () => ({ quality: Float32Array.of(0.8, 0.9), outputTokens: undefined }),
  sample: {
    quality: Float32Array.of(0.8, 0.9),
    outputTokens: new Float32Array(),
    promptTokens: Float32Array.of(10),
  },
};

let admin: AdminServer;
let taught: OutcomeLearning;
let time: number;

beforeEach(async () => {
  await start(RULE);
});
afterEach(() => admin.close());

async function start(rule: typeof RULE, random = () => 0.5) {
  time = 0;
  const clock = { nowMs: () => time, monotonicMs: () => time };
  taught = learnOutcomes({ learnings: new Map([['hard', rule]]), decisions: [BOTH] }, { clock, random });
  admin = await startAdmin({
    address: '127.0.0.1',
    port: 0,
    ready: () => true,
    metrics: { contentType: 'text/plain', text: async () => '' },
    classify: async () => ({}),
    routes: learningPages(taught.desk),
  });
}

function gateway(policy: Partial<RoutePolicy> = {}) {
  const h = harness({
    policy: {
      choices: new Map([['hard', modelChoice(ROUTER, { kind: 'bias', bias: 1 }, [SMALL, LARGE])]]),
      ...policy,
    },
    cache: { enabled: false },
    decisions: [BOTH],
  });
  let asked = 0;
  const service = { ...h.service, ...(taught.learning === undefined ? {} : { learning: taught.learning }) };
  Object.assign(h.service, service);
  return async (model = 'auto') => {
    const { exchange, verdict } = await ask(h.open, chat(`prove it ${asked}`, { model }));
    const id = `id-${asked++}`;
    exchange.close();
    const body = verdict.kind === 'forward' ? Buffer.from(verdict.body ?? []).toString() : '';
    return { id, model: body === '' ? model : String(JSON.parse(body).model) };
  };
}

async function post(path: string, body: unknown) {
  const response = await fetch(`${admin.url}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

describe('outcomes', () => {
  test('turn requests away from a model that answers worse than expected, and a rollback forgets it', async () => {
    const send = gateway();
    for (let at = 0; at < 20; at++) {
      const { id, model } = await send();
      const { status } = await post('/outcomes', { id, score: model === 'large' ? 0 : 1 });
      expect(status).toBe(200);
    }
    expect((await send()).model).toBe('small');
    const report = await (await fetch(`${admin.url}/learning`)).json();
    expect(report).toMatchObject({
      decisions: { hard: { models: [{ model: 'large', drift: { outside: true } }, { model: 'small' }] } },
    });
    expect(await post('/learning/rollback', { decision: 'hard', version: 0 })).toEqual({
      status: 200,
      answer: { decision: 'hard', version: 0 },
    });
    expect((await send()).model).toBe('large');
  });

  test('count once, for an hour, and only for answers of a decision that learns', async () => {
    const send = gateway();
    const { id } = await send();
    expect((await post('/outcomes', { id, label: 'bad' })).answer).toEqual({
      id,
      score: 0,
      decision: 'hard',
      model: 'large',
      learnt: true,
    });
    expect((await post('/outcomes', { id, score: 1 })).answer).toMatchObject({ learnt: false });
    const late = await send();
    time = 3_600_001;
    expect((await post('/outcomes', { id: late.id, score: 1 })).status).toBe(404);
    const saved = await send();
    taught.learning?.forget(saved.id);
    expect((await post('/outcomes', { id: saved.id, score: 1 })).status).toBe(404);
    const named = await send('small');
    expect((await post('/outcomes', { id: named.id, score: 1 })).status).toBe(404);
  });

  test('are forgotten beyond ten thousand answers', async () => {
    for (let at = 0; at <= 10_000; at++)
      taught.learning?.ask('hard')?.sent({ id: `n${at}`, model: 'small', expected: 0.5, explored: false });
    expect([taught.desk.outcome('n0', 1), taught.desk.outcome('n1', 1)?.learnt]).toEqual([undefined, true]);
    expect(taught.learning?.ask('other')).toBeUndefined();
  });

  test('are seen in verdicts as well', async () => {
    const feedback = taught.alsoFrom(async () => undefined);
    const { id } = await gateway()();
    expect(await feedback('unknown', 'wrong')).toBeUndefined();
    expect(await feedback(id, 'wrong')).toEqual({ evicted: false, learnt: true });
    expect(await feedback(id, 'wrong')).toBeUndefined();
  });

  test.each([
    ['/outcomes', { score: 1 }, 400, 'id'],
    ['/outcomes', { id: 'x' }, 400, 'score'],
    ['/outcomes', { id: '', score: 1 }, 400, 'id'],
    ['/outcomes', { id: 'x', score: 2 }, 400, 'score'],
    ['/outcomes', { id: 'x', label: 'toString' }, 400, 'label'],
    ['/outcomes', { id: 'x', score: 1, prompt: 'y' }, 400, null],
    ['/learning/rollback', { version: 0 }, 400, 'decision'],
    ['/learning/rollback', { decision: 'hard' }, 400, 'version'],
    ['/learning/rollback', { decision: 5, version: 0 }, 400, 'decision'],
    ['/learning/rollback', { decision: 'hard', version: 0.5 }, 400, 'version'],
    ['/learning/rollback', { decision: 'hard', version: 3 }, 404, 'version'],
    ['/learning/rollback', { decision: 'soft', version: 0 }, 404, 'decision'],
  ])('%s refuses %j', async (path, body, status, param) => {
    expect(await post(path, body)).toMatchObject({ status, answer: { error: { param } } });
  });

  test('show in the metrics', async () => {
    const { id } = await gateway()();
    taught.desk.outcome(id, 1);
    const gauges = {
      cacheEntries: () => 0,
      cacheBytes: () => 0,
      cacheEvictions: () => 0,
      encoderQueue: () => 0,
    };
    const learning = () => taught.figures();
    const text = await createPrometheusTelemetry({ ...gauges, learning }, '0').text();
    expect(text).toContain('sextant_learning_requests_total{decision="hard",model="large"} 1');
    expect(text).toContain('sextant_learning_outcomes{decision="hard",model="large"} 1');
  });
});

describe('exploration', () => {
  test('tries what the expectation would not choose, within its share, and never a model that does not fit', async () => {
    await admin.close();
    // Two draws a model, largest first: the large one comes out low, the small one high.
    let draws = 0;
    const numbers = [0.9, 0.5, 0.9, 0];
    await start({ ...RULE, exploreMax: 0.25 }, () => numbers[draws++ % 4] ?? 0);
    const send = gateway();
    const models: string[] = [];
    for (let at = 0; at < 8; at++) models.push((await send()).model);
    expect(models).toEqual(['large', 'large', 'large', 'small', 'large', 'large', 'large', 'small']);
    const narrow = gateway({ models: [{ ...SMALL, contextWindow: 10 }, LARGE] });
    for (let at = 0; at < 8; at++) expect((await narrow()).model).toBe('large');
  });

  test('without a router goes by weight and price, and by what was learnt', async () => {
    const models = [
      { ...SMALL, weight: 1, quality: 0.9 },
      { ...LARGE, weight: 1, quality: 0.9 },
    ];
    const send = gateway({ choices: new Map(), models });
    const first = await send();
    for (let at = 0; at < 20; at++) {
      const { id, model } = await send();
      taught.desk.outcome(id, model === first.model ? 0 : 1);
    }
    expect((await send()).model).not.toBe(first.model);
  });
});
