import { parse } from 'yaml';
import { renderEnvoy } from '../render/envoy.js';
import { openConfig } from './config-option.js';
import type { Output } from './output.js';
import { writeOrPrint } from './write-text.js';

export interface EnvoyRenderOptions {
  readonly config: string;
  readonly set: readonly string[];
  /** The file to write; standard output without it. */
  readonly out?: string;
  readonly json?: boolean;
}

/** `sextant envoy render`: writes the Envoy configuration that belongs to a `sextant.yaml`; no secret goes into it. */
export function envoyRender(options: EnvoyRenderOptions, output: Output): number {
  const yaml = renderEnvoy(openConfig(options.config, options.set, 'assumed'));
  const text = options.json === true ? `${JSON.stringify(parse(yaml))}\n` : yaml;
  return writeOrPrint(text, options.out, output);
}
