import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { built } from './built.js';
import { findEnvoyBinary } from './find-envoy.js';
import { type LoadResult, runLoad } from './load.js';
import { freePort, type Measured, ROOT, start, waitUntil } from './processes.js';
import { isHeld, type Row, renderTable } from './table.js';

/**
 * Measures what a dead model costs where others follow it: the share of requests that succeed with the first at 100 %
 * errors, and what that adds to the middle request, both while every request asks it in vain and once nobody does.
 * Simulators refuse a request that names another model, so a good answer is one whose body fitted. Ends with status 1
 * when a target is missed.
 *
 * Usage: node fallback.js [REQUESTS]
 */
const requests = Number(process.argv[2] ?? 2000);
/** One after the other: with more, a closed loop on a few cores measures the queue that it makes itself. */
const CONNECTIONS = 1;
const MODELS = ['small', 'coder', 'large'] as const;

/** What is measured with, as far as it is asked. */
interface Simulator {
  readonly port: number;
  setFault(fault: string | undefined): void;
  close(): Promise<void>;
}
const { startSimulator } = await built<{
  readonly startSimulator: (options: object) => Promise<Simulator>;
}>('simulator/server.js');

/** Rests never, so that every request asks the dead model first; or as by default. */
const ALWAYS_ASKED = { cooldown_s: 0, budget_percent: 1000 };
const BY_DEFAULT = {};

const healthy = await measure(ALWAYS_ASKED, undefined);
const asked = await measure(ALWAYS_ASKED, '503');
const rested = await measure(BY_DEFAULT, '503');
const rows: Row[] = [
  ...rowsOf('every request asks the dead model first', asked),
  ...rowsOf('the dead model rests', rested),
];
console.log(
  `${requests} requests each over ${CONNECTIONS} connection; healthy p50 ${healthy.latency.p50Ms.toFixed(1)} ms\n\n${renderTable(rows)}`,
);
for (const { problems } of [healthy, asked, rested])
  if (problems.length > 0) console.log(problems.join('\n'));
process.exitCode = rows.every(isHeld) && healthy.failed === 0 ? 0 : 1;

function rowsOf(what: string, result: LoadResult): readonly Row[] {
  const percent = (100 * result.good) / (result.good + result.failed);
  const addedMs = result.latency.p50Ms - healthy.latency.p50Ms;
  return [
    { what: `${what}: success`, unit: '%', measured: percent, target: 99.9, hold: 'at least' },
    { what: `${what}: added p50`, unit: 'ms', measured: addedMs, target: 50, hold: 'at most' },
  ];
}

async function measure(fallback: object, fault: string | undefined): Promise<LoadResult> {
  const folder = await mkdtemp(join(tmpdir(), 'sextant-bench-'));
  const running: Measured[] = [];
  const simulators: Simulator[] = [];
  try {
    for (const name of MODELS) {
      simulators.push(await startSimulator({ name, port: 0, ttftMs: 0, tokensPerSecond: 0 }));
    }
    const ports = { listen: await freePort(), admin: await freePort() };
    const config = await writeConfig(folder, { simulators, ports, fallback });
    running.push(start('sextant', process.execPath, ['dist/cli.js', 'serve', '--config', config]));
    await waitUntil('sextant', () => isOk(`http://127.0.0.1:${ports.admin}/readyz`));
    running.push(await startEnvoy(folder, config));
    await waitUntil('the way through sextant', () => isOk(`http://127.0.0.1:${ports.listen}/v1/models`));
    const target = { port: ports.listen, connections: CONNECTIONS };
    await runLoad({ ...target, requests: 200 }, request);
    simulators[0]?.setFault(fault);
    return await runLoad({ ...target, requests }, request);
  } finally {
    for (const process of running.toReversed()) await process.stop();
    for (const simulator of simulators) await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Parts {
  readonly simulators: readonly Simulator[];
  readonly ports: { readonly listen: number; readonly admin: number };
  readonly fallback: object;
}

async function writeConfig(folder: string, { simulators, ports, fallback }: Parts): Promise<string> {
  const config = {
    listen: { port: ports.listen },
    admin: { port: ports.admin },
    extproc: { socket: join(folder, 'sextant.sock') },
    models: MODELS.map((name, at) => ({
      name,
      endpoints: [`127.0.0.1:${simulators[at]?.port}`],
      context_window: 131_072,
    })),
    default_model: 'small',
    fallback: { models: ['coder', 'large'], ...fallback },
  };
  const file = join(folder, 'sextant.yaml');
  await writeFile(file, stringify(config));
  return file;
}

async function startEnvoy(folder: string, config: string): Promise<Measured> {
  const args = ['dist/cli.js', 'envoy', 'render', '--config', config];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  const file = join(folder, 'envoy.yaml');
  await writeFile(file, stdout);
  const options = ['-c', file, '--disable-hot-restart', '--concurrency', '1', '--log-level', 'error'];
  return start('envoy', await findEnvoyBinary(undefined), options);
}

function request(index: number): Buffer {
  const body = JSON.stringify({
    model: 'auto',
    messages: [{ role: 'user', content: `Name river ${index} of Europe.` }],
  });
  return Buffer.from(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer bench\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

async function isOk(url: string): Promise<boolean> {
  return fetch(url).then(
    (answer) => answer.ok && (url.includes('readyz') || answer.headers.has('x-sextant-id')),
    () => false,
  );
}
