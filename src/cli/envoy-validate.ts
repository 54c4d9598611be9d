import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderEnvoy } from '../render/envoy.js';
import { openConfig } from './config-option.js';
import { findEnvoy } from './envoy-binary.js';
import { CliError, FAILED, OK, type Output, USAGE } from './output.js';
import { run } from './run.js';

export interface EnvoyValidateOptions {
  readonly config?: string;
  readonly set: readonly string[];
  readonly envoy?: string;
  readonly json?: boolean;
}

const VALIDATE_TIMEOUT_MS = 60_000;

/** `sextant envoy validate`: lets Envoy itself judge an Envoy YAML, or the one rendered from a `sextant.yaml`. */
export async function envoyValidate(
  file: string | undefined,
  options: EnvoyValidateOptions,
  output: Output,
): Promise<number> {
  if ((file === undefined) === (options.config === undefined)) {
    throw new CliError('Name either an Envoy YAML file, or a sextant.yaml with --config.', USAGE);
  }
  const yaml =
    options.config === undefined
      ? undefined
      : renderEnvoy(openConfig(options.config, options.set, 'assumed'));
  const envoy = await findEnvoy({ path: options.envoy, install: true, log: (line) => output.err(line) });
  const folder = mkdtempSync(join(tmpdir(), 'sextant-validate-'));
  try {
    const rendered = join(folder, 'envoy.yaml');
    if (yaml !== undefined) writeFileSync(rendered, yaml);
    const problem = await envoyProblem(envoy, file ?? rendered);
    if (options.json === true)
      output.out(JSON.stringify({ accepted: problem === undefined, problem: problem ?? null }));
    else if (problem === undefined) output.out('Envoy accepts the configuration.');
    else output.err(`Envoy refuses the configuration:\n${problem}`);
    return problem === undefined ? OK : FAILED;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What Envoy has against a configuration file; undefined when it would start with it. */
export async function envoyProblem(envoy: string, file: string): Promise<string | undefined> {
  const args = ['--mode', 'validate', '--log-level', 'error', '-c', file];
  const { ok, text } = await run(envoy, args, { timeoutMs: VALIDATE_TIMEOUT_MS });
  return ok ? undefined : text;
}
