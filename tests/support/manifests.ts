import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseAllDocuments } from 'yaml';
import { packagePath } from '../../src/cli/package-path.js';
import { ensureWheels } from '../../src/cli/wheel.js';

/** A Kubernetes object as it is written; the tests look into it by name. */
// biome-ignore lint/suspicious/noExplicitAny: its shape is what the schemas are asked about.
export type Manifest = Record<string, any>;

/** The documents of a YAML text that are objects. */
export function manifestsOf(yaml: string): readonly Manifest[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(document.errors.join('\n'));
    const value = document.toJS() as Manifest | null;
    return value === null ? [] : [value];
  });
}

/** The one object of that kind and name. */
export function objectOf(objects: readonly Manifest[], kind: string, name: string): Manifest {
  const found = objects.filter((each) => each['kind'] === kind && each['metadata'].name === name);
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} of ${kind} ${name}`);
  return only;
}

/** Modules whose definitions of resources are read where Go keeps them; `make tools` downloads them. */
const MODULES = {
  'envoy-gateway': 'github.com/envoyproxy/gateway',
  istio: 'istio.io/api',
  'prometheus-operator': 'github.com/prometheus-operator/prometheus-operator',
  compose: 'github.com/compose-spec/compose-go/v2',
} as const;

const VERSIONS = readFileSync(packagePath('tests/support/go-modules.txt'), 'utf8');

/** The folder of a downloaded Go module; undefined where `make tools` was not run. */
export function goModule(name: keyof typeof MODULES): string | undefined {
  const path = MODULES[name];
  const version = VERSIONS.split('\n')
    .find((line) => line.startsWith(`${path}@`))
    ?.slice(path.length + 1);
  const cache = goModCache();
  if (version === undefined || cache === undefined) return undefined;
  const folder = join(cache, `${path}@${version}`);
  return existsSync(folder) ? folder : undefined;
}

let cacheFolder: string | undefined;

function goModCache(): string | undefined {
  cacheFolder ??= spawnSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' }).stdout?.trim() ?? '';
  return cacheFolder === '' ? undefined : cacheFolder;
}

const SCHEMAS = packagePath('.tools/kubernetes-validate');

/** Installs the schemas of Kubernetes; the first test ever does, which takes a while. */
export function installSchemas(): Promise<void> {
  return ensureWheels({
    folder: SCHEMAS,
    requirements: packagePath('tests/support/kubernetes-requirements.txt'),
    dependencies: true,
    announce: () => undefined,
  });
}

/** What is wrong with these objects, a line each. Kinds that Kubernetes does not have need their definitions. */
export async function problemsOf(
  objects: readonly Manifest[],
  crds: readonly string[] = [],
): Promise<readonly string[]> {
  await installSchemas();
  const script = packagePath('tests/support/validate-manifests.py');
  const child = spawn('python3', [script], { env: { ...process.env, PYTHONPATH: SCHEMAS } });
  child.stdin.end(JSON.stringify({ version: '1.37', crds, objects }));
  const [said, failed] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (said === '') throw new Error(failed);
  return JSON.parse(said) as readonly string[];
}
