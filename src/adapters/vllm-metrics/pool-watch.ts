import type { Clock } from '../../lib/clock.js';
import type { Timers } from '../../lib/timers.js';
import type { AdapterSource, LoadWatch } from '../../selection/scorers.js';
import type { Logger } from '../../telemetry/contract.js';
import type { MetricsFetcher, MetricsServer } from './fetch-metrics.js';
import { type EngineReading, readMetrics } from './read-metrics.js';

export interface WatchedPool {
  readonly cluster: string;
  /** At least one. */
  readonly servers: readonly MetricsServer[];
  /** Requests that one engine of it answers at the same time. */
  readonly maxNumSeqs: number;
}

export interface PoolWatchOptions {
  readonly pools: readonly WatchedPool[];
  readonly fetcher: MetricsFetcher;
  /** From the end of one look at a server to the beginning of the next. Milliseconds. */
  readonly intervalMs: number;
  /** For how long what a server said is believed. Milliseconds. */
  readonly keepMs: number;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly timers: Timers;
  readonly logger: Logger;
}

export interface PoolWatch extends LoadWatch, AdapterSource {
  close(): void;
}

/** Adapters that are taken to be still loaded on one server, however many it says that it can hold. */
const RECENT_MAX = 64;

/** How near a server is to answering with an adapter. */
const NEARNESS = { inUse: 1, recent: 0.75, room: 0.5, full: 0 };

interface Server {
  /** Undefined until it has said something. */
  reading: EngineReading | undefined;
  readAtMs: number;
  /** Requests that had been sent to the pool when it was asked. */
  sentBefore: number;
  /** Adapters that it used of late, the last one last: it keeps those loaded until it needs their place. */
  recent: readonly string[];
  failing: boolean;
}

interface Pool {
  readonly config: WatchedPool;
  readonly servers: readonly Server[];
  sent: number;
}

/**
 * Asks every server of the pools again and again how busy it is. A server that does not answer is left out until it does:
 * what is known of the others counts for the pool.
 */
export function watchPools(options: PoolWatchOptions): PoolWatch {
  const { clock, keepMs } = options;
  const pools = new Map(
    options.pools.map((config): [string, Pool] => [
      config.cluster,
      { config, servers: config.servers.map(emptyServer), sent: 0 },
    ]),
  );
  const stop = startLooking([...pools.values()], options);
  const known = (pool: Pool): readonly Known[] => {
    const nowMs = clock.monotonicMs();
    return pool.servers.flatMap((server) =>
      server.reading === undefined || nowMs - server.readAtMs > keepMs
        ? []
        : [{ ...server, reading: server.reading }],
    );
  };
  return {
    loadOf: (cluster) => {
      const pool = pools.get(cluster);
      return pool && meanOf(known(pool), (server, count) => serverLoad(server, pool, count));
    },
    nearnessOf: (cluster, adapter) => {
      const pool = pools.get(cluster);
      return pool && meanOf(known(pool), (server) => nearness(server, adapter));
    },
    sent: (cluster) => {
      const pool = pools.get(cluster);
      if (pool !== undefined) pool.sent += 1;
    },
    close: stop,
  };
}

type Known = Server & { readonly reading: EngineReading };

function emptyServer(): Server {
  return { reading: undefined, readAtMs: 0, sentBefore: 0, recent: [], failing: false };
}

/** Undefined where nothing is known of any. */
function meanOf(
  servers: readonly Known[],
  measure: (server: Known, count: number) => number,
): number | undefined {
  if (servers.length === 0) return undefined;
  return servers.reduce((sum, server) => sum + measure(server, servers.length), 0) / servers.length;
}

/** 0 idle, 1 all it can take: by the places that requests take up, or by its memory, whichever is scarcer. */
function serverLoad({ reading, sentBefore }: Known, pool: Pool, servers: number): number {
  // Between two looks it is Sextant's own requests that change the most; else all of them would go to one pool.
  const sentSince = (pool.sent - sentBefore) / servers;
  const places = pool.config.maxNumSeqs * reading.engines;
  const taken = (reading.running + reading.waiting + sentSince) / places;
  return Math.min(1, Math.max(taken, reading.kvShare ?? 0));
}

function nearness({ reading, recent }: Known, adapter: string): number {
  const { adapters } = reading;
  if (adapters === undefined) return NEARNESS.full;
  if (adapters.running.includes(adapter) || adapters.waiting.includes(adapter)) return NEARNESS.inUse;
  if (recent.includes(adapter)) return NEARNESS.recent;
  return adapters.running.length < adapters.max ? NEARNESS.room : NEARNESS.full;
}

/** @returns ends it */
function startLooking(pools: readonly Pool[], options: PoolWatchOptions): () => void {
  const { fetcher, intervalMs, timers } = options;
  const waiting = new Set<() => void>();
  let closed = false;
  const later = (ms: number, run: () => void): void => {
    const stop = timers.after(ms, () => {
      waiting.delete(stop);
      run();
    });
    waiting.add(stop);
  };
  const looks = pools.flatMap((pool) =>
    pool.config.servers.flatMap((address, index) => {
      const server = pool.servers[index];
      return server === undefined ? [] : [{ pool, server, address }];
    }),
  );
  looks.forEach((each, index) => {
    const again = (): void => {
      void look(each, options).then(() => {
        if (!closed) later(intervalMs, again);
      });
    };
    // Spread over the first interval, so that many servers are never asked all at once.
    later((index * intervalMs) / looks.length, again);
  });
  return () => {
    closed = true;
    for (const stop of waiting) stop();
    fetcher.close();
  };
}

interface Look {
  readonly pool: Pool;
  readonly server: Server;
  readonly address: MetricsServer;
}

/** Never rejects. */
async function look({ pool, server, address }: Look, options: PoolWatchOptions): Promise<void> {
  const { fetcher, clock, logger } = options;
  const sentBefore = pool.sent;
  const said = { cluster: pool.config.cluster, server: `${address.address}:${address.port}` };
  try {
    const reading = readMetrics(await fetcher.fetch(address));
    if (reading === undefined) throw new Error("its answer holds none of vLLM's metrics");
    const recent = recentAdapters(server.recent, reading);
    Object.assign(server, { reading, readAtMs: clock.monotonicMs(), sentBefore, recent });
    if (server.failing) logger.info(said, 'a server tells its load again');
    server.failing = false;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!server.failing) logger.warn({ ...said, reason }, 'a server does not tell its load');
    server.failing = true;
  }
}

function recentAdapters(before: readonly string[], { adapters }: EngineReading): readonly string[] {
  if (adapters === undefined) return [];
  const { running, max } = adapters;
  const kept = Math.min(max, RECENT_MAX);
  return kept === 0
    ? []
    : [...new Set([...before.filter((name) => !running.includes(name)), ...running])].slice(-kept);
}
