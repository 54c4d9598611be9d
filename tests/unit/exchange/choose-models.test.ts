import { describe, expect, test } from '@jest/globals';
import { compileDecisions } from '../../../src/decision/decide.js';
import type { Decision } from '../../../src/decision/rule.js';
import { chooseModels } from '../../../src/exchange/choose-models.js';
import { exchangesOf } from '../../../src/exchange/exchange.js';
import { emptyPlan, type Inquiry } from '../../../src/exchange/inquiry.js';
import { Ledger } from '../../../src/exchange/ledger.js';
import type { RoutePolicy } from '../../../src/exchange/policy.js';
import type { ExchangeService } from '../../../src/exchange/service.js';
import type { Verdict } from '../../../src/exchange/verdict.js';
import { readRequest } from '../../../src/openai/read.js';
import { createCooldown } from '../../../src/selection/cooldown.js';
import type { ModelCard } from '../../../src/selection/model-card.js';
import { createRetryBudget } from '../../../src/selection/retry-budget.js';
import type { Scoring } from '../../../src/selection/scoring.js';
import {
  answer,
  ask,
  chat,
  harness,
  head,
  LARGE,
  SMALL,
  upstreamAnswers,
} from '../../support/exchange-service.js';

const EU: ModelCard = { ...LARGE, residency: ['eu'] };
const US: ModelCard = { ...SMALL, residency: ['us'] };
const TENANT = 'x-tenant';

interface Asked {
  readonly policy?: Partial<RoutePolicy>;
  readonly service?: Partial<ExchangeService>;
  readonly headers?: Record<string, string>;
  readonly body?: Record<string, unknown>;
}

/** Where a prompt goes: the body's model, or the status of the refusal. */
async function whereTo({ policy, service, headers = {}, body = {} }: Asked) {
  const base = harness({
    cache: { enabled: false },
    policy: { models: [US, EU], defaultModel: US, ...policy },
  });
  const open = exchangesOf({ ...base.service, ...service });
  const { exchange, verdict } = await ask(open, chat('Hello.', body), head({}, headers));
  exchange.close();
  return { to: modelIn(verdict), verdict, records: base.records };
}

function modelIn(verdict: Verdict): string | undefined {
  if (verdict.kind === 'reject') return verdict.error.code;
  if (verdict.kind !== 'forward') return verdict.kind;
  const plan = verdict.plan?.models.join(' then ');
  return plan ?? JSON.parse(Buffer.from(verdict.body ?? '{"model":"untouched"}').toString()).model;
}

function deciding(...decisions: readonly Partial<Decision>[]): Partial<RoutePolicy> {
  const all = decisions.map((decision, index) => ({
    name: `d${index}`,
    priority: 0,
    when: { kind: 'always' as const },
    action: { kind: 'route' as const, models: ['small', 'large'] },
    cache: true,
    ...decision,
  }));
  return { decisions: compileDecisions(all) };
}

const RESIDENCY = {
  header: 'x-regions',
  tenants: new Map([['acme', ['eu']]]),
  source: { header: TENANT },
};

describe('a prompt stays in its region', () => {
  test('because the decision says so', async () => {
    expect((await whereTo({ policy: deciding({}) })).to).toBe('small');
    expect((await whereTo({ policy: deciding({ residency: ['eu'] }) })).to).toBe('large');
  });

  test.each<[string, Record<string, string>, string]>([
    ['nobody says anything', {}, 'small'],
    ['the header does', { 'x-regions': 'eu, de' }, 'large'],
    ['the tenant is one of those', { [TENANT]: 'acme' }, 'large'],
    ['the tenant is another one', { [TENANT]: 'umbrella' }, 'small'],
    ['both do, and cannot be satisfied', { [TENANT]: 'acme', 'x-regions': 'us' }, 'not_allowed'],
    ['the header names what is nowhere', { 'x-regions': 'mars' }, 'not_allowed'],
  ])('or its caller: %s', async (_, headers, wanted) => {
    const { to } = await whereTo({ policy: { ...deciding({}), residency: RESIDENCY }, headers });
    expect(to).toBe(wanted);
  });

  test('even where no model there can take it, rather than go elsewhere', async () => {
    const tiny = { ...EU, contextWindow: 10 };
    const policy = { ...deciding({ residency: ['eu'] }), models: [US, tiny] };
    expect((await whereTo({ policy })).to).toBe('large');
    const named = deciding({ residency: ['eu'], action: { kind: 'route', models: ['small'] } });
    expect((await whereTo({ policy: { ...named, models: [US, tiny] } })).to).toBe('large');
    const refused = await whereTo({ policy: deciding({ residency: ['uk'] }) });
    expect(refused.verdict).toMatchObject({
      error: { message: expect.stringMatching(/^The request must stay in uk, and no model/), param: 'model' },
    });
  });

  test('also when its model fails', async () => {
    const fallback = {
      on: [429],
      firstByteTimeoutMs: 1000,
      answerTimeoutMs: undefined,
      triesMax: 3,
      models: ['small', 'other'],
    };
    const models = [US, EU, { ...EU, name: 'other' }];
    const service = {
      fallback: {
        health: createCooldown({ after: 1, restMs: 1000 }),
        budget: createRetryBudget({ percent: 100, retriesMin: 10, windowMs: 1000 }),
      },
    };
    const { to } = await whereTo({
      policy: { ...deciding({ residency: ['eu'], fallback }), models },
      service,
    });
    expect(to).toBe('large then other');
  });

  test('whichever model the client names', async () => {
    const policy = { residency: RESIDENCY };
    const asked = (model: string, tenant: string) =>
      whereTo({ policy, headers: { [TENANT]: tenant }, body: { model } });
    expect((await asked('small', 'acme')).to).toBe('not_allowed');
    expect((await asked('large', 'acme')).to).toBe('untouched');
    expect((await asked('small', 'umbrella')).to).toBe('untouched');
  });

  test('when something of ours breaks, on an unguarded route as well', async () => {
    const base = harness({ policy: { models: [US, EU], defaultModel: US, residency: RESIDENCY } });
    const policy = base.service.policyOf(undefined);
    // A policy without its decisions stands for whatever breaks.
    const policyOf = () => policy && { ...policy, decisions: undefined as never };
    const broken = (headers: Record<string, string>) =>
      ask(exchangesOf({ ...base.service, policyOf }), chat('Hello.'), head({}, headers));
    expect(modelIn((await broken({})).verdict)).toBe('pass');
    expect(modelIn((await broken({ [TENANT]: 'acme' })).verdict)).toBe('internal_error');
  });
});

