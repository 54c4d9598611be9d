import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ROOT } from './processes.js';

/** The Envoy to measure with: the one named, else the one on the path, else the one that `make setup` fetched. */
export async function findEnvoyBinary(named: string | undefined): Promise<string> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'envoy'));
  const candidates = named === undefined ? [...onPath, join(ROOT, '.tools/envoy/envoy/_bin/envoy')] : [named];
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) return candidate;
  }
  throw new Error('no Envoy found; run `make setup`, or name one with --envoy=PATH');
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
