import { afterEach, expect, test } from '@jest/globals';
import { createMemoryStore } from '../../../src/adapters/memory/store.js';
import { LivePolicies } from '../../../src/app/live-policies.js';
import type { LiveMeans } from '../../../src/app/live-policy.js';
import { buildPolicies } from '../../../src/app/policies.js';
import { createAllFlights } from '../../../src/exchange/all-flights.js';
import { systemClock } from '../../../src/lib/clock.js';
import { noLogger, noTelemetry } from '../../../src/telemetry/contract.js';
import { goodConfig } from '../../support/config.js';
import { wordEncoder } from '../../support/word-encoder.js';

const MODELS = ['small', 'large'].map(
  (name) => `  - { name: ${name}, endpoints: ["127.0.0.1:9"], context_window: 32768, quality: 0.5 }`,
);
const POLICY = `
default_model: small
signals: [{ name: code, type: keyword, any_of: [python] }]
decisions: [{ name: coding, when: code, models: [small, large], learning: { enabled: true } }]
selection: { scorers: { latency: 0.1 } }
affinity: { header: x-chat }
fallback: { cooldown_s: 30 }
semantic_cache: { enabled: true, max_error_rate: 0.05 }
`;

let live: LivePolicies;

afterEach(() => live.close());

async function built(text: string) {
  const config = goodConfig(`models:\n${MODELS.join('\n')}${text}`);
  const parts = { encoder: Promise.resolve(wordEncoder()), readHead: never, readRouter: never };
  return { config, policies: await buildPolicies(config, parts) };
}

const never = () => Promise.reject(new Error('nobody reads this'));

function means(): LiveMeans {
  const encoder = Object.assign(wordEncoder(), { pairJudge: undefined });
  const limits = { maxEntries: 9, bytesMax: 9999, evictionPolicy: 'lru' as const };
  const flights = {
    flightsMax: 9,
    followersMax: 9,
    handOversMax: 1,
    partitionFlightsMax: 9,
    candidatesMax: 1,
  };
  return {
    // Of the real one nothing else is used here.
    encoder: encoder as unknown as LiveMeans['encoder'],
    cache: {
      store: createMemoryStore({ ...limits, dimension: encoder.dimension, clock: systemClock }),
      secret: new Uint8Array(32),
    },
    ...createAllFlights(flights),
    recent: undefined,
    telemetry: noTelemetry,
    logger: noLogger,
  };
}

/** What is known by the config that is served. */
function known() {
  const { now } = live;
  return {
    learner: now.taught.learners.get('coding'),
    answers: now.taught.answers,
    bound: now.watching.bounds.get('default')?.bound,
    served: now.service.served,
    health: now.service.fallback?.health,
    latency: now.service.sight?.latency,
    conversations: now.service.sight?.conversations,
    recording: now.recording,
  };
}

type Known = ReturnType<typeof known>;

async function follow(text: string): Promise<readonly [before: Known, now: Known]> {
  live = new LivePolicies();
  expect(() => live.now).toThrow('nothing is served yet');
  await live.begin(await built(POLICY), means());
  const before = known();
  for (const each of Object.values(before)) expect(each).toBeDefined();
  await live.follow(await built(text));
  return [before, known()];
}

test('what was learnt and seen goes on where it means the same', async () => {
  const [before, now] = await follow(POLICY.replace('[python]', '[python, rust]'));
  for (const key of Object.keys(before) as (keyof Known)[]) {
    // A recording says in its head what its signals mean.
    if (key !== 'recording') expect([key, now[key] === before[key]]).toEqual([key, true]);
  }
});

test.each<[string, string, keyof Known]>([
  ['models: [small, large]', 'models: [large, small]', 'learner'],
  ['enabled: true }', 'enabled: true, half_life_outcomes: 77 }', 'learner'],
  ['max_error_rate: 0.05', 'max_error_rate: 0.04', 'bound'],
  ['cooldown_s: 30', 'cooldown_s: 31', 'health'],
  ['x-chat', 'x-talk', 'conversations'],
])('%s to %s begins anew', async (was, is, key) => {
  const [before, now] = await follow(POLICY.replace(was, is));
  expect(now[key]).not.toBe(before[key]);
  const others = (Object.keys(before) as (keyof Known)[]).filter((other) => other !== key);
  for (const other of others) expect([other, now[other] === before[other]]).toEqual([other, true]);
});

test('an exchange keeps the policy that it began with, and what was said of answers still counts', async () => {
  await follow(POLICY);
  const { service } = live;
  await live.follow(await built(POLICY.replace('default_model: small', 'default_model: large')));
  expect(service.policyOf(undefined)?.defaultModel.name).toBe('small');
  expect(live.service.policyOf('default')?.defaultModel.name).toBe('large');
  expect(live.desk.outcome('nobody', 1)).toBeUndefined();
  expect(live.desk.rollBack('coding', 99)).toBe('no-version');
  expect(live.desk.report().decisions).toHaveProperty('coding');
  expect(await live.feedback('nobody', 'right')).toBeUndefined();
  expect(live.gauges.learning()).toHaveLength(2);
  expect(live.gauges.cacheHits()).toHaveLength(1);
  expect(live.gauges.pools()).toEqual({ loads: [], latencies: [] });
  expect(live.openJudge('nobody')).toBeUndefined();
  live.open(undefined).close();
});
