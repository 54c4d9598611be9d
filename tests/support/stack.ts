import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type RunningSextant, startSextant } from '../../src/app.js';
import { loaderOf } from '../../src/cli/config-option.js';
import type { Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load.js';
import { renderEnvoy } from '../../src/render/envoy.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/server.js';
import { ensureBuilt } from './built.js';
import { goodOf } from './config.js';
import { envoyForTests } from './envoy-binary.js';
import { type Answer, ask, isOk, isThrough, type Question } from './http.js';
import { freePort, waitUntil } from './ports.js';
import { MODEL_NAMES, type ModelName, POLICY, type StackConfig, withPatience } from './stack-config.js';

export interface StackOptions {
  /** Laid over the policy of the tests, key by key of the first level. */
  readonly config?: StackConfig;
  /** Keys of the `admin` section beside its address. */
  readonly admin?: StackConfig;
  /** Models beside those of the simulators. */
  readonly moreModels?: readonly StackConfig[];
  /** What the simulators ask for, and what is written on the cards of their models. */
  readonly pools?: Pools;
  /** Changes what Envoy gets, as an operator would by hand: a filter more. */
  readonly editEnvoy?: (yaml: string) => string;
  /** The Envoy to run. Default: the one that is tested with. */
  readonly envoy?: () => Promise<string>;
  /** `child` runs the built command, so that it can be killed. Default: in this process. */
  readonly sextant?: 'in-process' | 'child';
  /** How often the config file is looked at; left out: never. Only without `sextant: 'child'`. Milliseconds. */
  readonly watchMs?: number;
}

export type Pools = Readonly<
  Partial<
    Record<
      ModelName,
      { readonly simulator?: Partial<Omit<SimulatorOptions, 'name' | 'port'>>; readonly card?: StackConfig }
    >
  >
>;

/** A real Envoy, Sextant, and a simulator behind each model; all on loopback. */
export interface Stack {
  /** Envoy's address for clients. */
  readonly url: string;
  readonly adminUrl: string;
  /** The sextant.yaml that is served. */
  readonly configFile: string;
  readonly simulators: Readonly<Record<ModelName, Simulator>>;
  ask(question: Question): Promise<Answer>;
  /** Sends a chat of one user turn to `auto`, unless `body` says otherwise. */
  chat(prompt: string, more?: ChatOptions): Promise<Answer>;
  /** Model requests that all simulators saw since the last `forget`. */
  upstreamCalls(): number;
  forget(): void;
  /** What Envoy wrote so far. */
  envoyLog(): string;
  /** What Sextant logged so far, a line each. Only without `sextant: 'child'`. */
  sextantLog(): string;
  /** Once Sextant has told the exchanges of these answers, which it does when the client has them already. */
  untilTold(...answers: readonly Answer[]): Promise<void>;
  /** Ends Sextant at once, without a goodbye. Only with `sextant: 'child'`. */
  killSextant(): Promise<void>;
  /** Asks Sextant to end and waits for its exit status. Only with `sextant: 'child'`. */
  stopSextant(): Promise<number | null>;
  /** Leaves no process, socket or file behind. */
  close(): Promise<void>;
}

export interface ChatOptions {
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Question['headers'];
}

/** Every chat of the tests comes from this caller unless a test says otherwise. */
export const CALLER = { authorization: 'Bearer test-token' };

/** Starts everything and waits until a request finds its whole way. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const cleanups: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  };
  try {
    return await assemble(options, (cleanup) => cleanups.push(cleanup), close);
  } catch (cause) {
    await close();
    throw cause;
  }
}

type Defer = (cleanup: () => Promise<unknown>) => void;

async function assemble(options: StackOptions, defer: Defer, close: () => Promise<void>): Promise<Stack> {
  // The threads of an encoder run from there too.
  ensureBuilt();
  const folder = await mkdtemp(join(tmpdir(), 'sextant-e2e-'));
  defer(() => rm(folder, { recursive: true, force: true }));
  const simulators = await startSimulators(options.pools, defer);
  const ports = { envoy: await freePort(), admin: await freePort() };
  const file = await writeConfig(folder, configOf(options, simulators, folder, ports));
  const config = goodOf(loadConfig(file));
  const child = options.sextant === 'child' ? startChild(file) : undefined;
  if (child !== undefined) defer(() => stopChild(child, 'SIGINT'));
  const log: string[] = [];
  if (child === undefined) await startInProcess(config, { log, watchMs: options.watchMs }, defer);
  const adminUrl = `http://127.0.0.1:${ports.admin}`;
  await waitUntil('Sextant to be ready', () => isOk(`${adminUrl}/readyz`));
  const yaml = (options.editEnvoy ?? unchanged)(renderEnvoy(config));
  const envoyLog = await startEnvoy(
    { folder, yaml, binary: await (options.envoy ?? envoyForTests)() },
    defer,
  );
  const url = `http://127.0.0.1:${ports.envoy}`;
  const found = () => (config.observes ? isWatched(url, adminUrl) : isThrough(url));
  await waitUntil('Envoy to find Sextant', found).catch((cause: Error) => {
    throw new Error(`${cause.message}\nEnvoy wrote:\n${envoyLog()}`);
  });
  return {
    url,
    adminUrl,
    configFile: file,
    simulators,
    ask: (question) => ask(url, question),
    chat: (prompt, { body, headers } = {}) => {
      const request = { model: 'auto', messages: [{ role: 'user', content: prompt }], ...body };
      return ask(url, { body: JSON.stringify(request), headers: { ...CALLER, ...headers } });
    },
    upstreamCalls: () => MODEL_NAMES.reduce((sum, name) => sum + simulators[name].requests().total, 0),
    forget: () => {
      for (const name of MODEL_NAMES) simulators[name].forget();
    },
    envoyLog,
    sextantLog: () => log.join('\n'),
    untilTold: (...answers) =>
      waitUntil('the exchanges to be told', () =>
        answers.every(({ headers: { 'x-sextant-id': id = 'none' } }) =>
          log.some((line) => line.endsWith('"message":"exchange"}') && line.includes(`"id":"${id}"`)),
        ),
      ),
    killSextant: () => stopChild(ofChild(child), 'SIGKILL'),
    stopSextant: async () => {
      await stopChild(ofChild(child), 'SIGTERM');
      return ofChild(child).exitCode;
    },
    close,
  };
}

async function startSimulators(
  pools: Pools = {},
  defer: Defer,
): Promise<Readonly<Record<ModelName, Simulator>>> {
  const start = async (name: ModelName): Promise<Simulator> => {
    // The alias is what lets the default pool take a request that nobody rewrote.
    const simulator = await startSimulator({
      name,
      aliases: ['auto'],
      port: 0,
      ttftMs: 0,
      tokensPerSecond: 0,
      ...pools[name]?.simulator,
    });
    defer(() => simulator.close());
    return simulator;
  };
  return { small: await start('small'), large: await start('large'), coder: await start('coder') };
}

function configOf(
  options: StackOptions,
  simulators: Readonly<Record<ModelName, Simulator>>,
  folder: string,
  ports: { readonly envoy: number; readonly admin: number },
): StackConfig {
  const models = MODEL_NAMES.map((name, at) => ({
    name,
    endpoints: [`127.0.0.1:${simulators[name].port}`],
    context_window: 32_000,
    parameters_b: [8, 70, 32][at],
    price: { input: [0.1, 1, 0.5][at], output: [0.2, 3, 1][at] },
    modalities: name === 'large' ? ['image'] : [],
    ...options.pools?.[name]?.card,
  }));
  return {
    ...POLICY,
    models: [...models, ...(options.moreModels ?? [])],
    ...withPatience(options.config ?? {}),
    listen: { address: '127.0.0.1', port: ports.envoy },
    admin: { ...options.admin, address: '127.0.0.1', port: ports.admin },
    extproc: { socket: join(folder, 'sextant.sock') },
  };
}

async function writeConfig(folder: string, config: StackConfig): Promise<string> {
  const file = join(folder, 'sextant.yaml');
  await writeFile(file, stringify(config));
  return file;
}

async function startInProcess(
  config: Config,
  { log, watchMs }: { readonly log: string[]; readonly watchMs: number | undefined },
  defer: Defer,
): Promise<RunningSextant> {
  const write = (fields: Readonly<Record<string, unknown>>, message: string): void => {
    log.push(JSON.stringify({ ...fields, message }));
  };
  const sextant = await startSextant(config, {
    logger: { info: write, warn: write, error: write },
    ...(watchMs === undefined ? {} : { reload: { load: loaderOf(config.file), watchMs } }),
  });
  defer(() => sextant.close());
  return sextant;
}

function startChild(file: string): ChildProcess {
  return spawn(process.execPath, ['dist/cli.js', 'serve', '--config', file], { stdio: 'ignore' });
}

/** A drain waits a while by design; what takes longer hangs. */
const STOP_TIMEOUT_MS = 10_000;

function ofChild(child: ChildProcess | undefined): ChildProcess {
  if (child === undefined) throw new Error('only a stack with `sextant: "child"` can lose its Sextant');
  return child;
}

async function stopChild(child: ChildProcess, signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await gone;
  clearTimeout(killer);
}

const LOG_CHARS_MAX = 20_000;

const unchanged = (yaml: string): string => yaml;

async function startEnvoy(
  { folder, yaml, binary }: { readonly folder: string; readonly yaml: string; readonly binary: string },
  defer: Defer,
): Promise<() => string> {
  const file = join(folder, 'envoy.yaml');
  await writeFile(file, yaml);
  // One worker and no hot restart: several Envoys run side by side on a small machine.
  const args = [
    '-c',
    file,
    '--concurrency',
    '1',
    '--disable-hot-restart',
    '--log-level',
    'warning',
    '--file-flush-interval-msec',
    '100',
  ];
  const envoy = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  const keep = (text: Buffer): void => {
    log = (log + text.toString()).slice(-LOG_CHARS_MAX);
  };
  envoy.stdout.on('data', keep);
  envoy.stderr.on('data', keep);
  defer(() => stopChild(envoy, 'SIGTERM'));
  return () => log;
}

/** Where Sextant only watches, no answer tells of it. */
async function isWatched(url: string, adminUrl: string): Promise<boolean> {
  await ask(url, { method: 'GET', path: '/v1/models' }).catch(() => undefined);
  const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
  return metrics.includes('sextant_shadow_requests_total{');
}
