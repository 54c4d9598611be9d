import { readFileSync, statSync } from 'node:fs';
import { err, ok, type Result } from '../lib/result.js';
import type { Config, MilvusConfig } from './config.js';
import { checkConsistency } from './consistency.js';
import { CONFIG_BYTES_MAX } from './defaults.js';
import { type ConfigDocument, type Overrides, readDocument } from './document.js';
import { checkExampleFiles, loadExamples } from './examples-file.js';
import { explainIssue } from './explain.js';
import { checkIntentLabels } from './head-labels.js';
import { loadMilvusFile } from './milvus-file.js';
import { onceForEach, READ_ONCE } from './once.js';
import { resolvePath } from './paths.js';
import { type ConfigProblem, inFileOrder } from './problems.js';
import { checkReferences } from './references.js';
import { resolveConfig } from './resolve.js';
import { checkRouters } from './router-names.js';
import { type ConfigFile, configSchema } from './schema.js';
import { type SecretsAre, secretsFor } from './secret-source.js';
import type { SecretContext } from './secrets.js';

/** Reads and checks a config file. All problems that can be told at once are told at once, in the file's order. */
export function loadConfig(
  path: string,
  overrides: Overrides = {},
  secretsAre?: SecretsAre,
): Result<Config, readonly ConfigProblem[]> {
  const text = readConfigText(path);
  return text.ok ? parseConfig(text.value, path, overrides, secretsAre) : text;
}

/** The text of a config file, which is no larger than one may be. */
export function readConfigText(path: string): Result<string, readonly ConfigProblem[]> {
  const whole = (message: string): Result<never, readonly ConfigProblem[]> =>
    err([{ file: path, line: 1, column: 1, path: '', message }]);
  try {
    const { size } = statSync(path);
    if (size > CONFIG_BYTES_MAX) return whole(`is larger than ${CONFIG_BYTES_MAX} bytes; check the path`);
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)));
  } catch (error) {
    return whole(unreadable(error));
  }
}

/**
 * Checks a config text. `file` names it in messages, and relative paths in it start from that file's folder.
 * `overrides` are put into the document before it is checked: `{ 'models.0.endpoints': ['127.0.0.1:9999'] }`.
 */
export function parseConfig(
  text: string,
  file: string,
  overrides: Overrides = {},
  secretsAre?: SecretsAre,
): Result<Config, readonly ConfigProblem[]> {
  const accepted = acceptText(text, file, overrides, secretsAre);
  return accepted.ok ? ok(accepted.value.config) : accepted;
}

/** A config that may be served, and the text that it comes from. */
export interface Accepted {
  readonly config: Config;
  readonly document: ConfigDocument;
}

/** As `parseConfig`, for whoever has more to say of places in the text. */
export function acceptText(
  text: string,
  file: string,
  overrides: Overrides = {},
  secretsAre: SecretsAre = 'needed',
): Result<Accepted, readonly ConfigProblem[]> {
  const read = readDocument(text, file, overrides);
  if (!read.ok) return read;
  const document = read.value;
  const parsed = configSchema.safeParse(document.value, READ_ONCE);
  const examples = onceForEach(loadExamples);
  const secrets = secretsFor(file, secretsAre);
  const findings = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => explainIssue(issue, document.value)),
    ...checkReferences(document.value),
    ...(parsed.success ? checkConsistency(parsed.data, secrets) : []),
    ...(parsed.success ? checkIntentLabels(parsed.data, file) : []),
    ...(parsed.success ? checkExampleFiles(parsed.data, file, examples) : []),
    ...(parsed.success ? checkRouters(parsed.data, file) : []),
  ];
  if (findings.length > 0 || !parsed.success) {
    return err(inFileOrder(findings.map((finding) => document.problem(finding))));
  }
  const milvus = milvusOf(parsed.data, secrets);
  if (!milvus.ok) return milvus;
  const beside = { milvus: milvus.value, examples, secrets };
  return ok({ config: resolveConfig(parsed.data, file, beside), document });
}

/** A cache that is switched off may name a file that is not there. */
function milvusOf(
  { semantic_cache: cache, limits, encoder }: ConfigFile,
  { file, env, readFile: readSecret }: Required<SecretContext>,
): Result<MilvusConfig | undefined, readonly ConfigProblem[]> {
  const path = cache.backend_config_path;
  if (!cache.enabled || cache.backend_type !== 'milvus' || path === undefined) return ok(undefined);
  const readsMs = limits.message_timeout_ms - encoder.deadline_ms;
  return loadMilvusFile(resolvePath(path, file), { readsMs, env, readSecret });
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file; check the path, or name another with --config';
  if (code === 'EACCES') return 'may not be read by this user; change its permissions';
  if (code === 'EISDIR') return 'is a folder; name the file in it';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'is not UTF-8 text; save it as UTF-8';
  return `cannot be read (${typeof code === 'string' ? code : 'unknown reason'}); check the path`;
}
