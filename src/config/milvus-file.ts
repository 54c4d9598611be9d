import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { checked, err, ok, type Result } from '../lib/result.js';
import type { Secret } from '../lib/secret.js';
import type { MilvusConfig } from './config.js';
import { CONFIG_BYTES_MAX, DEFAULTS } from './defaults.js';
import { readDocument } from './document.js';
import { explainIssue } from './explain.js';
import { host, port, section } from './fields.js';
import { onceForEach, READ_ONCE } from './once.js';
import { resolvePath } from './paths.js';
import { atValue, type ConfigProblem, type Finding, inFileOrder } from './problems.js';
import { expand, type ReadSecretFile, readSecretFile, type SecretContext, secretFile } from './secrets.js';

/**
 * Reads the file that `backend_config_path` names. Paths in it start from its own folder; `${NAME}` in user name or
 * password is taken from the environment, and the password from a file, so that this one holds no secret.
 */
export function loadMilvusFile(
  file: string,
  around: MilvusFileContext = {},
): Result<MilvusConfig, readonly ConfigProblem[]> {
  const whole = (message: string): Result<never, readonly ConfigProblem[]> =>
    err([{ file, line: 1, column: 1, path: '', message }]);
  let text: string;
  try {
    if (statSync(file).size > CONFIG_BYTES_MAX) return whole(`is larger than ${CONFIG_BYTES_MAX} bytes`);
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch {
    return whole('cannot be read as UTF-8 text; check semantic_cache.backend_config_path');
  }
  return parseMilvusFile(text, file, around);
}

/** What else the file is held against. */
export interface MilvusFileContext {
  /** Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly readSecret?: ReadSecretFile;
  /** The time that a request has for its reads, all together. Milliseconds. */
  readonly readsMs?: number;
}

export function parseMilvusFile(
  text: string,
  file: string,
  { env = process.env, readsMs, readSecret = onceForEach(readSecretFile) }: MilvusFileContext = {},
): Result<MilvusConfig, readonly ConfigProblem[]> {
  const read = readDocument(text, file, {});
  if (!read.ok) return read;
  const document = read.value;
  const secrets = { file, env, readFile: readSecret };
  const parsed = milvusSchema.safeParse(document.value ?? {}, READ_ONCE);
  const findings = parsed.success
    ? [...meaningFindings(parsed.data, secrets), ...deadlineFindings(parsed.data, readsMs)]
    : parsed.error.issues.flatMap((issue) => explainIssue(issue, document.value));
  if (!parsed.success || findings.length > 0) {
    return err(inFileOrder(findings.map((finding) => document.problem(finding))));
  }
  return ok(resolveMilvus(parsed.data, secrets));
}

/** Reads of one request. */
const READS = 2;

/** Milvus takes letters, digits and underscores; room is left for the endings of our own collections. */
const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/, {
  error: 'is no usable name; take up to 200 letters, digits and "_", and begin with a letter or "_"',
});

const connection = section({
  host: host.default(DEFAULTS.milvus.host),
  port: port.default(DEFAULTS.milvus.port),
  database: identifier.default(DEFAULTS.milvus.database),
  timeout: z.number().positive().max(600).default(DEFAULTS.milvus.timeoutS),
  auth: section({
    enabled: z.boolean().default(false),
    username: z.string().max(256).default(''),
    password: z.string().max(1024).default(''),
    password_file: secretFile.optional(),
  }).prefault({}),
  tls: section({
    enabled: z.boolean().default(false),
    cert_file: z.string().max(4096).default(''),
    key_file: z.string().max(4096).default(''),
    ca_file: z.string().max(4096).default(''),
    server_name: host.optional(),
  }).prefault({}),
});

const collection = section({
  name: identifier.default(DEFAULTS.milvus.collection),
  description: z.string().max(1000).default(DEFAULTS.milvus.description),
  vector_field: section({
    name: identifier.default(DEFAULTS.milvus.vectorField),
    dimension: z
      .custom<number | 'auto'>((value) => value === 'auto' || isDimension(value), {
        error: 'is neither "auto" nor a whole number of dimensions from 1 to 32768; leave it out',
      })
      .default('auto'),
    // Vectors of the encoder have length 1, for which these two order alike; L2 counts the other way round.
    metric_type: z.enum(['IP', 'COSINE']).default('IP'),
  }).prefault({}),
  index: section({
    type: z.enum(['HNSW', 'FLAT', 'AUTOINDEX']).default('HNSW'),
    params: section({
      M: z.int().min(2).max(2048).default(DEFAULTS.milvus.m),
      efConstruction: z.int().min(8).max(32_768).default(DEFAULTS.milvus.efConstruction),
    }).prefault({}),
  }).prefault({}),
  search_params: section({ ef: z.int().min(8).max(32_768).default(DEFAULTS.milvus.ef) }).prefault({}),
  consistency_level: z
    .enum(['Strong', 'Session', 'Bounded', 'Eventually'])
    .default(DEFAULTS.milvus.consistencyLevel),
});

