import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { built } from './built.js';
import { ROOT } from './processes.js';
import { summarise } from './stats.js';
import { isHeld, type Row, renderTable } from './table.js';

/**
 * Measures what a failing Milvus costs a request: the reads of one request through a network that goes bad, before and
 * after the breaker opens, and how long hits from Milvus take to come back once the network is well. Ends with status 1
 * when a target is missed.
 *
 * Usage: node milvus-faults.js
 */
const DIMENSION = 384;
const DEADLINE_MS = 50;
const EVERY_MS = 5;
const FAULT_MS = 2500;
const RECOVERY_MS_MAX = 20_000;

interface Entry {
  readonly exactKey: string;
}

/** What is measured, as far as it is asked; the sources of bench/ are compiled without the rest. */
interface Backend {
  findExact(partition: string, key: string): Promise<Entry | undefined> | Entry | undefined;
  findNearest(partition: string, vector: Float32Array, limit: number): Promise<readonly unknown[]>;
  put(entry: object): Promise<void>;
  close(): Promise<void>;
}
interface Tiered extends Backend {
  backStats(): { readonly breaker: string };
}
interface Milvus extends Backend {
  recover(): Promise<void>;
}
interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly port: number;
  readonly healthUrl: string;
}

const { milvusCommand } = await built<{
  milvusCommand: (options: { data: string; log: (line: string) => void }) => Promise<Command>;
}>('cli/milvus-server.js');
const { createMilvusBackend } = await built<{ createMilvusBackend: (options: object) => Milvus }>(
  'adapters/milvus/backend.js',
);
const { createMemoryStore } = await built<{ createMemoryStore: (options: object) => Backend }>(
  'adapters/memory/store.js',
);
const { createTieredBackend } = await built<{ createTieredBackend: (options: object) => Tiered }>(
  'cache/tiered.js',
);
const { systemClock: clock } = await built<{ systemClock: object }>('lib/clock.js');
const { systemTimers: timers } = await built<{ systemTimers: object }>('lib/timers.js');

const data = mkdtempSync(join(tmpdir(), 'sextant-bench-milvus-'));
const command = await milvusCommand({ data, log: (line) => console.error(line) });
const milvus = spawn(command.file, [...command.args], {
  env: command.env,
  cwd: command.cwd,
  stdio: 'ignore',
});
const [api, port] = [command.port + 1, command.port + 2];
const proxy = spawn(
  join(ROOT, '.tools/toxiproxy-2.12.0/server'),
  ['-host', '127.0.0.1', '-port', String(api)],
  { stdio: 'ignore' },
);
proxy.on('error', () => {
  throw new Error('toxiproxy is not there; run `make tools`');
});
type Act = () => Promise<void>;

function toxic(type: string, attributes: object): readonly [Act, Act] {
  return [
    () => toxiproxy('/proxies/milvus/toxics', { name: 'toxic', stream: 'downstream', type, attributes }),
    () => toxiproxy('/reset'),
  ];
}

const FAULTS: readonly (readonly [string, Act, Act])[] = [
  ['300 ms slow', ...toxic('latency', { latency: 300 })],
  ['black hole', ...toxic('timeout', { timeout: 0 })],
  ['resets', ...toxic('reset_peer', { timeout: 0 })],
  ['1 KB/s', ...toxic('bandwidth', { rate: 1 })],
  [
    'down',
    () => toxiproxy('/proxies/milvus', { enabled: false }),
    () => toxiproxy('/proxies/milvus', { enabled: true }),
  ],
];

let shared = 0;
try {
  process.exitCode = (await measure()) ? 0 : 1;
} finally {
  milvus.kill('SIGKILL');
  proxy.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
}

