import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { type EnvoyVariant, envoyVariant } from './envoy-variants.js';
import { answersOn, freePort, type Measured, ROOT, start, startScript, waitUntil } from './processes.js';

/** Which way a request takes to the upstream. */
export type Side =
  /** Envoy alone, to the default pool. */
  | 'direct'
  /** A processor that lets every message pass. */
  | 'nothing'
  /** A processor that answers at the request's body. */
  | 'nothing-reply'
  | 'sextant';

/** One configuration under measurement: Sextant, the upstream, and an Envoy for each side. */
export interface Scene {
  readonly sextant: Measured;
  /** From the start of the process to the first good answer of `/readyz`. Milliseconds. */
  readonly readyMs: number;
  /** Resident memory before the first request. MB. */
  readonly idleRssMb: number;
  /** What runs on a side: where to ask, its Envoy, and the processor that it calls, if any. */
  way(side: Side): Way;
  /** Prometheus text of Sextant's admin address. */
  metrics(): Promise<string>;
  close(): Promise<void>;
}

export interface Way {
  readonly port: number;
  readonly envoy: Measured;
  readonly processor: Measured | undefined;
}

export interface ScenePorts {
  readonly upstream: number;
  readonly admin: number;
}

/** Starts everything for one file of `bench/configs` and waits until each part answers. */
export async function openScene(configName: string, sides: readonly Side[], envoy: string): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'sextant-bench-'));
  const running: Measured[] = [];
  const keep = <T extends Measured | undefined>(process: T): T => {
    if (process !== undefined) running.push(process);
    return process;
  };
  const close = async (): Promise<void> => {
    for (const process of running.toReversed()) await process.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const ports = { upstream: await freePort(), admin: await freePort() };
    const config = await writeConfig(folder, configName, ports);
    keep(await startScript('upstream', './upstream.js', [String(ports.upstream)]));
    const rendered = await renderEnvoy(config);
    const startedAt = performance.now();
    const sextant = keep(start('sextant', process.execPath, ['dist/cli.js', 'serve', '--config', config]));
    await waitUntil('sextant', () => isReady(ports.admin));
    const readyMs = performance.now() - startedAt;
    const idleRssMb = sextant.rssMb();
    const ways = new Map<Side, Way>();
    for (const side of sides) {
      const processor = side === 'sextant' ? sextant : keep(await startNothing(side, folder));
      const variant = await variantOf(side, folder);
      const started = keep(await startEnvoy({ side, folder, envoy, yaml: envoyVariant(rendered, variant) }));
      await waitUntil(`envoy of ${side}`, () => answersOn(variant.listenPort));
      ways.set(side, { port: variant.listenPort, envoy: started, processor });
    }
    // Envoy asks Sextant for its health every second; before the first good answer it takes it for dead.
    await waitUntil('the way through sextant', async () => {
      const port = ways.get('sextant')?.port;
      return port === undefined || (await answersModels(port));
    });
    return {
      sextant,
      readyMs,
      idleRssMb,
      way: (side) => {
        const way = ways.get(side);
        if (way === undefined) throw new Error(`this scene was opened without the side ${side}`);
        return way;
      },
      metrics: async () => (await fetch(`http://127.0.0.1:${ports.admin}/metrics`)).text(),
      close,
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** Fills in what a file of `bench/configs` leaves open: ports and the socket. */
export async function writeConfig(folder: string, name: string, ports: ScenePorts): Promise<string> {
  const config = parse(await readFile(join(ROOT, 'bench/configs', name), 'utf8'));
  config.listen = { address: '127.0.0.1', port: await freePort() };
  config.admin = { address: '127.0.0.1', port: ports.admin };
  config.extproc = { socket: join(folder, 'sextant.sock') };
  for (const model of config.models) model.endpoints = [`127.0.0.1:${ports.upstream}`];
  const file = join(folder, 'sextant.yaml');
  await writeFile(file, stringify(config));
  return file;
}

async function renderEnvoy(config: string): Promise<string> {
  const args = ['dist/cli.js', 'envoy', 'render', '--config', config];
  return (await promisify(execFile)(process.execPath, args, { cwd: ROOT })).stdout;
}

async function startNothing(side: Side, folder: string): Promise<Measured | undefined> {
  if (side === 'direct') return undefined;
  const mode = side === 'nothing-reply' ? 'reply' : 'continue';
  return startScript(side, './noop-processor.js', [join(folder, `${side}.sock`), mode]);
}

async function variantOf(side: Side, folder: string): Promise<EnvoyVariant> {
  const ports = { listenPort: await freePort(), adminPort: await freePort() };
  if (side === 'sextant') return ports;
  if (side === 'direct') return { ...ports, processor: 'none' };
  return { ...ports, processor: { socketPath: join(folder, `${side}.sock`) } };
}

interface EnvoyStart {
  readonly side: Side;
  readonly folder: string;
  readonly envoy: string;
  readonly yaml: string;
}

async function startEnvoy({ side, folder, envoy, yaml }: EnvoyStart): Promise<Measured> {
  const file = join(folder, `envoy-${side}.yaml`);
  await writeFile(file, yaml);
  // One worker: with two, Envoy takes both cores from what stands behind it, and every figure gets worse.
  return start(`envoy ${side}`, envoy, [
    '-c',
    file,
    '--disable-hot-restart',
    '--concurrency',
    '1',
    '--log-level',
    'error',
  ]);
}

export async function isReady(adminPort: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${adminPort}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  );
}

async function answersModels(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/models`);
  await answer.arrayBuffer();
  return answer.headers.has('x-sextant-id');
}
