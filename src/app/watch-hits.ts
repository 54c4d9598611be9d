import type { CompareTexts } from '../cache/answers-agree.js';
import type { KeptBound } from '../cache/bound/saved.js';
import { createErrorBound } from '../cache/bound.js';
import type { CacheOperations } from '../cache/contract.js';
import { createHitTally, type HitFigures } from '../cache/hit-tally.js';
import type { PairJudge } from '../cache/pair-judge.js';
import type { Config } from '../config/config.js';
import { createFeedback, type GiveFeedback } from '../exchange/feedback.js';
import type { HitWatch } from '../exchange/hit-watch.js';
import { createServedHits } from '../exchange/served.js';
import type { ExchangeService } from '../exchange/service.js';
import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import { sameValue } from '../lib/same-value.js';

/** Answers of the cache on which feedback is taken, and for how long. */
const SERVED_MAX = 10_000;
const SERVED_TTL_MS = 3_600_000;
/** Nobody waits for the comparison of two answers but the queue of the judge. Milliseconds. */
const COMPARE_DEADLINE_MS = 5_000;

/** All that watches over the hits of the cache. */
export interface HitWatching {
  readonly service: Pick<ExchangeService, 'served' | 'watchOf'>;
  readonly feedback: GiveFeedback;
  /** By route, where one decides. */
  readonly bounds: ReadonlyMap<string, KeptBound>;
  /** Of the routes where a bound decides, or hits are sampled. */
  figures(): readonly {
    readonly route: string;
    readonly figures: HitFigures;
    readonly maxErrorRate: number | undefined;
  }[];
}

export interface WatchingParts {
  readonly store: Pick<CacheOperations, 'evict'>;
  readonly pairJudge: PairJudge | undefined;
  /** By the name of the model: for the routes that have one compare answers. */
  readonly modelJudges: ReadonlyMap<string, CompareTexts>;
  readonly clock: Clock;
  readonly random: Random;
}

export type WatchedConfig = Pick<Config, 'routes' | 'models'>;

/** What watched by the config before. */
export interface HitsBefore {
  readonly config: WatchedConfig;
  readonly watching: HitWatching;
}

/**
 * Builds it from plain config. What was learnt of a route stays where hits are watched as before.
 */
export function watchHits(config: WatchedConfig, parts: WatchingParts, before?: HitsBefore): HitWatching {
  const watches = buildWatches(config, parts, before);
  const served =
    before?.watching.service.served ??
    createServedHits({ hitsMax: SERVED_MAX, ttlMs: SERVED_TTL_MS }, parts.clock);
  const watchOf = (route: string) => watches.get(route);
  return {
    service: { served, watchOf },
    feedback: createFeedback({ served, watchOf, store: parts.store }),
    bounds: boundsOf(config, watches),
    figures: () =>
      [...watches].map(([route, { tally, bound }]) => {
        return { route, figures: tally.read(), maxErrorRate: bound?.maxErrorRate };
      }),
  };
}

function buildWatches(
  config: WatchedConfig,
  { random, ...judges }: WatchingParts,
  before: HitsBefore | undefined,
): ReadonlyMap<string, HitWatch> {
  const watched = config.routes.flatMap(({ name, cache }): [string, HitWatch][] => {
    const { enabled, maxErrorRate, verifySampleRate = 0 } = cache;
    if (!enabled || (maxErrorRate === undefined && verifySampleRate === 0)) return [];
    const known = before?.watching.service.watchOf?.(name);
    if (known !== undefined && sameValue(termsOf(config, name), termsOf(before?.config, name))) {
      return [[name, known]];
    }
    const bound =
      maxErrorRate === undefined ? undefined : createErrorBound({ maxErrorRate, verifySampleRate, random });
    const compare = compareBy(cache, judges);
    return [[name, { bound, verifySampleRate, tally: createHitTally(), random, compare }]];
  });
  return new Map(watched);
}

/** What the watch over a route hangs on. */
function termsOf(config: WatchedConfig | undefined, route: string): readonly unknown[] {
  const cache = config?.routes.find(({ name }) => name === route)?.cache;
  const judge = config?.models.find(({ name }) => name === cache?.answerModel);
  return [
    cache?.enabled,
    cache?.maxErrorRate,
    cache?.verifySampleRate,
    cache?.answerJudge,
    judge?.name,
    judge?.endpoints,
  ];
}

function boundsOf(
  { routes }: WatchedConfig,
  watches: ReadonlyMap<string, HitWatch>,
): ReadonlyMap<string, KeptBound> {
  const kept = routes.flatMap(({ name, cache }): [string, KeptBound][] => {
    const bound = watches.get(name)?.bound;
    const { answerJudge = 'pair', answerModel = '' } = cache;
    return bound === undefined ? [] : [[name, { bound, judge: `${answerJudge} ${answerModel}`.trim() }]];
  });
  return new Map(kept);
}

/** Undefined where unlike texts are unlike answers. */
function compareBy(
  { answerJudge, answerModel }: Config['routes'][number]['cache'],
  { pairJudge, modelJudges }: Pick<WatchingParts, 'pairJudge' | 'modelJudges'>,
): CompareTexts | undefined {
  if (answerJudge === 'model') return modelJudges.get(answerModel ?? '');
  return answerJudge === 'exact' || pairJudge === undefined ? undefined : comparing(pairJudge);
}

function comparing(judge: PairJudge): CompareTexts {
  return async (one, other) => {
    const [likely] = await judge.judge(one, [other], COMPARE_DEADLINE_MS);
    return likely ?? Number.NaN;
  };
}
