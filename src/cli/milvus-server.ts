import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from './output.js';
import { packagePath } from './package-path.js';
import { freePort } from './ports.js';
import { run } from './run.js';
import { ensureWheels } from './wheel.js';

/** How to start a Milvus that keeps its data in a folder. */
export interface MilvusCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Where it serves; on all interfaces, which this version leaves no choice about. */
  readonly port: number;
  /** Answers 200 once it works. */
  readonly healthUrl: string;
}

export interface MilvusCommandOptions {
  /** Folder for its data; made when it is missing. */
  readonly data: string;
  readonly log: (line: string) => void;
  /** Further settings, by the names of the wheel's own: `authorization_enabled`, `tls_mode`, … */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  readonly signal?: AbortSignal;
}

/** Where the programs lie that the wheel carries packed. */
const UNPACKED = 'unpacked';
const SCRIPT_TIMEOUT_MS = 300_000;
/** Ports that its parts talk over; left alone they are the same for every Milvus of a machine. */
const PORTS = [
  'proxy_port',
  'proxy_internal_port',
  'etcd_port',
  'root_coord_port',
  'query_coord_port',
  'query_node_port',
  'index_coord_port',
  'index_node_port',
  'data_coord_port',
  'data_node_port',
] as const;

const UNPACK = 'import sys; from milvus import _initialize_data_files as unpack; unpack(sys.argv[1])';
const CONFIGURE = `
import json, sys
from milvus import MilvusServerConfig
given = json.loads(sys.argv[2])
config = MilvusServerConfig(data_dir=sys.argv[1])
config.resolve_storage()
for name, value in given.items():
    config.set(name, value)
config.resolve()
path = sys.argv[1] + '/configs/milvus.yaml'
with open(path) as file:
    text = file.read()
# Its own etcd takes ports that are always the same, unless a file of its own says otherwise.
text = text.replace('\\n  use:\\n', '\\n  config:\\n    path: ' + json.dumps(sys.argv[3]) + '\\n  use:\\n', 1)
with open(path, 'w') as file:
    file.write(text)
`;

/**
 * Installs Milvus from its Python wheel (once; about 58 MB, hash pinned), writes its configuration, and says how to
 * start it. The wheel's own launcher is left out: it puts a second process before the one that works.
 *
 * @throws CliError when it cannot be installed or configured
 */
export async function milvusCommand(options: MilvusCommandOptions): Promise<MilvusCommand> {
  const { data, settings = {} } = options;
  const folder = packagePath('.tools/milvus');
  await install(folder, options);
  mkdirSync(data, { recursive: true });
  const ports = new Map<string, number>();
  for (const name of [...PORTS, 'metrics', 'etcd_peer']) ports.set(name, await distinctPort(ports));
  const { metrics = 0, etcd_peer: peer = 0, ...known } = Object.fromEntries(ports);
  const etcd = join(data, 'etcd.yaml');
  writeFileSync(etcd, etcdConfig(known['etcd_port'] ?? 0, peer));
  const python = ['-c', CONFIGURE, data, JSON.stringify({ ...known, ...settings }), etcd];
  const env = { ...process.env, PYTHONPATH: folder };
  const outcome = await run('python3', python, { timeoutMs: SCRIPT_TIMEOUT_MS, env });
  if (!outcome.ok) throw new CliError(`Milvus could not be configured: ${outcome.text}`);
  // Unpacking takes longer than starting, so all data folders share one unpacked copy.
  const bin = join(data, 'bin');
  if (!existsSync(bin)) symlinkSync(join(folder, UNPACKED, 'bin'), bin);
  return {
    file: join(bin, 'milvus'),
    args: ['run', 'standalone'],
    cwd: data,
    env: {
      ...process.env,
      DEPLOY_MODE: 'STANDALONE',
      METRICS_PORT: String(metrics),
      MILVUS_RUN_DIR: join(data, 'run'),
      LD_LIBRARY_PATH: bin,
    },
    port: ports.get('proxy_port') ?? 0,
    healthUrl: `http://127.0.0.1:${metrics}/healthz`,
  };
}

function etcdConfig(port: number, peerPort: number): string {
  const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  return [
    'name: default',
    `listen-client-urls: ${client}`,
    `advertise-client-urls: ${client}`,
    `listen-peer-urls: ${peer}`,
    `initial-advertise-peer-urls: ${peer}`,
    `initial-cluster: default=${peer}`,
    '',
  ].join('\n');
}

async function install(folder: string, options: MilvusCommandOptions): Promise<void> {
  if (process.arch !== 'x64' || process.platform !== 'linux')
    throw new CliError(
      'The wheel of Milvus is for Linux on x86_64 alone. Name a Milvus of your own in a config file.',
    );
  await ensureWheels({
    folder,
    requirements: packagePath('recipes/demo/milvus-requirements.txt'),
    dependencies: false,
    announce: () => options.log('installing Milvus from its Python wheel (about 58 MB, once) …'),
    finish: unpack,
    signal: options.signal,
  });
}

async function unpack(target: string, python: string): Promise<void> {
  const outcome = await run(python, ['-c', UNPACK, join(target, UNPACKED)], {
    timeoutMs: SCRIPT_TIMEOUT_MS,
    env: { ...process.env, PYTHONPATH: target },
  });
  if (!outcome.ok) throw new CliError(`Milvus could not be unpacked: ${outcome.text}`);
}

/** The system may give the same free port twice while nobody listens on it yet. */
async function distinctPort(taken: ReadonlyMap<string, number>): Promise<number> {
  for (;;) {
    const port = await freePort(0);
    if (![...taken.values()].includes(port)) return port;
  }
}