describe('what counts for a decision', () => {
  const scoring = (change: Partial<Scoring['weights']>): Scoring => ({
    weights: { weight: 1, price: 0.001, latency: 0, load: 0, affinity: 0, lora: 0, ...change },
    busyFrom: 0,
    ceilings: {},
  });
  const load = { loadOf: (cluster: string) => (cluster === SMALL.cluster ? 1 : 0), sent: () => undefined };

  test('is its own, or else that of all', async () => {
    const byDecision = new Map([['d0', scoring({ load: 1 })]]);
    const policy = { scoring: { base: scoring({}), byDecision } };
    const service = { sight: { load } };
    expect((await whereTo({ policy: { ...policy, ...deciding({}) }, service })).to).toBe('large');
    expect((await whereTo({ policy: { ...policy, ...deciding({ name: 'other' }) }, service })).to).toBe(
      'small',
    );
  });

  test('leaves room for as long an answer as the client allows', async () => {
    const policy = { ...deciding({}), models: [{ ...US, contextWindow: 1000 }, EU] };
    expect((await whereTo({ policy })).to).toBe('small');
    expect((await whereTo({ policy, body: { max_tokens: 2000 } })).to).toBe('large');
    expect((await whereTo({ policy, body: { max_completion_tokens: 2000, max_tokens: 5 } })).to).toBe(
      'large',
    );
  });

  test('an adapter is asked for by its name in the pool, also where the client names the model', async () => {
    const models = [{ ...US, lora: { adapter: 'sql-v2', base: undefined } }, EU];
    expect((await whereTo({ policy: { ...deciding({}), models } })).to).toBe('sql-v2');
    expect((await whereTo({ policy: { models }, body: { model: 'small' } })).to).toBe('sql-v2');
  });
});

describe('a choice', () => {
  const fallback = {
    on: [429],
    firstByteTimeoutMs: 1000,
    answerTimeoutMs: undefined,
    triesMax: 2,
    models: [],
  };

  test('says which models stand back since they failed', async () => {
    const base = harness();
    const health = createCooldown({ after: 1, restMs: 1e9 });
    const budget = createRetryBudget({ percent: 100, retriesMin: 10, windowMs: 1000 });
    const policy = base.service.policyOf(undefined);
    if (policy === undefined) throw new Error('the harness has a policy');
    health.answered('small', true, base.service.clock.monotonicMs());
    const inquiry: Inquiry = {
      service: { ...base.service, fallback: { health, budget } },
      policy,
      head: head(),
      ledger: new Ledger('id', 'main'),
      askForTime: () => undefined,
      plan: emptyPlan(),
    };
    const request = readRequest('chat', chat('Hello.'));
    if (!request.ok) throw request.error;
    const decided = { name: 'd', block: undefined, models: ['small', 'large'], cache: true, fallback };
    const embed = () => Promise.reject(new Error('nobody asks'));
    const chosen = await chooseModels(inquiry, request.value, { decided, embed });
    expect(chosen.ok && chosen.value.map(({ name }) => name)).toEqual(['large', 'small']);
    expect(inquiry.ledger.candidates.map(({ model, kept, reason }) => [model, kept, reason])).toEqual([
      ['small', true, 'fits, and stands back since it failed of late'],
      ['large', true, 'fits'],
    ]);
  });

  test('is kept in mind with the model that really answered', async () => {
    const read: string[] = [];
    const conversations = {
      header: undefined,
      find: () => undefined,
      note: (_: string, model: string) => void read.push(model),
    };
    const fallbackState = {
      health: createCooldown({ after: 1, restMs: 1000 }),
      budget: createRetryBudget({ percent: 100, retriesMin: 10, windowMs: 1000 }),
    };
    const base = harness({
      cache: { enabled: false },
      policy: { fallback: { ...fallback, models: ['large'] } },
    });
    const service = { ...base.service, fallback: fallbackState, sight: { conversations } };
    const { exchange } = await ask(exchangesOf(service), chat('Hello.'));
    expect(read).toEqual(['small']);
    await upstreamAnswers(exchange, answer('Hi.'), { headers: { 'x-envoy-attempt-count': '2' } });
    expect(read).toEqual(['small', 'large']);
  });
});
