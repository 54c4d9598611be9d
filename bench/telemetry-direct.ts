import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { built } from './built.js';
import { median } from './stats.js';

/** Finished exchanges in each sample, after as many to warm up. */
const RECORDS = 40_000;
const SAMPLES = 5;
/** So many finish in one turn of the event loop; then the exporters get theirs. */
const RECORDS_A_TURN = 10;
/** As the exporter sends them. */
const SPANS_A_BATCH = 512;
const STAGES = ['scan', 'search', 'encode', 'signals', 'select'];

/** A usual one. */
const RECORD = {
  ...{ id: 'id', route: 'default', api: 'chat', path: 'upstream', model: 'small', decision: 'coding' },
  ...{
    cache: 'miss',
    cacheReason: '',
    similarity: undefined,
    error: '',
    status: 200,
    stream: true,
    stored: 'stored',
  },
  ...{ stagesMs: { encode: 1, search: 0.2 }, overheadMs: 2, upstreamMs: 40, durationMs: 500, domain: 'law' },
  ...{ firstTokenMs: 60, tokenMs: 12, promptTokens: 20, completionTokens: 80, windows: undefined },
  ...{
    unreadChars: undefined,
    signals: { code: 'match', proof: 'no-match', long: 'no-match', german: 'no-match' },
  },
  money: { costUsd: 1e-5, discardedUsd: 0, atDefaultUsd: 1e-5, atDearestUsd: 1e-4, savedByCacheUsd: 0 },
};

/** What one finished exchange takes in the code of telemetry, sending included. Milliseconds of CPU. */
export interface DirectCost {
  readonly countingMs: number;
  readonly otlpMs: (sent: OtlpSides) => Promise<number>;
  close(): Promise<void>;
}

/** What is sent to a collector. */
export interface OtlpSides {
  readonly traces?: boolean;
  readonly metrics?: boolean;
  readonly sample_ratio?: number;
}

/** What is measured, as far as it is asked. */
interface Counting {
  exchange(record: object): void;
}
interface Prometheus {
  readonly createPrometheusTelemetry: (gauges: object, version: string) => Counting;
}
interface Otlp {
  readonly createOtlpTelemetry: (options: object) => Promise<Exporting>;
}
interface Exporting extends Counting {
  readonly tracing?: { begin(parent: undefined, nowMs: number): Trace };
  figures(): { readonly traces: { readonly sent: number } };
  close(): Promise<void>;
}
interface Trace {
  readonly stages: { readonly name: string; readonly startMs: number; readonly endMs: number }[];
}

/** Measures in this process, with a collector in another one. Tells the same in each run, where whole requests vary by more. */
export async function measureDirectly(): Promise<DirectCost> {
  const collector = spawn(process.execPath, ['-e', COLLECTOR], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = await once(collector.stdout, 'data');
  const endpoint = `http://127.0.0.1:${String(port).trim()}`;
  return {
    countingMs: await counting(),
    otlpMs: (sent) => otlp(endpoint, sent),
    close: async () => {
      collector.kill();
      await once(collector, 'exit');
    },
  };
}

/** It ends with the process that started it, however that one ends. */
const COLLECTOR = `process.stdin.on('end', () => process.exit()).resume();
const server = require('node:http').createServer((request, response) =>
  request.resume().on('end', () => response.end('{}')));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

async function counting(): Promise<number> {
  const { createPrometheusTelemetry } = await built<Prometheus>('adapters/prometheus/telemetry.js');
  const none = () => 0;
  const gauges = { cacheEntries: none, cacheBytes: none, cacheEvictions: none, encoderQueue: none };
  const telemetry = createPrometheusTelemetry(gauges, '0');
  return measure(() => telemetry.exchange(RECORD));
}

async function otlp(endpoint: string, { traces = true, metrics = true, sample_ratio = 1 }: OtlpSides) {
  const { createOtlpTelemetry } = await built<Otlp>('adapters/otlp/telemetry.js');
  const { systemClock } = await built<{ readonly systemClock: { monotonicMs(): number } }>('lib/clock.js');
  const { systemTimers } = await built<{ readonly systemTimers: object }>('lib/timers.js');
  const nothing = () => {};
  const telemetry = await createOtlpTelemetry({
    settings: { endpoint, headers: {}, sampleRatio: sample_ratio, metricsIntervalMs: 1_000, version: '0' },
    ...{ traces, metrics, clock: systemClock, timers: systemTimers },
    logger: { info: nothing, warn: nothing, error: nothing },
  });
  const ms = await measure(() => {
    const now = systemClock.monotonicMs();
    const trace = telemetry.tracing?.begin(undefined, now);
    if (trace === undefined) return telemetry.exchange(RECORD);
    for (const name of STAGES) trace.stages.push({ name, startMs: now, endMs: now + 1 });
    Object.assign(trace, { sentMs: now + 2, endedMs: now + 500 });
    return telemetry.exchange({ ...RECORD, trace });
  });
  await telemetry.close();
  // What is dropped costs less than what is sent.
  const { sent } = telemetry.figures().traces;
  const spans = traces ? RECORDS * (SAMPLES + 1) * (STAGES.length + 2) * sample_ratio : 0;
  if (sent * SPANS_A_BATCH < spans * 0.97)
    throw new Error(`of ${spans} spans only ${sent} batches were sent`);
  return ms;
}

async function measure(one: () => void): Promise<number> {
  const samples: number[] = [];
  for (let sample = -1; sample < SAMPLES; sample += 1) {
    const before = process.cpuUsage();
    for (let at = 0; at < RECORDS; at += 1) {
      one();
      if (at % RECORDS_A_TURN === 0) await nextTurn();
    }
    const { user, system } = process.cpuUsage(before);
    if (sample >= 0) samples.push((user + system) / 1000 / RECORDS);
  }
  return median(samples);
}
