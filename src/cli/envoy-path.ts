import { findEnvoy } from './envoy-binary.js';
import { OK, type Output } from './output.js';

/** `sextant envoy path`: prints the Envoy that every other verb would use, and makes sure that there is one. */
export async function envoyPath(path: string | undefined, output: Output): Promise<number> {
  output.out(await findEnvoy({ path, install: true, log: (line) => output.err(line) }));
  return OK;
}
