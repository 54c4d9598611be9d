import { fileURLToPath } from 'node:url';

/** Where a file of this package lies. Sources and build stand equally deep below the package's root. */
export function packagePath(relative: string): string {
  return fileURLToPath(new URL(`../../${relative}`, import.meta.url));
}
