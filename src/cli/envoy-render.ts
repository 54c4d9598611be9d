import { writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { renderEnvoy } from '../render/envoy.js';
import { openConfig } from './config-option.js';
import { CliError, messageOf, OK, type Output } from './output.js';

export interface EnvoyRenderOptions {
  readonly config: string;
  readonly set: readonly string[];
  /** The file to write; standard output without it. */
  readonly out?: string;
  readonly json?: boolean;
}

/** `sextant envoy render`: writes the Envoy configuration that belongs to a `sextant.yaml`. */
export function envoyRender(options: EnvoyRenderOptions, output: Output): number {
  const yaml = renderEnvoy(openConfig(options.config, options.set));
  const text = options.json === true ? `${JSON.stringify(parse(yaml))}\n` : yaml;
  if (options.out === undefined) {
    output.out(text.trimEnd());
    return OK;
  }
  try {
    writeFileSync(options.out, text);
  } catch (thrown) {
    throw new CliError(`${options.out} cannot be written: ${messageOf(thrown)}`);
  }
  output.err(`wrote ${options.out}`);
  return OK;
}
