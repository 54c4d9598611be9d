import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import type { MilvusSettings } from '../../src/adapters/milvus/settings.js';
import { milvusCommand } from '../../src/cli/milvus-server.js';
import { ensureWheels } from '../../src/cli/wheel.js';
import { Secret } from '../../src/lib/secret.js';
import { freePort } from './ports.js';

/** A Milvus for tests, on loopback. */
export interface TestMilvus {
  readonly port: number;
  /** Stops the process as a power cut would, and starts it again on the same data and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STARTS_MAX = 3;
const READY_TIMEOUT_MS = 180_000;

/** Milvus Lite: one Python process that keeps its data in a folder. */
export async function startMilvusLite(): Promise<TestMilvus> {
  const folder = join(ROOT, '.tools', 'milvus-lite');
  await ensureWheels({
    folder,
    requirements: join(ROOT, 'tests/support/milvus-lite-requirements.txt'),
    dependencies: true,
    announce: () => {},
  });
  const data = await mkdtemp(join(tmpdir(), 'sextant-lite-'));
  const port = await freePort();
  // Its own default is to listen for the whole network.
  const where = ['--data-dir', join(data, 'data'), '--host', '127.0.0.1', '--port', String(port)];
  const command = {
    file: 'python3',
    args: [join(folder, 'bin', 'milvus-lite'), 'server', ...where],
    env: { ...process.env, PYTHONPATH: folder },
  };
  return supervised(command, { port, data, open: {} });
}

export interface FullMilvusOptions {
  /** Demands user name and password; the first ones are `root` and `Milvus`. */
  readonly auth?: boolean;
  /** Paths of a certificate for loopback, its key, and who signed it. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string };
}

export const ROOT_USER = { username: 'root', password: 'Milvus' } as const;
/** The same for our own client. */
export const ROOT_AUTH = { username: ROOT_USER.username, password: new Secret(ROOT_USER.password) };

/** The full server with etcd inside: HNSW, auth and TLS as in a cluster. */
export async function startMilvus(options: FullMilvusOptions = {}): Promise<TestMilvus> {
  const data = await mkdtemp(join(tmpdir(), 'sextant-milvus-'));
  const { auth = false, tls } = options;
  const settings = {
    ...(auth ? { authorization_enabled: true } : {}),
    ...(tls === undefined
      ? {}
      : { tls_mode: 1, server_pem_path: tls.cert, server_key_path: tls.key, ca_pem_path: tls.ca }),
  };
  const command = await milvusCommand({ data, settings, log: () => {} });
  const open = {
    ...(auth ? ROOT_USER : {}),
    ...(tls === undefined ? {} : { ssl: true, tls: { rootCertPath: tls.ca, serverName: 'localhost' } }),
  };
  return supervised(command, { port: command.port, data, open });
}

/** What the adapter is told for a Milvus of a test. */
export function milvusSettings(port: number, given: Partial<MilvusSettings> = {}): MilvusSettings {
  return {
    host: '127.0.0.1',
    port,
    database: 'default',
    connectTimeoutMs: 60_000,
    auth: undefined,
    tls: undefined,
    collection: 'contract',
    description: 'for a test',
    vectorField: 'embedding',
    metricType: 'IP',
    index: { type: 'HNSW', m: 16, efConstruction: 64 },
    ef: 64,
    consistencyLevel: 'Strong',
    ...given,
  };
}

interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

interface Place {
  readonly port: number;
  readonly data: string;
  readonly open: object;
}

async function supervised(command: Command, place: Place): Promise<TestMilvus> {
  let child = await started(command, place);
  return {
    port: place.port,
    restart: async () => {
      await killed(child);
      child = await started(command, place);
    },
    stop: async () => {
      await killed(child);
      await rm(place.data, { recursive: true, force: true });
    },
  };
}

/** On a busy machine Milvus ends now and then while its parts still look for one another; then it is started again. */
async function started(command: Command, place: Place): Promise<ChildProcess> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startedOnce(command, place);
    } catch (error) {
      if (tries === STARTS_MAX || !(error instanceof EndedByItself)) throw error;
    }
  }
}

class EndedByItself extends Error {}

async function startedOnce(command: Command, place: Place): Promise<ChildProcess> {
  const child = spawn(command.file, [...command.args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: command.env,
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
  });
  let words = '';
  const keep = (text: Buffer): void => {
    words = (words + text.toString()).slice(-4000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  try {
    await answering(child, place);
  } catch (error) {
    const ended = child.exitCode !== null;
    await killed(child);
    const message = `${error instanceof Error ? error.message : ''}\n${words}`;
    throw ended ? new EndedByItself(message) : new Error(message);
  }
  return child;
}

async function answering(child: ChildProcess, { port, open }: Place): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Milvus ended with status ${child.exitCode}`);
    if (await answers(port, open)) return;
    if (performance.now() > deadline) throw new Error('Milvus did not become ready');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function answers(port: number, open: object): Promise<boolean> {
  const client = new MilvusClient({
    address: `127.0.0.1:${port}`,
    timeout: 3000,
    maxRetries: 0,
    telemetry: { enabled: false },
    logLevel: 'error',
    ...open,
  });
  client.connectPromise.catch(() => undefined);
  try {
    const { status } = await client.listCollections({ timeout: 3000 });
    return status.error_code === 'Success';
  } catch {
    return false;
  } finally {
    client.closeConnection().catch(() => undefined);
  }
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
