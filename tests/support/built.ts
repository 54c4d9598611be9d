import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LOCK = join(ROOT, '.cache/building');
/** Whoever held the lock for so long was ended under it: the hooks that build have two or three minutes. */
const LOCK_MS_MAX = 180_000;

/** Builds `dist/` when any source is newer: threads and processes that tests start run from there. */
export function ensureBuilt(): void {
  underLock(() => {
    // What is put together last.
    if (isCurrent('dist/bundle/cli.js', ['src'])) return;
    run('typescript/bin/tsc', '-p', 'tsconfig.build.json');
    run('rolldown/bin/cli.mjs', '-c', 'rolldown.config.mjs', '--log-level', 'silent');
  });
}

/** Builds `dist/ui/` when a file of the dashboard is newer, or one of the sources, of which it takes a few. */
export function ensureUiBuilt(): void {
  underLock(() => {
    if (isCurrent('dist/ui/index.html', ['ui', 'src'])) return;
    run('vite/bin/vite.js', 'build', 'ui', '--logLevel', 'warn');
  });
}

/** One worker of jest looks and builds at a time; the others then find it done. */
function underLock(work: () => void): void {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  while (!locked()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  try {
    work();
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

function locked(): boolean {
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    const since = changedAtMs(LOCK);
    if (since > 0 && Date.now() - since > LOCK_MS_MAX) rmSync(LOCK, { recursive: true, force: true });
    return false;
  }
}

function isCurrent(built: string, folders: readonly string[]): boolean {
  const builtMs = changedAtMs(join(ROOT, built));
  return folders.every((folder) => {
    const all = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
    return all.every((name) => changedAtMs(join(ROOT, folder, name)) <= builtMs);
  });
}

/** The last change of a file; 0 where it is not there. */
function changedAtMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function run(script: string, ...argv: readonly string[]): void {
  spawnSync(process.execPath, [join(ROOT, 'node_modules', script), ...argv], { cwd: ROOT, stdio: 'inherit' });
}
