import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { countFlag } from './flags.js';
import { freePort, type Measured, start, waitUntil } from './processes.js';
import { isReady, writeConfig } from './scene.js';
import { median } from './stats.js';
import { passStreams } from './stream-client.js';
import { measureDirectly, type OtlpSides } from './telemetry-direct.js';

/**
 * Measures what telemetry costs a request in CPU, two ways: the code of telemetry by itself, which says the same in each
 * run and decides, and whole processes side by side, with and without a collector, whose differences vary by more than it.
 * Ends with status 1 when the target is missed.
 *
 * Usage: node telemetry.js [--requests=500] [--rounds=20]
 */
const SHARE_MAX = 0.05;
/** What is sent to a collector, as `telemetry.otlp` says it; the first sends nothing. The target holds for `USUAL`. */
const SIDES = {
  without: undefined,
  'metrics alone': { traces: false },
  'traces alone, one in ten': { metrics: false, sample_ratio: 0.1 },
  'metrics, and one trace in ten': { sample_ratio: 0.1 },
  'metrics, and all traces': { sample_ratio: 1 },
} as const satisfies Readonly<Record<string, OtlpSides | undefined>>;
type Side = keyof typeof SIDES;
const NAMES = Object.keys(SIDES) as Side[];
const USUAL: Side = 'metrics, and one trace in ten';

const requests = countFlag('requests', 500);
const rounds = countFlag('rounds', 20);
const folder = await mkdtemp(join(tmpdir(), 'sextant-bench-'));
const running: Measured[] = [];
const collector = createServer((request, response) => request.resume().on('end', () => response.end('{}')));
await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
try {
  const cpuMs = await measureSides();
  const plainMs = median(cpuMs.without);
  const direct = await measureDirectly();
  console.log(
    `${rounds} rounds of ${requests} streamed answers; CPU of a request without a collector: ${micros(plainMs)} µs`,
  );
  console.log(`counting for Prometheus: ${shareOf(direct.countingMs, plainMs)}`);
  let heldMs = direct.countingMs;
  for (const side of NAMES) {
    const sent = SIDES[side];
    if (sent === undefined) continue;
    const directMs = await direct.otlpMs(sent);
    if (side === USUAL) heldMs += directMs;
    // In turns, so that noise of the machine hits both alike: the differences of rounds, not of sums.
    const added = meanOf(cpuMs[side].map((ms, round) => ms - (cpuMs.without[round] ?? Number.NaN)));
    const around = `${micros(added.mean)} (95 %: ${micros(added.mean - added.halfWidth)} to ${micros(added.mean + added.halfWidth)})`;
    console.log(`${side}: ${shareOf(directMs, plainMs)}; between whole processes ${around}`);
  }
  await direct.close();
  const held = heldMs <= plainMs * SHARE_MAX;
  const target = `target: at most ${percent(SHARE_MAX)} with Prometheus, ${USUAL}`;
  console.log(`${target}: ${percent(heldMs / plainMs)}, ${held ? 'held' : 'MISSED'}`);
  process.exitCode = held ? 0 : 1;
} finally {
  for (const process of running) await process.stop();
  collector.close();
  collector.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
}

/** CPU of each request, by round. Milliseconds. */
async function measureSides(): Promise<Record<Side, number[]>> {
  const cpuMs = Object.fromEntries(NAMES.map((side) => [side, []])) as unknown as Record<Side, number[]>;
  const started = await Promise.all(NAMES.map((side, at) => startSide(side, join(folder, String(at)))));
  for (let round = -3; round < rounds; round += 1) {
    // Each side comes first as often as last: what runs after another finds the machine warm.
    const order = [...NAMES.entries()];
    for (const [at, side] of round % 2 === 0 ? order : order.reverse()) {
      const { socket, process } = started[at] ?? {};
      if (socket === undefined || process === undefined) continue;
      const before = process.cpuMs();
      await passStreams(socket, { streams: requests, chunks: 3, chunkIntervalMs: 2, offset: round });
      if (round >= 0) cpuMs[side].push((process.cpuMs() - before) / requests);
    }
  }
  return cpuMs;
}

async function startSide(side: Side, place: string) {
  await mkdir(place);
  const admin = await freePort();
  const file = await writeConfig(place, 'rules-usage.yaml', { upstream: 1, admin });
  const sent = SIDES[side];
  if (sent !== undefined) {
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    const config = parse(await readFile(file, 'utf8'));
    config.telemetry = { otlp: { endpoint, ...sent } };
    await writeFile(file, stringify(config));
  }
  const process_ = start(side, process.execPath, ['dist/cli.js', 'serve', '--config', file]);
  running.push(process_);
  await waitUntil(side, () => isReady(admin), 60_000);
  return { socket: join(place, 'sextant.sock'), process: process_ };
}

/** The mean, and half of its interval of 95 %. */
function meanOf(values: readonly number[]): { readonly mean: number; readonly halfWidth: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, halfWidth: 1.96 * Math.sqrt(squares / (values.length - 1) / values.length) };
}

function shareOf(ms: number, plainMs: number): string {
  return `${(ms * 1000).toFixed(1)} µs, ${percent(ms / plainMs)}`;
}

function micros(ms: number): string {
  return (ms * 1000).toFixed(0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
