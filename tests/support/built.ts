import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Builds `dist/ui/` when a file of the dashboard is newer. */
export function ensureUiBuilt(): void {
  const index = join(ROOT, 'dist/ui/index.html');
  const sources = readdirSync(join(ROOT, 'ui'), { recursive: true, encoding: 'utf8' });
  const newest = Math.max(...sources.map((name) => statSync(join(ROOT, 'ui', name)).mtimeMs));
  if (existsSync(index) && statSync(index).mtimeMs >= newest) return;
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  spawnSync(process.execPath, [vite, 'build', 'ui', '--logLevel', 'warn'], { cwd: ROOT, stdio: 'inherit' });
}

/** Builds `dist/` when a source of the folder is newer: threads and processes that tests start run from there. */
export function ensureBuilt(folder: string): void {
  const source = join(ROOT, 'src', folder);
  const stale = readdirSync(source)
    .filter((name) => name.endsWith('.ts'))
    .some((name) => {
      const built = join(ROOT, 'dist', folder, name.replace(/\.ts$/, '.js'));
      return !existsSync(built) || statSync(built).mtimeMs < statSync(join(source, name)).mtimeMs;
    });
  if (!stale) return;
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
}
