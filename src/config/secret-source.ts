import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { ok } from '../lib/result.js';
import { Secret } from '../lib/secret.js';
import { onceForEach } from './once.js';
import { type ReadSecretFile, readSecretFile, type SecretContext } from './secrets.js';

/**
 * Whether the secrets that a config names have to be there. `assumed`: one that is not counts as there, for whoever looks
 * at a config in another place than where it is served. What is there is looked at all the same.
 */
export type SecretsAre = 'needed' | 'assumed';

/** Long enough for any of them, and another for each: two that are the same would be a finding. */
function assumed(name: string): string {
  return `assumed-${createHash('sha256').update(name).digest('hex')}`;
}

/** Reads each file once: what is checked is what is taken. */
export function secretsFor(file: string, are: SecretsAre): Required<SecretContext> {
  return are === 'needed'
    ? { file, env: process.env, readFile: onceForEach(readSecretFile) }
    : { file, env: assumedEnvironment(), readFile: onceForEach(readOrAssume) };
}

const readOrAssume: ReadSecretFile = (path) =>
  existsSync(path) ? readSecretFile(path) : ok(new Secret(assumed(path)));

function assumedEnvironment(): NodeJS.ProcessEnv {
  return new Proxy(process.env, { get: (env, name) => Reflect.get(env, name) ?? assumed(String(name)) });
}
