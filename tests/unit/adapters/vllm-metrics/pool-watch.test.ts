import { describe, expect, test } from '@jest/globals';
import type { MetricsServer } from '../../../../src/adapters/vllm-metrics/fetch-metrics.js';
import { watchPools } from '../../../../src/adapters/vllm-metrics/pool-watch.js';
import { HandTime } from '../../../support/hand-timers.js';

interface Said {
  running?: number;
  waiting?: number;
  kv?: number;
  adapters?: string;
  max?: number;
}

/** Two pools, `one` with a server and `two` with two; what a server says is written into `said` by its port. */
function watched() {
  const time = new HandTime();
  const said = new Map<number, Said | Error>();
  const asked: number[] = [];
  const log: string[] = [];
  let closed = false;
  const server = (port: number): MetricsServer => ({ address: '127.0.0.1', port, tls: undefined });
  const watch = watchPools({
    pools: [
      { cluster: 'one', servers: [server(1)], maxNumSeqs: 10 },
      { cluster: 'two', servers: [server(2), server(3)], maxNumSeqs: 10 },
    ],
    fetcher: {
      fetch: async ({ port }) => {
        asked.push(port);
        const now = said.get(port) ?? new Error('connection refused');
        if (now instanceof Error) throw now;
        return textOf(now);
      },
      close: () => {
        closed = true;
      },
    },
    intervalMs: 300,
    keepMs: 1000,
    clock: time,
    timers: time,
    logger: {
      info: (_, message) => log.push(message),
      warn: (fields, message) => log.push(`${message}: ${fields['server']} ${fields['reason']}`),
      error: (_, message) => log.push(message),
    },
  });
  return { time, said, asked, log, watch, isClosed: () => closed };
}

function textOf({ running = 0, waiting = 0, kv = 0, adapters, max = 2 }: Said): string {
  const lora =
    adapters === undefined
      ? ''
      : `vllm:lora_requests_info{max_lora="${max}",running_lora_adapters="${adapters}"} 1\n`;
  return `vllm:num_requests_running ${running}\nvllm:num_requests_waiting ${waiting}\nvllm:kv_cache_usage_perc ${kv}\n${lora}`;
}

describe('the load of pools', () => {
  test('is what takes up most: places of requests, or memory', async () => {
    const { time, said, watch } = watched();
    said.set(1, { running: 3, waiting: 1, kv: 0.2 });
    said.set(2, { running: 3, kv: 0.9 });
    said.set(3, { running: 25 });
    expect(watch.loadOf('one')).toBeUndefined();
    await time.pass(300);
    expect(watch.loadOf('one')).toBeCloseTo(0.4);
    expect(watch.loadOf('two')).toBeCloseTo(0.95);
    expect(watch.loadOf('nobody')).toBeUndefined();
    said.set(1, { running: 0 });
    await time.pass(300);
    expect(watch.loadOf('one')).toBe(0);
  });

  test('counts what was sent since the last look, shared among the servers', async () => {
    const { time, said, watch } = watched();
    said.set(2, {});
    said.set(3, {});
    await time.pass(300);
    watch.sent('two');
    watch.sent('two');
    watch.sent('nobody');
    expect(watch.loadOf('two')).toBeCloseTo(0.1);
    await time.pass(300);
    expect(watch.loadOf('two')).toBe(0);
  });

  test('leaves out servers that do not answer, says so once, and takes them back', async () => {
    const { time, said, watch, log } = watched();
    said.set(1, {});
    said.set(2, { running: 5 });
    await time.pass(900);
    expect(watch.loadOf('two')).toBeCloseTo(0.5);
    expect(log).toEqual(['a server does not tell its load: 127.0.0.1:3 connection refused']);
    said.set(3, { running: 10 });
    await time.pass(300);
    expect(watch.loadOf('two')).toBeCloseTo(0.75);
    expect(log.at(-1)).toBe('a server tells its load again');
  });

  test('forgets what is too old', async () => {
    const { time, said, watch, log } = watched();
    said.set(1, { running: 5 });
    await time.pass(100);
    expect(watch.loadOf('one')).toBeCloseTo(0.5);
    said.set(1, new Error('late'));
    await time.pass(900);
    expect(watch.loadOf('one')).toBeCloseTo(0.5);
    await time.pass(200);
    expect(watch.loadOf('one')).toBeUndefined();
    said.set(1, { running: 1 });
    await time.pass(300);
    expect(watch.loadOf('one')).toBeCloseTo(0.1);
    expect(log.filter((line) => line.includes(':1 '))).toHaveLength(1);
  });

  test('is asked for until the end, spread over the interval', async () => {
    const { time, asked, watch, isClosed } = watched();
    await time.pass(99);
    expect(asked).toEqual([1]);
    await time.pass(101);
    expect(asked).toEqual([1, 2, 3]);
    watch.close();
    await time.pass(5000);
    expect(asked).toEqual([1, 2, 3]);
    expect(isClosed()).toBe(true);
  });
});

describe('an adapter', () => {
  test('is nearest where it is in use, then where it was of late, then where there is room', async () => {
    const { time, said, watch } = watched();
    const seen: (number | undefined)[] = [];
    const look = async (now: Said) => {
      said.set(1, now);
      await time.pass(300);
      seen.push(watch.nearnessOf('one', 'sql'));
    };
    await look({});
    await look({ adapters: '' });
    await look({ adapters: 'sql' });
    await look({ adapters: '' });
    await look({ adapters: 'a' });
    await look({ adapters: 'a,b' });
    await look({ adapters: 'a' });
    expect(seen).toEqual([0, 0.5, 1, 0.75, 0.75, 0, 0.5]);
    expect(watch.nearnessOf('nobody', 'sql')).toBeUndefined();
  });

  test('counts on every server of a pool', async () => {
    const { time, said, watch } = watched();
    said.set(2, { adapters: 'sql' });
    said.set(3, { adapters: 'a,b' });
    await time.pass(300);
    expect(watch.nearnessOf('two', 'sql')).toBe(0.5);
  });
});
