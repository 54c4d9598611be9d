import { dirname, resolve } from 'node:path';

/** Paths in a config file start from its folder, so that it means the same wherever a command is run from. */
export function resolvePath(path: string, file: string): string {
  return resolve(dirname(file), path);
}

export function resolveOptional(path: string | undefined, file: string): string | undefined {
  return path === undefined ? undefined : resolvePath(path, file);
}
