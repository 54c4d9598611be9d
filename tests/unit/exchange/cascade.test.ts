import { describe, expect, test } from '@jest/globals';
import type { Decision } from '../../../src/decision/rule.js';
import { judgesOf, WEAK_STATUS } from '../../../src/exchange/judge-answer.js';
import { JudgeDesk, type JudgeDeskLimits } from '../../../src/exchange/judging.js';
import type { Learning } from '../../../src/exchange/learning.js';
import type { ExchangeService } from '../../../src/exchange/service.js';
import type { AnswerJudge, Exchange, ResponseHead, Verdict } from '../../../src/exchange/verdict.js';
import type { CascadePolicy } from '../../../src/selection/cascade.js';
import { createCooldown } from '../../../src/selection/cooldown.js';
import type { FallbackPolicy } from '../../../src/selection/fallback.js';
import { createRetryBudget } from '../../../src/selection/retry-budget.js';
import { CASCADE, JUDGE } from '../../support/cascade.js';
import {
  answer,
  ask,
  chat,
  HARD,
  harness,
  LARGE,
  SMALL,
  upstreamAnswers,
} from '../../support/exchange-service.js';

const FALLBACK: FallbackPolicy = {
  on: [429, '5xx'],
  firstByteTimeoutMs: 700,
  answerTimeoutMs: undefined,
  triesMax: 3,
  models: ['spare'],
};
const SPARE = { ...LARGE, name: 'spare', cluster: 'pool-spare' };
const REFUSAL = answer('I cannot help with that.');

interface Setting {
  readonly decision?: Partial<Decision>;
  readonly cascade?: Partial<CascadePolicy>;
  readonly limits?: Partial<JudgeDeskLimits>;
  readonly retriesMin?: number;
  readonly service?: Partial<ExchangeService>;
  readonly caches?: boolean;
}

function cascading({ decision, cascade, limits, retriesMin = 100, service, caches = false }: Setting = {}) {
  const hard: Decision = {
    ...HARD,
    action: { kind: 'route', models: ['small'] },
    fallback: FALLBACK,
    cascade: { ...CASCADE, ...cascade },
    ...decision,
  };
  const h = harness({
    policy: { models: [SMALL, LARGE, SPARE] },
    decisions: [hard],
    cache: { enabled: caches },
  });
  const desk = new JudgeDesk({ answersMax: 10, bytesMax: 10_000, ...limits });
  const fallback = {
    health: createCooldown({ after: 1, restMs: 60_000 }),
    budget: createRetryBudget({ percent: 1, retriesMin, windowMs: 60_000 }),
  };
  Object.assign(h.service, { judging: desk, fallback, ...service });
  const send = (body: Record<string, unknown> = {}) => ask(h.open, chat('prove it', body));
  return { ...h, desk, health: fallback.health, send };
}

const headersOf = (fields: readonly { readonly name: string; readonly value: string }[] = []) =>
  Object.fromEntries(fields.map(({ name, value }) => [name, value]));
const asked = (verdict: Verdict) => {
  if (verdict.kind !== 'forward') throw new Error(`a ${verdict.kind} asks no model`);
  return {
    models: verdict.plan?.models,
    judgedAs: verdict.plan?.judgedAs,
    headers: headersOf(verdict.setHeaders),
  };
};

function headOf(body: Uint8Array, more: Record<string, string> = {}, status = 200): ResponseHead {
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length), ...more };
  return { status, headers: new Map(Object.entries(headers)), endOfStream: false };
}

/** What the pass says of an answer: a status, `undefined` for one that may pass, or that it did not want the body. */
function judged(desk: JudgeDesk, body: Uint8Array, head = headOf(body)) {
  const judge = judgesOf(desk)('id-0') as AnswerJudge;
  return judge.head(head) ? judge.body(body) : 'unread';
}

const attempts = (count: number) => ({ headers: { 'x-envoy-attempt-count': String(count) } });
async function signed(exchange: Exchange, body: Uint8Array, more: object) {
  const { setHeaders, instead } = await upstreamAnswers(exchange, body, more);
  return { ...headersOf(instead?.headers ?? setHeaders), body: instead?.body };
}