const milvusSchema = section({
  connection: connection.prefault({}),
  collection: collection.prefault({}),
  deadline_ms: z.int().min(1).max(10_000).default(DEFAULTS.milvus.deadlineMs),
});

type MilvusText = z.output<typeof milvusSchema>;

function isDimension(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 32_768;
}

const EMPTY = `is empty while auth is enabled; write it, or $\{NAME} of a variable`;

function meaningFindings(text: MilvusText, secrets: Secrets): readonly Finding[] {
  const { auth, tls } = text.connection;
  const findings: Finding[] = [];
  const add = (path: Finding['path'], message: string): number =>
    findings.push(atValue(['connection', ...path], message));
  if (auth.enabled) {
    const username = usernameOf(auth, secrets);
    if (!username.ok) add(['auth', 'username'], username.error);
    const password = passwordOf(auth, secrets);
    if (!password.ok)
      add(['auth', auth.password_file === undefined ? 'password' : 'password_file'], password.error);
  }
  if (tls.enabled) {
    if ((tls.cert_file === '') !== (tls.key_file === ''))
      add(['tls'], 'has one of cert_file and key_file; a client certificate needs both, or leave both empty');
    for (const key of ['cert_file', 'key_file', 'ca_file'] as const) {
      if (tls[key] !== '' && !isReadable(resolvePath(tls[key], secrets.file)))
        add(['tls', key], 'leads to no readable file; paths start from the folder of this file');
    }
  }
  return findings;
}

/** A request reads twice, by its exact words and by its meaning, and Envoy gives up on one that takes too long. */
function deadlineFindings(text: MilvusText, readsMs: number | undefined): readonly Finding[] {
  if (readsMs === undefined || READS * text.deadline_ms < readsMs) return [];
  const message =
    `twice this and encoder.deadline_ms together must stay below limits.message_timeout_ms, when Envoy gives up; ` +
    `take less than ${Math.floor(readsMs / READS)}, or raise that`;
  return [atValue(['deadline_ms'], message)];
}

function isReadable(path: string): boolean {
  try {
    return statSync(path).isFile() && readFileSync(path).length > 0;
  } catch {
    return false;
  }
}

type Secrets = Required<SecretContext>;
type Auth = MilvusText['connection']['auth'];

function usernameOf({ username }: Auth, { env }: Secrets): Result<Secret, string> {
  return username === '' ? err(EMPTY) : expand(username, env);
}

function passwordOf(
  { password, password_file: path }: Auth,
  { file, env, readFile }: Secrets,
): Result<Secret, string> {
  if (path === undefined) return password === '' ? err(EMPTY) : expand(password, env);
  return password === ''
    ? readFile(resolvePath(path, file))
    : err('stands beside password; keep one of the two');
}

function resolveMilvus(text: MilvusText, secrets: Secrets): MilvusConfig {
  const { auth, tls, timeout, ...address } = text.connection;
  const { vector_field: vector, index, search_params: search } = text.collection;
  const path = (value: string) => (value === '' ? undefined : resolvePath(value, secrets.file));
  return {
    ...address,
    connectTimeoutMs: timeout * 1000,
    auth: auth.enabled
      ? {
          username: checked(usernameOf(auth, secrets), 'connection.auth').reveal(),
          password: checked(passwordOf(auth, secrets), 'connection.auth'),
        }
      : undefined,
    tls: tls.enabled
      ? {
          certFile: path(tls.cert_file),
          keyFile: path(tls.key_file),
          caFile: path(tls.ca_file),
          serverName: tls.server_name,
        }
      : undefined,
    collection: text.collection.name,
    description: text.collection.description,
    vectorField: vector.name,
    dimension: vector.dimension === 'auto' ? undefined : vector.dimension,
    metricType: vector.metric_type,
    index: { type: index.type, m: index.params.M, efConstruction: index.params.efConstruction },
    ef: search.ef,
    consistencyLevel: text.collection.consistency_level,
    deadlineMs: text.deadline_ms,
  };
}
