import { randomUUID } from 'node:crypto';
import type { Kept } from '../adapters/memory/keep-written.js';
import type { OnnxEncoder } from '../adapters/onnx/encoder.js';
import type { Config } from '../config/config.js';
import type { AllFlights } from '../exchange/all-flights.js';
import { exchangesOf } from '../exchange/exchange.js';
import type { GiveFeedback } from '../exchange/feedback.js';
import { judgesOf } from '../exchange/judge-answer.js';
import type { RoutePolicy } from '../exchange/policy.js';
import type { RecentPrompts } from '../exchange/recent.js';
import type { ExchangeService } from '../exchange/service.js';
import type { OpenAnswerJudge, OpenExchange } from '../exchange/verdict.js';
import { systemClock } from '../lib/clock.js';
import { sameValue } from '../lib/same-value.js';
import type { Logger, Telemetry } from '../telemetry/contract.js';
import type { Tracing } from '../telemetry/trace.js';
import { learnOutcomes, type OutcomeLearning } from './learn-outcomes.js';
import { openModelJudges } from './model-judges.js';
import type { OpenedCache } from './open-cache.js';
import { openRecording, type Recording } from './recording.js';
import { rememberBounds } from './remember-bounds.js';
import { fingerprintOf, rememberLearning } from './remember-learning.js';
import { type HitWatching, watchHits } from './watch-hits.js';
import { watchModels } from './watch-models.js';
import { openSight, type PoolSight } from './watch-pools.js';

type Policies = ReadonlyMap<string, RoutePolicy>;

/** What outlives every config that is served by it. */
export interface LiveMeans extends AllFlights {
  readonly encoder: OnnxEncoder;
  readonly cache: Pick<OpenedCache, 'store' | 'secret'>;
  /** Absent where no other config will follow. */
  readonly recent: RecentPrompts | undefined;
  readonly telemetry: Telemetry;
  /** Absent where nobody traces. */
  readonly tracing?: Tracing | undefined;
  readonly logger: Logger;
}

/**
 * All that one config makes of these means. An exchange keeps the one that it began with, so that a reload never changes a
 * request half way.
 */
export interface LivePolicy {
  readonly config: Config;
  readonly policies: Policies;
  readonly service: ExchangeService;
  readonly open: OpenExchange;
  readonly openJudge: OpenAnswerJudge;
  readonly watching: HitWatching;
  readonly taught: OutcomeLearning;
  readonly feedback: GiveFeedback;
  readonly pools: PoolSight;
  readonly recording: Recording;
}

/**
 * Makes a config's own part of the service. What was learnt, and what is known of models and pools, is taken over from the
 * one before wherever it means the same there.
 */
export async function buildLivePolicy(
  { config, policies }: { readonly config: Config; readonly policies: Policies },
  means: LiveMeans,
  before?: LivePolicy,
): Promise<LivePolicy> {
  const { encoder, cache, logger } = means;
  const { pairJudge } = encoder;
  const modelJudges = await openModelJudges(config);
  const own = { clock: systemClock, random: Math.random };
  const watching = watchHits(config, { store: cache.store, pairJudge, modelJudges, ...own }, before);
  const taught = learnOutcomes(config, own, before && learnersBefore({ config, policies }, before));
  const pools = await openSight(config, logger, before);
  const recording =
    before !== undefined && sameRecording(config, before.config)
      ? before.recording
      : openRecording(config, { encoder, logger, random: Math.random });
  const watchers = {
    ...watching.service,
    ...watchModels(config, before),
    ...pools.service,
    ...recording.service,
    learning: taught.learning,
    observes: config.observes,
  };
  const service = serviceOf(policies, means, watchers);
  return {
    config,
    policies,
    service,
    open: exchangesOf(service),
    openJudge: service.judging === undefined ? () => undefined : judgesOf(service.judging),
    watching,
    taught,
    feedback: taught.alsoFrom(watching.feedback),
    pools,
    recording,
  };
}

type Watchers = Pick<
  ExchangeService,
  'served' | 'watchOf' | 'fallback' | 'judging' | 'learning' | 'sight' | 'recorder' | 'observes'
>;

function serviceOf(policies: Policies, means: LiveMeans, watchers: Watchers): ExchangeService {
  const { encoder, cache, flights, nearFlights, recent, telemetry, tracing } = means;
  const [first] = policies.values();
  return {
    policyOf: (route) => (route === undefined ? first : policies.get(route)),
    encoder,
    reader: encoder,
    store: cache.store,
    pairJudge: encoder.pairJudge,
    flights,
    nearFlights,
    ...watchers,
    recent,
    secret: cache.secret,
    clock: systemClock,
    newId: randomUUID,
    telemetry,
    tracing,
  };
}

/** A decision goes on learning where it chooses among the same models by the same expectations, in the same way. */
function learnersBefore({ config, policies }: Pick<LivePolicy, 'config' | 'policies'>, before: LivePolicy) {
  const ruleOf = ({ learnings, decisions }: Config, name: string) => {
    const action = decisions.find((decision) => decision.name === name)?.action;
    return { rule: learnings.get(name), models: action?.kind === 'route' ? action.models : [] };
  };
  const keeps = (name: string): boolean => {
    const now = ruleOf(config, name);
    const marks = [policies, before.policies].map((each) =>
      fingerprintOf(name, now.models, each.values().next().value),
    );
    return sameValue(now, ruleOf(before.config, name)) && marks[0] === marks[1];
  };
  return { taught: before.taught, keeps };
}

/** Signals mean the same in one recording from its head to the next. */
function sameRecording(now: Config, before: Config): boolean {
  const told = ({ recording, signals, identity }: Config) => ({ recording, signals, identity });
  return sameValue(told(now), told(before));
}

/** The files that keep what was learnt, of one config at a time: each has one writer. */
export class KeptLearning {
  #kept: readonly (Kept | undefined)[] = [];

  constructor(private readonly means: LiveMeans) {}

  /** Writes what was learnt until now, and lets `live` take up what is its own. */
  async follow(live: LivePolicy, before?: LivePolicy): Promise<void> {
    if (before !== undefined && sameLearners(live, before)) return;
    const { config, policies, watching, taught } = live;
    const { encoder, logger } = this.means;
    await this.close();
    this.#kept = [
      await rememberBounds(config.semanticCache, {
        bounds: watching.bounds,
        encoderHash: encoder.hash,
        judgeHash: encoder.pairJudge?.hash,
        logger,
      }),
      await rememberLearning(config, { learners: taught.learners, policies, logger }),
    ];
  }

  async close(): Promise<void> {
    await Promise.all(this.#kept.map((each) => each?.close()));
    this.#kept = [];
  }
}

/** The very same ones, not only alike: these are written as they stand. */
function sameLearners(now: LivePolicy, before: LivePolicy): boolean {
  const isSame = (one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>) =>
    one.size === other.size && [...one].every(([name, each]) => other.get(name) === each);
  const bounds = ({ watching }: LivePolicy) =>
    new Map(Array.from(watching.bounds, ([route, { bound }]) => [route, bound]));
  return (
    now.config.learningPath === before.config.learningPath &&
    isSame(now.taught.learners, before.taught.learners) &&
    isSame(bounds(now), bounds(before))
  );
}
