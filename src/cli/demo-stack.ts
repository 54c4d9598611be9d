import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { renderEnvoy } from '../render/envoy.js';
import { type Simulator, startSimulator } from '../simulator/server.js';
import { type Child, startChild } from './child.js';
import { openConfig } from './config-option.js';
import { poolsOf } from './demo-pools.js';
import { envoyProblem } from './envoy-validate.js';
import { milvusCommand } from './milvus-server.js';
import { CliError } from './output.js';
import { packagePath } from './package-path.js';
import { freePort, tryPort } from './ports.js';
import type { Recipe } from './recipes.js';
import { waitFor } from './wait.js';
import { startWarden, type Warden } from './warden.js';

/** Everything that the demonstration runs. */
export interface DemoStack {
  /** Envoy's front door. */
  readonly url: string;
  readonly adminUrl: string;
  readonly config: Config;
  readonly simulators: readonly Simulator[];
  /** Rejects when Envoy or Sextant ends by itself; never resolves. */
  readonly failed: Promise<never>;
  /** Leaves no process, port, socket or file. May be called more than once. */
  stop(): Promise<void>;
}

export interface DemoStackOptions {
  readonly recipe: Pick<Recipe, 'policy'>;
  /** Whether the simulators answer at once, instead of at a pace of their own. */
  readonly instant?: boolean;
  /** Path of the Envoy binary. */
  readonly envoy: string;
  /** Port of the front door; without it 8801, or a free one where that is taken. */
  readonly port: number | undefined;
  /** Whether the cache lies in a Milvus of its own, installed from its wheel. */
  readonly milvus?: boolean | undefined;
  readonly log: (line: string) => void;
  /** Ends the start early. */
  readonly signal: AbortSignal;
}

type Cleanup = () => Promise<void> | void;

const READY_TIMEOUT_MS = 30_000;
/** It starts a dozen parts and a database of its own. */
const MILVUS_TIMEOUT_MS = 120_000;
/** Linux keeps 107 bytes for the path of a socket; folders of temporary files can be longer than that. */
const SOCKET_FOLDER_BYTES_MAX = 80;

/**
 * Starts a simulator for each model of the recipe, Sextant in a process of its own and Envoy, each when the one that it
 * needs is ready.
 *
 * @throws CliError when a part cannot be started; then everything that was started is gone again
 */
