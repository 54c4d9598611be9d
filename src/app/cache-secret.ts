import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from '../telemetry/contract.js';

/** Shorter ones can be guessed. Bytes. */
const SECRET_BYTES_MIN = 16;
/** A secret is a line; what is longer is some other file. Bytes. */
const SECRET_BYTES_MAX = 4096;
const RANDOM_BYTES = 32;

const OTHERS_MAY_READ = 0o004;
/** A file of another owner, as in a mounted volume, is given to us by its group; our own needs no group. */
const GROUP_MAY_READ = 0o040;

/** Where the secret that keys the cache's hashes may come from, the first that is there first. */
export interface SecretSources {
  /** The value of SEXTANT_CACHE_SECRET. */
  readonly fromEnvironment: string | undefined;
  /** A file that an operator keeps. */
  readonly file: string | undefined;
  /** Kept with the entries where several processes share a store. */
  readonly shared?: (() => Promise<Uint8Array>) | undefined;
  /** The file that the entries are kept in; the secret stands beside it. */
  readonly persistPath: string | undefined;
  readonly logger: Logger;
}

/**
 * The secret that keys the hashes of tenants, partitions and questions. Entries outlive a restart only if it does.
 *
 * @throws Error when a secret is too short, or its file cannot be read or may be read by others; the message says
 *   what to do and never holds the secret
 */
export async function cacheSecret(sources: SecretSources): Promise<Uint8Array> {
  const { fromEnvironment, file, shared, persistPath } = sources;
  if (fromEnvironment !== undefined && fromEnvironment !== '') {
    return longEnough(Buffer.from(fromEnvironment, 'utf8'), 'SEXTANT_CACHE_SECRET');
  }
  if (file !== undefined) return readSecret(file);
  if (shared !== undefined) return keptWithEntries(shared, sources.logger);
  return persistPath === undefined ? randomBytes(RANDOM_BYTES) : keptBeside(`${persistPath}.secret`, sources);
}

/** A store that is not there keeps nobody from serving; without its secret this process shares no hits. */
async function keptWithEntries(shared: () => Promise<Uint8Array>, logger: Logger): Promise<Uint8Array> {
  let secret: Uint8Array;
  try {
    secret = await shared();
  } catch {
    logger.warn(
      {},
      'the secret of the cache could not be read from its store; this process shares no hits until it starts again',
    );
    return randomBytes(RANDOM_BYTES);
  }
  logger.warn(
    {},
    'the secret of the cache is kept with its entries: whoever can read the store can test guesses at what was ' +
      'asked; set SEXTANT_CACHE_SECRET or semantic_cache.secret_file on every replica',
  );
  return longEnough(secret, 'the secret that the store holds');
}

/** Made by the first process that starts; `wx` lets only one of several make it. */
function keptBeside(path: string, { logger }: SecretSources): Uint8Array {
  try {
    // A store that keeps its entries here has made the folder before; nothing here leans on that order.
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, randomBytes(RANDOM_BYTES).toString('hex'), { flag: 'wx', mode: 0o600, flush: true });
    logger.warn(
      { path },
      'made a random secret for the cache; it stands beside the entries, so that a copy of the folder holds both: set ' +
        'SEXTANT_CACHE_SECRET or semantic_cache.secret_file to keep them apart',
    );
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') {
      throw new Error(
        `${path}: the secret of the cache cannot be written (${codeOf(thrown)}); check the folder`,
      );
    }
  }
  return readSecret(path);
}

function readSecret(path: string): Uint8Array {
  const bytes = readBounded(path);
  // Editors end a file with a newline, which is no part of the secret.
  return longEnough(Buffer.from(bytes.toString('latin1').trim(), 'latin1'), path);
}

function readBounded(path: string): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (thrown) {
    throw new Error(`${path}: the secret of the cache cannot be read (${codeOf(thrown)}); check the path`);
  }
  try {
    // Asked of the open file, so that what is checked is what is read.
    const { mode, uid, size } = fstatSync(descriptor);
    const forbidden = uid === process.getuid?.() ? OTHERS_MAY_READ | GROUP_MAY_READ : OTHERS_MAY_READ;
    if ((mode & forbidden) !== 0) {
      throw new Error(`${path}: other users may read the secret of the cache; run chmod 600 on it`);
    }
    if (size > SECRET_BYTES_MAX) {
      throw new Error(
        `${path}: is larger than ${SECRET_BYTES_MAX} bytes, so it is no secret; check the path`,
      );
    }
    const bytes = Buffer.alloc(SECRET_BYTES_MAX);
    return bytes.subarray(0, readSync(descriptor, bytes));
  } finally {
    closeSync(descriptor);
  }
}

function longEnough(secret: Uint8Array, where: string): Uint8Array {
  if (secret.length >= SECRET_BYTES_MIN) return secret;
  throw new Error(
    `${where}: a secret needs ${SECRET_BYTES_MIN} bytes or more but has ${secret.length}; make one with ` +
      'openssl rand -hex 32',
  );
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown reason';
}
