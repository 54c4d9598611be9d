import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { acceptText, readConfigText } from '../config/load.js';
import { type ConfigProblem, formatProblems } from '../config/problems.js';
import type { Result } from '../lib/result.js';
import { renderKubernetes } from '../render/kubernetes.js';
import { type KubernetesOptions, type PolicyFile, podSettings } from '../render/kubernetes-options.js';
import { CliError, type Output, USAGE } from './output.js';
import { writeOrPrint } from './write-text.js';

export interface K8sRenderOptions extends Omit<KubernetesOptions, 'drainS'> {
  readonly config: string;
  readonly drain: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** What a ConfigMap may weigh, with something left for its names. Bytes. */
const CONFIG_MAP_BYTES_MAX = 1024 * 1024 - 16 * 1024;

/** Keys of a policy that name a file to be read at start, wherever they stand. */
const FILE_KEYS: ReadonlySet<string> = new Set(['backend_config_path', 'examples_file']);

/** `sextant k8s render`: writes manifests that run a `sextant.yaml`, with the files that it names beside it. */
export function k8sRender(options: K8sRenderOptions, output: Output): number {
  checkNames(options);
  const text = accepted(readConfigText(options.config));
  const { config, document } = accepted(acceptText(text, options.config, podSettings(options)));
  const files = [{ path: 'sextant.yaml', text }, ...namedFiles(document.value, dirname(options.config))];
  const bytes = files.reduce((sum, file) => sum + Buffer.byteLength(file.text), 0);
  if (bytes > CONFIG_MAP_BYTES_MAX) {
    throw new CliError(
      `sextant.yaml and the files that it names are ${bytes} bytes; a ConfigMap takes ${CONFIG_MAP_BYTES_MAX}.`,
    );
  }
  const yaml = renderKubernetes(config, files, { ...options, drainS: options.drain });
  const written = options.json === true ? `${asList(yaml)}\n` : yaml;
  return writeOrPrint(written, options.out, output);
}

/** Documents of YAML as the one object that JSON has for them. */
function asList(yaml: string): string {
  const items = parseAllDocuments(yaml).map((document): unknown => document.toJS());
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

function checkNames({ name, namespace }: K8sRenderOptions): void {
  for (const [option, value] of [
    ['--name', name],
    ['--namespace', namespace],
  ]) {
    // The longest suffix of an object's name is nine letters, and a Service takes 63.
    if (value === undefined || /^[a-z]([a-z0-9-]{0,51}[a-z0-9])?$/.test(value)) continue;
    throw new CliError(`${option} takes up to 53 small letters, digits and hyphens; got "${value}".`, USAGE);
  }
}

function accepted<Value>(result: Result<Value, readonly ConfigProblem[]>): Value {
  if (result.ok) return result.value;
  throw new CliError(formatProblems(result.error));
}

function namedFiles(value: unknown, folder: string): readonly PolicyFile[] {
  const paths = new Set(pathsIn(value).filter((path) => !isAbsolute(path)));
  return [...paths].map((path) => {
    const plain = normalize(path);
    if (!/^[A-Za-z0-9_-][A-Za-z0-9_.-]*(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$/.test(plain)) {
      throw new CliError(
        `${path} has no place in a ConfigMap; put it beside sextant.yaml, or mount it yourself.`,
      );
    }
    return { path: plain, text: readFileSync(join(folder, plain), 'utf8') };
  });
}

function pathsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    FILE_KEYS.has(key) && typeof inner === 'string' ? [inner] : pathsIn(inner),
  );
}
