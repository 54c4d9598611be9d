import { lstatSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { verifyModelFiles } from '../app.js';
import type { Config, MilvusConfig, SocketAddress } from '../config/config.js';
import { renderEnvoy } from '../render/envoy.js';
import { endpointOf } from './backend.js';
import { mayWriteInto, noFolder } from './doctor-files.js';
import { type FoundEnvoy, foundEnvoy } from './envoy-binary.js';
import { envoyProblem } from './envoy-validate.js';
import { type Finding, findingsOf } from './finding.js';
import { messageOf } from './output.js';
import { listenProblem } from './ports.js';

const MILVUS_TIMEOUT_MS = 5000;
const HEALTH_TIMEOUT_MS = 1000;
const NODE_MIN = [20, 19] as const;

const node = findingsOf('node');
const models = findingsOf('models');
const envoy = findingsOf('envoy');
const ports = findingsOf('ports');
const milvus = findingsOf('milvus');

export function nodeFindings(version: string): readonly Finding[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const tooOld = major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1]);
  return tooOld
    ? [node.problem(`Node ${version} is too old`, `install Node ${NODE_MIN.join('.')} or newer`)]
    : [node.good(`Node ${version}`)];
}

/** @param folder undefined: the models that ship with Sextant */
export async function modelFindings(folder: string | undefined): Promise<readonly Finding[]> {
  const verified = await verifyModelFiles(folder);
  if (verified.ok) return [models.good('every model file is what the manifest says')];
  const todo = folder === undefined ? 'install Sextant again' : `copy the folder ${folder} again`;
  return verified.error.map(({ message }) => models.problem(message, todo));
}

/** Whether Envoy is there, and takes what would be rendered. @param config undefined: there is nothing to render */
export async function envoyFindings(
  path: string | undefined,
  config: Config | undefined,
): Promise<readonly Finding[]> {
  let installed: FoundEnvoy;
  try {
    installed = await foundEnvoy({ path, install: false, log: () => undefined });
  } catch (thrown) {
    const todo = 'where Envoy runs elsewhere this does not matter; else install it: sextant envoy path';
    return [
      path === undefined ? envoy.warning(messageOf(thrown), todo) : envoy.problem(messageOf(thrown), todo),
    ];
  }
  const { path: binary, version } = installed;
  const found = envoy.good(`Envoy ${version ?? 'of unknown version'} at ${binary}`);
  if (config === undefined) return [found];
  const folder = await mkdtemp(join(tmpdir(), 'sextant-doctor-'));
  try {
    const file = join(folder, 'envoy.yaml');
    await writeFile(file, renderEnvoy(config));
    const refused = await envoyProblem(binary, file);
    if (refused === undefined) return [found, envoy.good('it accepts what is rendered from the config')];
    const todo = 'use an Envoy of the version that the rendered file names in its head';
    return [found, envoy.problem(`it refuses what is rendered from the config: ${refused}`, todo)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether everything that listens can; a Sextant or an Envoy that runs already is told as such. */
export async function portFindings(config: Config): Promise<readonly Finding[]> {
  const { listen, envoyAdmin, admin, probe, extproc } = config;
  const runs = await isSextant(probe ?? admin, admin.tls !== undefined && probe === undefined);
  const wanted: readonly (readonly [string, SocketAddress | undefined, boolean])[] = [
    ['listen', listen, false],
    ['envoy_admin', envoyAdmin, false],
    ['admin', admin, true],
    ['probe', probe, true],
    ['extproc', extproc.kind === 'tcp' ? extproc : undefined, true],
  ];
  const findings: Finding[] = [];
  for (const [section, address, isOurs] of wanted) {
    if (address !== undefined && address.port !== 0)
      findings.push(await portFinding(section, address, runs && isOurs));
  }
  return [...findings, ...(extproc.kind === 'unix' ? [socketFinding(extproc.socket, runs)] : [])];
}

async function portFinding(section: string, address: SocketAddress, runs: boolean): Promise<Finding> {
  const where = `${section}: ${endpointOf(address)}`;
  const code = await listenProblem(address);
  if (code === undefined) return ports.good(`${where} is free`);
  if (code === 'EADDRINUSE') {
    if (runs) return ports.note(`${where} is taken by a Sextant that runs already`);
    const todo = `stop what listens there, or choose another ${section}.port`;
    return section === 'listen' || section === 'envoy_admin'
      ? ports.warning(`${where} is taken; good if that is your Envoy`, todo)
      : ports.problem(`${where} is taken by another program`, todo);
  }
  if (code === 'EACCES')
    return ports.problem(`${where} may not be listened on by this user`, 'choose a port above 1023');
  return ports.problem(`${where} cannot be listened on (${code})`, `correct ${section}.address`);
}

function socketFinding(path: string, runs: boolean): Finding {
  if (!mayWriteInto(dirname(path))) return ports.problem(...noFolder('extproc.socket', path));
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isSocket())
    return ports.problem(
      `extproc: ${path} is there and no socket`,
      'remove it, or choose another extproc.socket',
    );
  return runs && found !== undefined
    ? ports.note(`extproc: ${path} belongs to a Sextant that runs already`)
    : ports.good(`extproc: ${path} can be made`);
}

/** Whether a Sextant answers there. Its health needs no token. */
async function isSextant(address: SocketAddress, tls: boolean): Promise<boolean> {
  if (address.port === 0 || tls) return false;
  const host = address.address === '0.0.0.0' || address.address === '::' ? '127.0.0.1' : address.address;
  const url = `http://${endpointOf({ ...address, address: host })}/metrics`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS), redirect: 'error' });
    return response.ok && (await response.text()).includes('sextant_');
  } catch {
    return false;
  }
}

export async function milvusFindings(
  config: MilvusConfig,
  secret: { readonly inEnvironment: boolean; readonly file: string | undefined },
): Promise<readonly Finding[]> {
  const where = `${config.host}:${config.port}`;
  const kept = secret.inEnvironment || secret.file !== undefined;
  const unkept = milvus.warning(
    'the secret of the cache would be kept in Milvus: whoever can read it can test guesses at what was asked',
    'set SEXTANT_CACHE_SECRET or semantic_cache.secret_file, the same on every replica',
  );
  try {
    const { reachMilvus } = await import('../app/reach-milvus.js');
    await reachMilvus(config, Math.min(config.connectTimeoutMs, MILVUS_TIMEOUT_MS));
    return [milvus.good(`${where} answers`), ...(kept ? [] : [unkept])];
  } catch (thrown) {
    const todo = 'start it, or correct backend_config_path; until it answers each process caches by itself';
    return [milvus.problem(`${where}: ${messageOf(thrown)}`, todo), ...(kept ? [] : [unkept])];
  }
}
