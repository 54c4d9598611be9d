import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../src/cli/package-path.js';

/** What stands in the blocks of a page that are marked as of this language. */
export function blocksOf(path: string, language: string): readonly string[] {
  const text = readFileSync(packagePath(path), 'utf8');
  return Array.from(
    text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms')),
    ({ 1: block = '' }) => block,
  );
}

/** One command each, in the order of the page; a line that ends in a backslash goes on. */
export function commandsOf(path: string): readonly string[] {
  return blocksOf(path, 'sh')
    .flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
    .filter((line) => line !== '');
}

/**
 * Puts the built command into `folder`, under the name that the pages call it by.
 *
 * @returns the folder that belongs on the path
 */
export function installCommand(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const program = `#!/bin/sh\nexec '${process.execPath}' '${packagePath('dist/cli.js')}' "$@"\n`;
  writeFileSync(join(bin, 'sextant'), program, { mode: 0o755 });
  return bin;
}
