import { readFile } from 'node:fs/promises';
import type { MetricsServer, ServerTls } from '../adapters/vllm-metrics/fetch-metrics.js';
import type { PoolWatch, WatchedPool } from '../adapters/vllm-metrics/pool-watch.js';
import type { Config, LoadConfig, ModelConfig, PoolTls } from '../config/config.js';
import { systemClock } from '../lib/clock.js';
import { sameValue } from '../lib/same-value.js';
import { systemTimers } from '../lib/timers.js';
import { createConversationMemory } from '../selection/conversations.js';
import { createLatencyTracker } from '../selection/latency-tracker.js';
import type { LatencySeen, LatencyWatch } from '../selection/scorers.js';
import type { Sight } from '../selection/scoring.js';
import type { Logger } from '../telemetry/contract.js';

/** After so long what was seen of an answer counts half. Milliseconds. */
const LATENCY_HALF_LIFE_MS = 30_000;

/** What is known of the pools while they work. */
export interface PoolSight {
  readonly service: { readonly sight: Sight };
  /** Absent where nobody asks the pools. */
  readonly watch: PoolWatch | undefined;
  /** Nothing where nobody looks. */
  figures(): PoolFigures;
  /** Stops what `next` does not go on with. */
  close(next?: PoolSight): Promise<void>;
}

/** What is seen at this moment, without what is not. */
interface PoolFigures {
  readonly loads: readonly { readonly cluster: string; readonly load: number }[];
  readonly latencies: readonly ({ readonly model: string } & LatencySeen)[];
}

type SightConfig = Pick<Config, 'load' | 'models' | 'timesAnswers' | 'affinity'>;

/** What the config before looked at. */
export interface SightBefore {
  readonly config: SightConfig;
  readonly pools: PoolSight;
}

/**
 * Begins to look, or goes on where the config before looked at the same. The adapter is loaded only where somebody wants
 * to know.
 */
export async function openSight(
  config: SightConfig,
  logger: Logger,
  before?: SightBefore,
): Promise<PoolSight> {
  const { load, models, timesAnswers, affinity } = config;
  const known = before?.pools.service.sight;
  const goesOn = (look: (config: SightConfig) => unknown): boolean =>
    before !== undefined && sameValue(look(config), look(before.config));
  const watch =
    load && ((goesOn(polled) ? before?.pools.watch : undefined) ?? (await watchLoad(load, models, logger)));
  const latency = timesAnswers ? (known?.latency ?? latencyWatch()) : undefined;
  const remembered = goesOn((each) => each.affinity) ? known?.conversations : undefined;
  const conversations =
    affinity && (remembered ?? { ...createConversationMemory(affinity), header: affinity.header });
  const sight = { load: watch, adapters: watch, latency, conversations };
  return {
    service: { sight },
    watch,
    figures: () => figuresOf(sight, models),
    close: async (next) => {
      if (next === undefined || next.watch !== watch) await watch?.close();
    },
  };
}

/** Which servers are asked, and how. */
function polled({ load, models }: SightConfig): unknown {
  return [
    load,
    models.map(({ cluster, endpoints, pool }) => [cluster, endpoints, pool.tls, pool.maxNumSeqs]),
  ];
}

function figuresOf({ load, latency }: Sight, models: readonly ModelConfig[]): PoolFigures {
  const clusters = [...new Set(models.map(({ cluster }) => cluster))];
  return {
    loads: clusters.flatMap((cluster) => {
      const now = load?.loadOf(cluster);
      return now === undefined ? [] : [{ cluster, load: now }];
    }),
    latencies: models.flatMap(({ name: model }) => {
      const seen = latency?.latencyOf(model);
      return seen === undefined ? [] : [{ model, ...seen }];
    }),
  };
}

function latencyWatch(): LatencyWatch {
  const tracker = createLatencyTracker({ halfLifeMs: LATENCY_HALF_LIFE_MS });
  const nowMs = () => systemClock.monotonicMs();
  return {
    latencyOf: (model) => tracker.latencyOf(model, nowMs()),
    answered: (model, times) => tracker.answered(model, times, nowMs()),
  };
}

async function watchLoad(load: LoadConfig, models: readonly ModelConfig[], logger: Logger) {
  const { createMetricsFetcher } = await import('../adapters/vllm-metrics/fetch-metrics.js');
  const { watchPools } = await import('../adapters/vllm-metrics/pool-watch.js');
  const { path, timeoutMs, pollIntervalMs: intervalMs, keepMs } = load;
  return watchPools({
    pools: await poolsOf(models, logger),
    fetcher: createMetricsFetcher({ path, timeoutMs }),
    intervalMs,
    keepMs,
    clock: systemClock,
    timers: systemTimers,
    logger,
  });
}

/** Models of one cluster share its servers, and say the same of them. */
async function poolsOf(models: readonly ModelConfig[], logger: Logger): Promise<readonly WatchedPool[]> {
  const pools = new Map<string, WatchedPool>();
  for (const { cluster, endpoints, pool } of models) {
    if (pools.has(cluster)) continue;
    const tls = pool.tls && (await readTls(pool.tls, cluster, logger));
    // Asked without its certificates a server could not be told from somebody else's.
    if (pool.tls !== undefined && tls === undefined) continue;
    const servers = endpoints.map((endpoint): MetricsServer => ({ ...endpoint, tls }));
    pools.set(cluster, { cluster, servers, maxNumSeqs: pool.maxNumSeqs });
  }
  return [...pools.values()];
}

/** Envoy may run elsewhere and have these files for itself: then the load of that pool stays unknown. */
async function readTls(tls: PoolTls, cluster: string, logger: Logger): Promise<ServerTls | undefined> {
  const read = (file: string | undefined) => (file === undefined ? undefined : readFile(file));
  try {
    const [ca, cert, key] = await Promise.all([read(tls.caFile), read(tls.certFile), read(tls.keyFile)]);
    return { ca, serverName: tls.serverName, cert, key };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logger.warn({ cluster, reason }, 'a certificate cannot be read, so the load of this pool stays unknown');
    return undefined;
  }
}
