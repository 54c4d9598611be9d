import { setImmediate as nextTurn } from 'node:timers/promises';
import { built } from './built.js';
import { countFlag } from './flags.js';
import { Mixture } from './mixture.js';
import { type LatencySummary, summarise } from './stats.js';
import { isHeld, type Row, renderTable } from './table.js';

/**
 * Measures the memory backend of the cache: how long a search, an exact hit and a `put` take, and how often the nearest
 * is the one that a comparison with every vector finds. Ends with status 1 when a target is missed.
 *
 * Usage: node --expose-gc cache-store.js [--entries=50000]
 */
const DIMENSION = 384;
const QUERIES = 1000;
const RECALL_QUERIES = 200;
const SEED = 5;
/** Turns of the event loop in which nothing happens take microseconds, one that inserts about a millisecond. */
const IDLE_TURNS = 500;
const IDLE_TURN_MS = 0.1;
const MILLION = 1_000_000;

interface Entry {
  readonly id: string;
  readonly vector: Float32Array;
  readonly exactKey: string;
}

/** What is measured, as far as it is asked. */
interface Store {
  put(entry: object): void;
  findExact(partition: string, exactKey: string): Entry | undefined;
  findNearest(partition: string, vector: Float32Array, limit: number): readonly { readonly entry: Entry }[];
  close(): Promise<void>;
}

const count = countFlag('entries', 50_000);
const { createMemoryStore } = await built<{ readonly createMemoryStore: (options: object) => Store }>(
  'adapters/memory/store.js',
);
const { seededRandom } = await built<{ readonly seededRandom: (seed: number) => () => number }>(
  'lib/random.js',
);

const mixture = new Mixture({ dimension: DIMENSION, clouds: 500, random: seededRandom(SEED) });
const entries: Entry[] = [];
const store = createMemoryStore({
  maxEntries: count,
  bytesMax: Number.MAX_SAFE_INTEGER,
  evictionPolicy: 'fifo',
  dimension: DIMENSION,
  clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
});
const half = Math.ceil(count / 2);
const firstPuts = await fillUpTo(half);
const halfBytes = residentBytes();
const puts = await fillUpTo(count);
const bytesPerEntry = (residentBytes() - halfBytes) / (count - half);

const asked = Array.from({ length: QUERIES }, () =>
  mixture.near(mixture.pick(entries)?.vector ?? mixture.next()),
);
const searches = timed(asked, (vector) => store.findNearest('p', vector, 4));
const exact = timed(entries, (entry) => store.findExact('p', entry.exactKey));
const rows: readonly Row[] = [
  { what: 'search, p50', unit: 'ms', measured: searches.p50Ms, target: 0.4, hold: 'at most' },
  { what: 'recall at 1', unit: '', measured: recall(), target: 0.99, hold: 'at least' },
  { what: 'exact hit, p99', unit: 'ms', measured: exact.p99Ms, target: 0.05, hold: 'at most' },
  { what: 'search, mean CPU', unit: 'ms', measured: searches.cpuMs, target: 0.4, hold: 'at most' },
  { what: 'exact hit, mean CPU', unit: 'ms', measured: exact.cpuMs, target: 0.05, hold: 'at most' },
  { what: 'put, p50', unit: 'ms', measured: puts.p50Ms, target: 0.1, hold: 'at most' },
  {
    what: 'put, p99',
    unit: 'ms',
    measured: Math.max(puts.p99Ms, firstPuts.p99Ms),
    target: 0.1,
    hold: 'at most',
  },
];
console.log(`\nthe memory cache with ${count} entries in one partition\n\n${renderTable(rows)}`);
console.log(
  `memory: ${Math.round(bytesPerEntry)} bytes an entry without its answer, by the second half of the entries; ` +
    `${((bytesPerEntry * MILLION) / 1024 ** 3).toFixed(1)} GiB for a million of them`,
);
await store.close();
process.exitCode = rows.every(isHeld) ? 0 : 1;

function entryOf(at: number, vector: Float32Array): Entry {
  const common = { partition: 'p', tenant: 't', model: 'm', decision: 'd', pinned: false, bytes: 4096 };
  const completion = { api: 'chat', object: {}, usage: undefined, finishReasons: ['stop'] };
  const times = { createdAtMs: Date.now(), expiresAtMs: Date.now() + 86_400_000 };
  const own = { id: `id-${at}`, exactKey: `key-${at}`, ask: `question ${at}`, vector };
  return { ...common, ...times, ...own, completion } as Entry;
}

/** Puts entries until there are so many, and waits until the graph knows them all. */
async function fillUpTo(entriesMax: number): Promise<Timed> {
  const some = Array.from({ length: entriesMax - entries.length }, (_, at) =>
    entryOf(entries.length + at, mixture.next()),
  );
  for (const entry of some) entries.push(entry);
  const putting = timed(some, (entry) => store.put(entry));
  const before = process.cpuUsage();
  await untilIdle();
  const cpuMs = cpuMsSince(before);
  console.log(
    `${some.length} entries were built into the graph, off the way of a request, in ${seconds(cpuMs)} of CPU, ` +
      `${(cpuMs / some.length).toFixed(2)} ms each`,
  );
  return putting;
}

/** What the process holds once what nobody uses is gone; needs --expose-gc to be true. */
function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

interface Timed extends LatencySummary {
  /** Mean CPU of one, all threads: other work on the machine does not change it. Milliseconds. */
  readonly cpuMs: number;
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function timed<T>(items: readonly T[], run: (item: T) => unknown): Timed {
  const before = process.cpuUsage();
  const samplesMs = new Float64Array(items.length);
  for (const [at, item] of items.entries()) {
    const started = performance.now();
    run(item);
    samplesMs[at] = performance.now() - started;
  }
  const cpuMs = cpuMsSince(before) / items.length;
  return { ...summarise(samplesMs), cpuMs };
}

async function untilIdle(): Promise<void> {
  for (let idle = 0; idle < IDLE_TURNS; ) {
    const started = performance.now();
    await nextTurn();
    idle = performance.now() - started < IDLE_TURN_MS ? idle + 1 : 0;
  }
}

function recall(): number {
  let found = 0;
  for (const vector of asked.slice(0, RECALL_QUERIES)) {
    const nearest = store.findNearest('p', vector, 1)[0]?.entry.id;
    if (nearest === bruteForce(vector)?.id) found += 1;
  }
  return found / RECALL_QUERIES;
}

function bruteForce(vector: Float32Array): Entry | undefined {
  let best: Entry | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const entry of entries) {
    let product = 0;
    for (let at = 0; at < DIMENSION; at += 1) product += (entry.vector[at] ?? 0) * (vector[at] ?? 0);
    if (product > most) [best, most] = [entry, product];
  }
  return best;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
