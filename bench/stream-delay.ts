import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countFlag } from './flags.js';
import { freePort, type Measured, start, startScript, waitUntil } from './processes.js';
import { isReady, writeConfig } from './scene.js';
import { type LatencySummary, summarise } from './stats.js';
import { passStreams, type StreamLoad } from './stream-client.js';
import { isHeld, type Row, renderTable } from './table.js';

/**
 * Measures how long a chunk of a streamed answer is held by Sextant while it reads and stores the answer, beside a
 * processor that does nothing: the wire, both processes and their waking are in both figures. Ends with status 1 when
 * the target is missed.
 *
 * Usage: node stream-delay.js [--streams=32] [--rounds=5]
 */
const SIDES = ['nothing', 'sextant'] as const;
type Side = (typeof SIDES)[number];

/** Tokens of a model that answers fast. */
const LOAD: Omit<StreamLoad, 'offset' | 'streams'> = { chunks: 80, chunkIntervalMs: 25 };
const ADDED_P99_MS_MAX = 1;

const streams = countFlag('streams', 32);
const rounds = countFlag('rounds', 5);
const folder = await mkdtemp(join(tmpdir(), 'sextant-bench-'));
const running: Measured[] = [];
const cpuMs: Record<Side, number> = { nothing: 0, sextant: 0 };
const samples: Record<Side, number[]> = { nothing: [], sextant: [] };
try {
  const sides = await startSides();
  // One round to warm up, which counts for nothing; then in turns, so that noise of the machine hits both alike.
  for (let round = -1; round < rounds; round += 1) {
    for (const side of SIDES) {
      const { socket, process } = sides[side];
      const before = process.cpuMs();
      const some = await passStreams(socket, { ...LOAD, streams, offset: round });
      if (round < 0) continue;
      samples[side].push(...some);
      cpuMs[side] += process.cpuMs() - before;
    }
  }
  report(figuresOf('nothing'), figuresOf('sextant'));
} finally {
  for (const process of running) await process.stop();
  await rm(folder, { recursive: true, force: true });
}

interface Figures extends LatencySummary {
  /** CPU of the processor for each chunk, the rest of its exchange included. Milliseconds. */
  readonly cpuMs: number;
}

function figuresOf(side: Side): Figures {
  const latency = summarise(Float64Array.from(samples[side]));
  return { ...latency, cpuMs: cpuMs[side] / latency.count };
}

interface Started {
  readonly socket: string;
  readonly process: Measured;
}

async function startSides(): Promise<Record<Side, Started>> {
  const admin = await freePort();
  const config = await writeConfig(folder, 'cache.yaml', { upstream: 1, admin });
  const sextant = start('sextant', process.execPath, ['dist/cli.js', 'serve', '--config', config]);
  running.push(sextant);
  const socket = join(folder, 'nothing.sock');
  const nothing = await startScript('nothing', './noop-processor.js', [socket, 'continue']);
  running.push(nothing);
  await waitUntil('sextant', () => isReady(admin), 60_000);
  return {
    nothing: { socket, process: nothing },
    sextant: { socket: join(folder, 'sextant.sock'), process: sextant },
  };
}

function report(nothing: Figures, sextant: Figures): void {
  const row = (what: string, pick: (of: Figures) => number): Row => ({
    what,
    unit: 'ms',
    measured: pick(sextant) - pick(nothing),
    target: ADDED_P99_MS_MAX,
    hold: 'at most',
    note: `${pick(sextant).toFixed(3)} less ${pick(nothing).toFixed(3)} of a processor that does nothing`,
  });
  const rows = [
    row('added per chunk, p50', (of) => of.p50Ms),
    row('added per chunk, p99', (of) => of.p99Ms),
    row('added CPU per chunk', (of) => of.cpuMs),
  ];
  console.log(
    `${streams} streams of ${LOAD.chunks} chunks, one each ${LOAD.chunkIntervalMs} ms, kept for the cache:`,
  );
  console.log(`${sextant.count} chunks\n\n${renderTable(rows)}`);
  process.exitCode = rows.every(isHeld) ? 0 : 1;
}
