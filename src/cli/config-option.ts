import { parse } from 'yaml';
import type { Config } from '../config/config.js';
import type { Overrides } from '../config/document.js';
import { loadConfig } from '../config/load.js';
import { formatProblem } from '../config/problems.js';
import type { SecretsAre } from '../config/secret-source.js';
import { err, type Result } from '../lib/result.js';
import { CliError, messageOf, USAGE } from './output.js';

/**
 * Loads a config file for a verb that cannot go on without it.
 *
 * @param sets what `--set` gave: `PATH=VALUE`, the value in YAML, put in place of the file's own
 * @throws CliError with one line per problem, each `file:line:column: …`
 */
export function openConfig(file: string, sets: readonly string[] = [], secretsAre?: SecretsAre): Config {
  const loaded = loaderOf(file, sets, secretsAre)();
  if (loaded.ok) return loaded.value;
  throw new CliError(loaded.error.join('\n'));
}

/** Reads the same file again later; problems are lines with their place. */
export function loaderOf(
  file: string,
  sets: readonly string[] = [],
  secretsAre?: SecretsAre,
): () => Result<Config, readonly string[]> {
  const overrides = overridesOf(sets);
  return () => {
    const loaded = loadConfig(file, overrides, secretsAre);
    return loaded.ok ? loaded : err(loaded.error.map(formatProblem));
  };
}

export function overridesOf(sets: readonly string[]): Overrides {
  return Object.fromEntries(sets.map(overrideOf));
}

function overrideOf(set: string): [string, unknown] {
  const at = set.indexOf('=');
  if (at < 1) throw new CliError(`--set takes PATH=VALUE, such as listen.port=8802; got "${set}".`, USAGE);
  const path = set.slice(0, at);
  try {
    return [path, parse(set.slice(at + 1))];
  } catch (thrown) {
    throw new CliError(`--set ${path}: the value is not YAML: ${messageOf(thrown)}`, USAGE);
  }
}