async function measure(): Promise<boolean> {
  await until('Milvus', () => answers(command.healthUrl));
  await until('toxiproxy', () => answers(`http://127.0.0.1:${api}/version`));
  const [listen, upstream] = [`127.0.0.1:${port}`, `127.0.0.1:${command.port}`];
  await toxiproxy('/proxies', { name: 'milvus', listen, upstream, enabled: true });
  const witness = backend(command.port);
  await witness.recover();
  const limits = { maxEntries: 1000, bytesMax: 1e9, evictionPolicy: 'fifo', dimension: DIMENSION };
  const victim = createTieredBackend({
    front: createMemoryStore({ ...limits, clock }),
    back: backend(port),
    clock,
    timers,
    readDeadlineMs: DEADLINE_MS,
    writeDeadlineMs: 5000,
    queue: { entriesMax: 1000, bytesMax: 1e8 },
  });
  await until('hits', () => sharesHit(witness, victim));
  const healthy = await requests(victim, FAULT_MS);
  const rows: Row[] = [];
  const add = (what: string, measured: number, target: number): number =>
    rows.push({ what, unit: 'ms', measured, target, hold: 'at most' });
  const typical = summarise(Float64Array.from(healthy.map(({ ms }) => ms)));
  console.log(
    `reads of a request, Milvus well: p50 ${typical.p50Ms.toFixed(1)} ms, p99 ${typical.p99Ms.toFixed(1)} ms\n`,
  );
  for (const [name, spoil, heal] of FAULTS) {
    await spoil();
    const seen = await requests(victim, FAULT_MS);
    await heal();
    const healedMs = performance.now();
    await until('hits', () => sharesHit(witness, victim));
    const tookMs = performance.now() - healedMs;
    const p99 = (open: boolean) =>
      summarise(Float64Array.from(seen.filter((each) => each.open === open).map(({ ms }) => ms))).p99Ms;
    add(`${name}, until the breaker opens, p99`, p99(false), 60);
    add(`${name}, after, p99`, p99(true), 1);
    add(`${name}, until hits are back`, tookMs, 2000);
  }
  console.log(renderTable(rows));
  await Promise.all([victim.close(), witness.close()]);
  return rows.every(isHeld);
}

function backend(at: number): Milvus {
  const settings = {
    host: '127.0.0.1',
    port: at,
    database: 'default',
    connectTimeoutMs: 30_000,
    collection: 'bench',
    description: 'for a bench',
    vectorField: 'embedding',
    metricType: 'IP',
    index: { type: 'HNSW', m: 16, efConstruction: 64 },
    ef: 64,
    consistencyLevel: 'Bounded',
  };
  const encoder = { hash: 'bench', dimension: DIMENSION };
  return createMilvusBackend({ settings, encoder, clock, readDeadlineMs: DEADLINE_MS });
}

/** The reads of one request every few milliseconds, whether the ones before are answered or not. */
async function requests(victim: Tiered, forMs: number) {
  const seen: { readonly ms: number; readonly open: boolean }[] = [];
  const pending: Promise<void>[] = [];
  const vector = new Float32Array(DIMENSION).fill(1 / Math.sqrt(DIMENSION));
  const endMs = performance.now() + forMs;
  for (let count = 0; performance.now() < endMs; count += 1) {
    const open = victim.backStats().breaker !== 'closed';
    pending.push(
      (async () => {
        const startedMs = performance.now();
        await victim.findExact('p', `unknown ${count}`);
        await victim.findNearest('p', vector, 8);
        seen.push({ ms: performance.now() - startedMs, open });
      })(),
    );
    await sleep(EVERY_MS);
  }
  await Promise.all(pending);
  return seen;
}

async function sharesHit(witness: Milvus, victim: Tiered): Promise<boolean> {
  shared += 1;
  const exactKey = `shared ${shared}`;
  const now = Date.now();
  const completion = { api: 'chat', object: {}, usage: undefined, finishReasons: ['stop'] };
  const names = { id: exactKey, partition: 'p', tenant: 't', exactKey, ask: 'q', model: 'm', decision: 'd' };
  const life = { createdAtMs: now, expiresAtMs: now + 600_000, bytes: 100, pinned: false };
  await witness.put({ ...names, ...life, completion, vector: undefined });
  for (let tries = 0; tries < 10; tries += 1) {
    if ((await victim.findExact('p', exactKey)) !== undefined) return true;
    await sleep(20);
  }
  return false;
}

async function toxiproxy(path: string, body?: object): Promise<void> {
  const request = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`http://127.0.0.1:${api}${path}`, { method: 'POST', ...request });
  if (!answer.ok) throw new Error(`toxiproxy answers ${answer.status}`);
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function until(what: string, done: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + (what === 'Milvus' ? 120_000 : RECOVERY_MS_MAX);
  while (!(await done())) {
    if (performance.now() > endMs) throw new Error(`${what} did not come`);
    await sleep(10);
  }
}
