import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Puts the package into `folder/node_modules/sextant` as an installation would: what `files` of package.json lists and
 * nothing else, beside the packages that it depends on, which are linked. Nothing is fetched.
 */
export function installInto(folder: string): void {
  const modules = join(folder, 'node_modules');
  const target = join(modules, 'sextant');
  mkdirSync(target, { recursive: true });
  // Without one Node would look further up for the package that a program of the folder belongs to.
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const manifest = join(ROOT, 'package.json');
  cpSync(manifest, join(target, 'package.json'));
  const { files } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly files: readonly string[] };
  for (const name of files) {
    const [from, to] = [join(ROOT, name), join(target, name)];
    // A file that is linked would be found to lie where it comes from.
    cpSync(from, to, { recursive: true });
  }
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
}
