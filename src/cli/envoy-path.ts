import { foundEnvoy } from './envoy-binary.js';
import { OK, type Output } from './output.js';

export interface EnvoyPathOptions {
  readonly envoy?: string;
  readonly json?: boolean;
}

/** `sextant envoy path`: prints the Envoy that every other verb would use, and makes sure that there is one. */
export async function envoyPath({ envoy, json }: EnvoyPathOptions, output: Output): Promise<number> {
  const { path, version } = await foundEnvoy({
    path: envoy,
    install: true,
    log: (line) => output.err(line),
  });
  output.out(json === true ? JSON.stringify({ path, version: version ?? null }) : path);
  return OK;
}