describe('a request of a decision with a cascade', () => {
  test('asks for judgement, and names who may answer in its place before those of fallback', async () => {
    const { verdict } = await cascading().send();
    expect(asked(verdict)).toMatchObject({ models: ['small', 'large', 'spare'], judgedAs: 'id-0' });
    expect(asked(verdict).headers).toMatchObject({
      'x-sextant-judge': '1',
      'x-envoy-retry-on': '5xx,reset,retriable-status-codes',
      'x-envoy-retriable-status-codes': `429,${WEAK_STATUS}`,
      'x-envoy-upstream-rq-per-try-timeout-ms': '900',
      'accept-encoding': 'identity',
    });
  });

  test('has the shorter of two times, and as many tries as the decision allows', async () => {
    const h = cascading({ decision: { fallback: { ...FALLBACK, answerTimeoutMs: 300, triesMax: 2 } } });
    const { models, headers } = asked((await h.send()).verdict);
    expect(models).toEqual(['small', 'large']);
    expect(headers['x-envoy-upstream-rq-per-try-timeout-ms']).toBe('300');
  });

  test('without fallback goes on for a weak answer or a late one alone', async () => {
    const { models, headers } = asked(
      (await cascading({ decision: { fallback: undefined } }).send()).verdict,
    );
    expect(models).toEqual(['small', 'large']);
    expect(headers).toMatchObject({
      'x-envoy-retry-on': 'reset,retriable-status-codes',
      'x-envoy-retriable-status-codes': String(WEAK_STATUS),
    });
  });

  const tiny = { ...LARGE, contextWindow: 1 };
  test.each<[string, string, Setting, Record<string, unknown>]>([
    ['a stream', 'stream', {}, { stream: true }],
    ['nobody to ask', 'nobody', { cascade: { to: ['unknown'] } }, {}],
    ['nobody who watches over models', 'nobody', { service: { fallback: undefined } }, {}],
    ['no budget left', 'budget', { retriesMin: 0 }, {}],
    ['no room', 'no-room', { limits: { answersMax: 0 } }, {}],
  ])('is not judged with %s', async (_, reason, setting, body) => {
    const h = cascading(setting);
    const { exchange, verdict } = await h.send(body);
    expect(asked(verdict).judgedAs).toBeUndefined();
    expect(asked(verdict).headers).not.toHaveProperty('x-sextant-judge');
    const said = await signed(exchange, answer('hi'), attempts(1));
    expect(said).toMatchObject({ 'x-sextant-cascade': `unjudged;reason=${reason}` });
  });

  test('is not judged where those that could answer better cannot take the prompt, or rest', async () => {
    const h = cascading();
    Object.assign(h.service.policyOf('main') ?? {}, { models: [SMALL, tiny, SPARE] });
    const small = await h.send();
    expect(await signed(small.exchange, answer('hi'), attempts(1))).toMatchObject({
      'x-sextant-cascade': 'unjudged;reason=nobody',
    });
    const resting = cascading();
    resting.health.answered('large', true, performance.now());
    const { exchange } = await resting.send();
    expect(await signed(exchange, answer('hi'), attempts(1))).toMatchObject({
      'x-sextant-cascade': 'unjudged;reason=nobody',
    });
  });

  test('is none where the larger model is chosen at once, or nobody of the decision can take it', async () => {
    for (const models of [['large', 'small'], ['spare']]) {
      const h = cascading({
        decision: { action: { kind: 'route', models } },
        cascade: { to: models.includes('large') ? ['large', 'small'] : ['small'] },
      });
      if (models.includes('spare')) {
        const policy = { models: [SMALL, LARGE, { ...SPARE, contextWindow: 1 }] };
        Object.assign(h.service.policyOf('main') ?? {}, policy);
      }
      const { exchange, verdict } = await h.send();
      expect(asked(verdict).judgedAs).toBeUndefined();
      expect(await signed(exchange, answer('hi'), attempts(1))).not.toHaveProperty('x-sextant-cascade');
    }
  });

  test('is forgotten when the client goes away', async () => {
    const h = cascading();
    const { exchange } = await h.send();
    expect(judged(h.desk, REFUSAL)).toBe(WEAK_STATUS);
    const late = judgesOf(h.desk)('id-0');
    exchange.close();
    expect(judgesOf(h.desk)('id-0')).toBeUndefined();
    expect(late?.body(REFUSAL)).toBeUndefined();
  });
});

describe('the judge', () => {
  test('lets a good answer pass', async () => {
    const h = cascading();
    const { exchange } = await h.send();
    expect(judged(h.desk, answer('Because.'))).toBeUndefined();
    expect(await signed(exchange, answer('Because.'), attempts(1))).toMatchObject({
      'x-sextant-model': 'small',
      'x-sextant-cascade': 'kept',
    });
    expect(h.records[0]).toMatchObject({ cascade: { outcome: 'kept', reason: '', model: '' } });
  });

  test.each<[string, ResponseHead]>([
    ['failed', headOf(REFUSAL, {}, 500)],
    ['no-length', { ...headOf(REFUSAL), headers: new Map([['content-type', 'application/json']]) }],
    ['too-large', headOf(REFUSAL, { 'content-length': '10001' })],
    ['unreadable', headOf(REFUSAL, { 'content-type': 'text/event-stream' })],
    ['unreadable', headOf(REFUSAL, { 'content-encoding': 'gzip' })],
    ['unreadable', { ...headOf(REFUSAL), endOfStream: true }],
    ['unreadable', { ...headOf(REFUSAL), headers: new Map() }],
  ])('wants no body that it cannot judge: %s', async (reason, head) => {
    const h = cascading();
    const { exchange } = await h.send();
    expect(judged(h.desk, REFUSAL, head)).toBe('unread');
    expect(await signed(exchange, REFUSAL, attempts(1))).toMatchObject({
      'x-sextant-cascade': `unjudged;reason=${reason}`,
    });
  });

  test('lets pass what is no answer, and what it cannot keep', async () => {
    for (const [body, limits, reason] of [
      [Buffer.from('{"error":{}}'), {}, 'unreadable'],
      [REFUSAL, { bytesMax: REFUSAL.length - 1 }, 'no-room'],
    ] as const) {
      const h = cascading({ limits });
      const { exchange } = await h.send();
      expect(judged(h.desk, body)).toBeUndefined();
      expect(await signed(exchange, body, attempts(1))).toMatchObject({
        'x-sextant-cascade': `unjudged;reason=${reason}`,
      });
    }
  });

  test('heeds what was expected of the model, by its size where no router says', async () => {
    const expecting = (expectedMin: number) => cascading({ cascade: { judge: { ...JUDGE, expectedMin } } });
    const doubting = expecting(1);
    await doubting.send();
    expect(judged(doubting.desk, answer('Because.'))).toBe(WEAK_STATUS);
    const trusting = expecting(0);
    await trusting.send();
    expect(judged(trusting.desk, answer('Because.'))).toBeUndefined();
  });
});

