import { afterEach, describe, expect, test } from '@jest/globals';
import { createMetricsFetcher } from '../../src/adapters/vllm-metrics/fetch-metrics.js';
import { watchPools } from '../../src/adapters/vllm-metrics/pool-watch.js';
import { systemClock } from '../../src/lib/clock.js';
import { systemTimers } from '../../src/lib/timers.js';
import type { LoadWatch } from '../../src/selection/scorers.js';
import { type Simulator, startSimulator } from '../../src/simulator/server.js';
import { noLogger } from '../../src/telemetry/contract.js';
import { waitUntil } from '../support/ports.js';

/** A source of load, and the server of its one pool `pool`, which answers eight requests at a time. */
interface Opened {
  readonly watch: LoadWatch;
  /** Gives the server so many requests that never end. */
  hold(requests: number): void;
  release(): void;
  stopServer(): Promise<void>;
  close(): Promise<void>;
}

const opened: Opened[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

const PLACES = 8;

/** What every source of load must do, whatever it asks. */
function describeLoadWatch(name: string, open: () => Promise<Opened>): void {
  const start = async () => {
    const it = await open();
    opened.push(it);
    const until = (what: string, holds: (load: number | undefined) => boolean) =>
      waitUntil(what, async () => holds(it.watch.loadOf('pool')));
    return { ...it, until };
  };

  describe(name, () => {
    test('knows nothing of pools that it does not watch', async () => {
      const { watch } = await start();
      expect(watch.loadOf('elsewhere')).toBeUndefined();
      watch.sent('elsewhere');
      expect(watch.loadOf('elsewhere')).toBeUndefined();
    });

    test('goes from idle to full and back with the requests of the server', async () => {
      const { until, hold, release } = await start();
      await until('an idle pool', (load) => load === 0);
      hold(PLACES / 2);
      await until('half a load', (load) => load === 0.5);
      hold(PLACES);
      await until('a full pool', (load) => load === 1);
      release();
      await until('an idle pool again', (load) => load === 0);
    });

    test('counts what is sent until the server says what it has', async () => {
      const { watch, until } = await start();
      await until('an idle pool', (load) => load === 0);
      for (let at = 0; at < 3 * PLACES; at += 1) watch.sent('pool');
      expect(watch.loadOf('pool')).toBe(1);
      await until('an idle pool again', (load) => load === 0);
    });

    test('forgets a server that is gone', async () => {
      const { until, stopServer } = await start();
      await until('an idle pool', (load) => load === 0);
      await stopServer();
      await until('an unknown load', (load) => load === undefined);
    });
  });
}

describeLoadWatch('vLLM’s metrics', async () => {
  const simulator = await startSimulator({
    name: 'pool',
    port: 0,
    ttftMs: 0,
    tokensPerSecond: 0,
    maxNumSeqs: PLACES,
  });
  let clients = new AbortController();
  const watch = watchPools({
    pools: [
      {
        cluster: 'pool',
        servers: [{ address: '127.0.0.1', port: simulator.port, tls: undefined }],
        maxNumSeqs: PLACES,
      },
    ],
    fetcher: createMetricsFetcher({ path: '/metrics', timeoutMs: 10_000 }),
    intervalMs: 20,
    keepMs: 200,
    clock: systemClock,
    timers: systemTimers,
    logger: noLogger,
  });
  return {
    watch,
    hold: (requests) => {
      for (let at = 0; at < requests; at += 1) void hang(simulator, clients.signal);
    },
    release: () => {
      clients.abort();
      clients = new AbortController();
    },
    stopServer: () => simulator.close(),
    close: async () => {
      watch.close();
      await simulator.close();
    },
  };
});

async function hang({ url, name }: Simulator, signal: AbortSignal): Promise<void> {
  const body = JSON.stringify({ model: name, messages: [{ role: 'user', content: 'Wait.' }] });
  const headers = { 'x-simulator-fault': 'hang' };
  await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body, signal }).catch(() => undefined);
}