export async function startDemoStack(options: DemoStackOptions): Promise<DemoStack> {
  const cleanups: Cleanup[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= unwind(cleanups);
    return stopped;
  };
  try {
    const warden = startWarden();
    cleanups.push(() => warden.dismiss());
    const folder = makeFolder();
    warden.folder(folder);
    cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
    const asWritten = openConfig(options.recipe.policy);
    const simulators = await startPools(asWritten, options, cleanups);
    const milvus = options.milvus === true ? await startMilvusChild(folder, options, warden, cleanups) : [];
    const { config, args } = await configure(asWritten, { options, folder, simulators, more: milvus });
    const yaml = await writeEnvoyYaml(config, folder, options.envoy);
    const sextant = await startSextantChild(args, warden, cleanups);
    const adminUrl = `http://127.0.0.1:${config.admin.port}`;
    const { log, signal } = options;
    await ready(sextant, { url: `${adminUrl}/readyz`, what: 'Sextant to load its models', log, signal });
    const envoy = await startEnvoyChild(options.envoy, yaml, warden, cleanups);
    const url = `http://127.0.0.1:${config.listen.port}`;
    await ready(envoy, { url: `${url}/v1/models`, what: 'Envoy to answer', log, signal });
    const failed = Promise.race([sextant.failed, envoy.failed]);
    failed.catch(() => undefined);
    return { url, adminUrl, config, simulators, failed, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/** Undoes in the opposite order; one failure does not keep the others from being undone. */
async function unwind(cleanups: readonly Cleanup[]): Promise<void> {
  for (const cleanup of cleanups.toReversed()) {
    await Promise.resolve()
      .then(cleanup)
      .catch(() => undefined);
  }
}

/** A folder that only this user can open, since whoever reaches the socket in it can answer for Sextant. */
function makeFolder(): string {
  const base = Buffer.byteLength(tmpdir()) <= SOCKET_FOLDER_BYTES_MAX ? tmpdir() : '/tmp';
  return mkdtempSync(join(base, 'sextant-demo-'));
}

async function startPools(
  config: Config,
  { instant = false }: DemoStackOptions,
  cleanups: Cleanup[],
): Promise<readonly Simulator[]> {
  const simulators: Simulator[] = [];
  for (const pool of poolsOf(config, instant)) {
    const simulator = await startSimulator(pool).catch(() => startSimulator({ ...pool, port: 0 }));
    cleanups.push(() => simulator.close());
    simulators.push(simulator);
  }
  return simulators;
}

/** The recipe with the ports that are free here, and the arguments by which another process reads the same. */
async function configure(
  asWritten: Config,
  found: {
    readonly options: DemoStackOptions;
    readonly folder: string;
    /** In the order of the models. */
    readonly simulators: readonly Simulator[];
    readonly more: readonly string[];
  },
): Promise<{ config: Config; args: readonly string[] }> {
  const { options, folder, simulators, more } = found;
  const { policy } = options.recipe;
  const sets = [
    `listen.port=${await frontDoorPort(options.port, asWritten.listen.port)}`,
    `admin.port=${await freePort(asWritten.admin.port)}`,
    // Nobody's prompts but those of whoever tries it out.
    'admin.show_prompts=true',
    `extproc.socket=${join(folder, 'extproc.sock')}`,
    ...more,
    ...simulators.map(({ port }, at) => `models.${at}.endpoints=["127.0.0.1:${port}"]`),
  ];
  const args = ['--config', policy, ...sets.flatMap((set) => ['--set', set])];
  return { config: openConfig(policy, sets), args };
}

async function frontDoorPort(wanted: number | undefined, usual: number): Promise<number> {
  if (wanted === undefined || wanted === 0) return freePort(wanted ?? usual);
  if ((await tryPort(wanted)) !== undefined) return wanted;
  throw new CliError(`Port ${wanted} is taken. Choose another --port, or leave it out to get a free one.`);
}

async function writeEnvoyYaml(config: Config, folder: string, envoy: string): Promise<string> {
  const file = join(folder, 'envoy.yaml');
  writeFileSync(file, renderEnvoy(config));
  const problem = await envoyProblem(envoy, file);
  if (problem !== undefined) throw new CliError(`Envoy refuses the rendered configuration:\n${problem}`);
  return file;
}

/** Gives the settings by which Sextant finds it. */
async function startMilvusChild(
  folder: string,
  options: DemoStackOptions,
  warden: Warden,
  cleanups: Cleanup[],
): Promise<readonly string[]> {
  const { log, signal } = options;
  const command = await milvusCommand({ data: join(folder, 'milvus'), log, signal });
  const child = await startChild({ name: 'Milvus', warden, ...command });
  cleanups.push(() => child.stop('SIGTERM'));
  await ready(child, { url: command.healthUrl, what: 'Milvus to start', log, signal }, MILVUS_TIMEOUT_MS);
  const file = join(folder, 'milvus.yaml');
  writeFileSync(file, `connection: { host: 127.0.0.1, port: ${command.port} }\n`);
  return ['semantic_cache.backend_type=milvus', `semantic_cache.backend_config_path=${file}`];
}

async function startSextantChild(
  args: readonly string[],
  warden: Warden,
  cleanups: Cleanup[],
): Promise<Child> {
  const cli = packagePath('dist/cli.js');
  if (!existsSync(cli)) throw new CliError(`${cli} is not there. Build it first: npm run build`);
  const child = await startChild({
    name: 'Sextant',
    file: process.execPath,
    args: [cli, 'serve', ...args],
    warden,
  });
  cleanups.push(() => child.stop('SIGINT'));
  return child;
}

async function startEnvoyChild(
  file: string,
  yaml: string,
  warden: Warden,
  cleanups: Cleanup[],
): Promise<Child> {
  // Hot restart is what makes Envoy keep shared memory, which would outlive a killed process.
  const args = ['-c', yaml, '--disable-hot-restart', '--log-level', 'warning'];
  const child = await startChild({ name: 'Envoy', file, args, warden });
  cleanups.push(() => child.stop('SIGTERM'));
  return child;
}

/** Waits until the child answers, or until it has failed. */
async function ready(
  child: Child,
  wait: {
    readonly url: string;
    readonly what: string;
    readonly log: (line: string) => void;
    readonly signal: AbortSignal;
  },
  timeoutMs = READY_TIMEOUT_MS,
): Promise<void> {
  const settled = new AbortController();
  const signal = AbortSignal.any([wait.signal, settled.signal]);
  const answered = waitFor({ ...wait, timeoutMs, signal });
  try {
    await Promise.race([answered, child.failed]);
  } finally {
    settled.abort();
    await answered.catch(() => undefined);
  }
}