describe('a weak answer', () => {
  test('is replaced: both models’ tokens are told, and the first did not fail', async () => {
    const h = cascading();
    const { exchange } = await h.send();
    expect(judged(h.desk, REFUSAL)).toBe(WEAK_STATUS);
    expect(await signed(exchange, answer('Because.'), attempts(2))).toMatchObject({
      'x-sextant-model': 'large',
      'x-sextant-tries': '2',
      'x-sextant-cascade': 'escalated;reason=refusal',
    });
    const cascade = {
      outcome: 'escalated',
      reason: 'refusal',
      model: 'small',
      promptTokens: 5,
      completionTokens: 7,
    };
    expect(h.records[0]).toMatchObject({ model: 'large', completionTokens: 7, cascade });
    expect(h.health.stateOf('small', performance.now())).toBe('well');
    expect(h.desk.find('id-0')).toBeUndefined();
  });

  test.each([503, 400, WEAK_STATUS])(
    'is served where the other model says %s, and not stored',
    async (status) => {
      const h = cascading({ caches: true });
      const { exchange } = await h.send();
      judged(h.desk, REFUSAL);
      const said = await signed(exchange, answer('x'), { status, ...attempts(2) });
      expect(said).toMatchObject({
        'x-sextant-model': 'small',
        'x-sextant-cascade': 'kept;reason=escalation-failed',
        'content-type': 'application/json',
      });
      expect(said.body).toBe(REFUSAL);
      expect(h.records[0]).toMatchObject({ status: 200, stored: 'weak', completionTokens: 7 });
      expect(h.store.stats().entries).toBe(0);
    },
  );

  test('that Envoy let pass all the same is one that nobody judged', async () => {
    const h = cascading();
    const { exchange } = await h.send();
    judged(h.desk, REFUSAL);
    expect(await signed(exchange, REFUSAL, attempts(1))).toMatchObject({
      'x-sextant-model': 'small',
      'x-sextant-cascade': 'unjudged;reason=unasked',
    });
  });

  test('spends nothing of the budget for failures', async () => {
    const h = cascading({ retriesMin: 1 });
    for (const reason of ['refusal', 'refusal']) {
      const { exchange } = await h.send();
      const judge = judgesOf(h.desk)(h.desk.find('id-0') === undefined ? 'id-1' : 'id-0');
      judge?.head(headOf(REFUSAL));
      judge?.body(REFUSAL);
      expect(await signed(exchange, answer('Because.'), attempts(2))).toMatchObject({
        'x-sextant-cascade': `escalated;reason=${reason}`,
      });
    }
  });
});

test('a first model that fails is followed by the same others', async () => {
  const h = cascading();
  const { exchange } = await h.send();
  expect(await signed(exchange, answer('Because.'), attempts(2))).toMatchObject({
    'x-sextant-model': 'large',
    'x-sextant-cascade': 'unjudged;reason=failed',
  });
  expect(h.health.stateOf('small', performance.now())).toBe('cooling');
});

test('whoever learns hears of the verdicts', async () => {
  const heard: string[] = [];
  const learning: Learning = {
    ask: () => undefined,
    believed: () => undefined,
    forget: () => heard.push('forget'),
    hears: new Set(),
    answerTo: () => undefined,
    sign: (id, { kind, score }) => heard.push(`${id} ${kind} ${score}`),
  };
  for (const [body, tries] of [
    [REFUSAL, 2],
    [answer('Because.'), 1],
  ] as const) {
    const h = cascading({ service: { learning } });
    const { exchange } = await h.send();
    judged(h.desk, body);
    await signed(exchange, answer('Because.'), attempts(tries));
  }
  expect(heard).toEqual(['id-0 cascade 0', 'forget', 'id-0 cascade 1']);
});
