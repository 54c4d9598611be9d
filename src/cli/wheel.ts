import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from './output.js';
import { run } from './run.js';

export interface WheelsOptions {
  /** The folder that pip fills. It is there only when everything in it is. */
  readonly folder: string;
  /** The file that pins what is installed. Another content means another installation. */
  readonly requirements: string;
  /** Whether pip takes in what the named wheels need as well. */
  readonly dependencies: boolean;
  /** Told before anything is fetched. */
  readonly announce: () => void;
  /** Run in the folder before it counts as installed. */
  readonly finish?: (folder: string, python: string) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

const INSTALL_TIMEOUT_MS = 900_000;
const LOCK_POLL_MS = 200;
/** Says from which requirements a folder was filled. */
const STAMP = 'requirements.txt';

/**
 * Installs Python wheels into a folder once; does nothing where they are. Several processes may ask at the same time:
 * one installs, the others wait for it.
 *
 * @throws CliError that says what pip said
 */
export async function ensureWheels(options: WheelsOptions): Promise<void> {
  const wanted = readFileSync(options.requirements, 'utf8');
  if (isInstalled(options.folder, wanted)) return;
  mkdirSync(join(options.folder, '..'), { recursive: true });
  const unlock = await lock(`${options.folder}.lock`, options.signal);
  try {
    if (isInstalled(options.folder, wanted)) return;
    options.announce();
    await install(options, wanted);
  } finally {
    unlock();
  }
}

/** A Python that has pip: the system's own, or else one of a virtual environment, which brings pip along. */
export async function pythonWithPip(staging: string, env = process.env): Promise<string> {
  const probe = await run('python3', ['-m', 'pip', '--version'], { timeoutMs: INSTALL_TIMEOUT_MS, env });
  if (probe.ok) return 'python3';
  const venv = join(staging, 'venv');
  const made = await run('python3', ['-m', 'venv', venv], { timeoutMs: INSTALL_TIMEOUT_MS, env });
  if (made.ok) return join(venv, 'bin', 'python3');
  throw new CliError(`Neither pip nor venv of python3 can be used: ${made.text}`);
}

function isInstalled(folder: string, wanted: string): boolean {
  const stamp = join(folder, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

async function install(options: WheelsOptions, wanted: string): Promise<void> {
  const { folder, requirements, signal } = options;
  const staging = mkdtempSync(`${folder}-`);
  try {
    const python = await pythonWithPip(staging);
    const target = join(staging, 'target');
    const args = ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:', '--target', target];
    const more = options.dependencies ? [] : ['--no-deps'];
    const outcome = await run(python, [...args, ...more, '-r', requirements], {
      timeoutMs: INSTALL_TIMEOUT_MS,
      signal,
      env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_ROOT_USER_ACTION: 'ignore' },
    });
    if (!outcome.ok) throw new CliError(`pip could not install ${requirements}. It said: ${outcome.text}`);
    await options.finish?.(target, python);
    writeFileSync(join(target, STAMP), wanted);
    rmSync(folder, { recursive: true, force: true });
    renameSync(target, folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** A folder can be made only once; its owner's process id tells whether somebody still works in there. */
async function lock(path: string, signal: AbortSignal | undefined): Promise<() => void> {
  for (;;) {
    try {
      mkdirSync(path);
      writeFileSync(join(path, 'pid'), String(process.pid));
      return () => rmSync(path, { recursive: true, force: true });
    } catch {
      if (isAbandoned(path)) rmSync(path, { recursive: true, force: true });
      await sleep(LOCK_POLL_MS, undefined, { ...(signal === undefined ? {} : { signal }) });
    }
  }
}

function isAbandoned(path: string): boolean {
  try {
    const pid = Number(readFileSync(join(path, 'pid'), 'utf8'));
    if (!Number.isInteger(pid) || pid < 1) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // A lock whose owner has not written its name yet is not abandoned.
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
