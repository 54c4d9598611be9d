import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { checked, err, ok, type Result } from '../lib/result.js';
import { Secret } from '../lib/secret.js';
import { resolvePath } from './paths.js';
import { atKey, atValue, type Finding, type Path } from './problems.js';

/** A secret is a line; what is longer is some other file. Bytes. */
const SECRET_BYTES_MAX = 16 * 1024;
/** What ends a line, or has no place in one. A secret may go into a header, where these would begin another. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const CONTROL = /[\u0000-\u001f\u007f]/;
const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]{0,127})\}/g;
const OTHERS_MAY_READ = 0o004;
const GROUP_MAY_READ = 0o040;

/** The schema of a key that holds a secret: text in which `${NAME}` stands for a variable of the environment. */
export const secretText = z.string().min(1).max(4096);

/** The schema of the key beside it, `KEY_file`: the path of a file that holds the secret. */
export const secretFile = z.string().min(1).max(4096);

/** Where names and paths lead from. */
export interface SecretContext {
  /** The config file: paths start from its folder. */
  readonly file: string;
  readonly readFile: ReadSecretFile;
  /** Left out: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Gives the secret in a file, or says what is wrong with it. */
export type ReadSecretFile = (path: string) => Result<Secret, string>;

/** A section of a config file. Of it, `KEY` and `KEY_file` are looked at. */
export type SecretSection = Readonly<Record<string, unknown>>;

/**
 * What is wrong with the secrets of a section: at most one of `KEY` and `KEY_file` may stand there, and it must lead to
 * a line of text. The secret itself has no place in the config file, which is copied about and kept.
 *
 * @param path of the section
 */
export function checkSecrets(
  section: SecretSection,
  keys: readonly string[],
  { path, ...context }: SecretContext & { readonly path: Path },
): readonly Finding[] {
  return keys.flatMap((key): readonly Finding[] => {
    const { text, file } = saidIn(section, key);
    if (text !== undefined && file !== undefined) {
      return [atKey([...path, key], `stands beside ${key}_file; keep one of the two`)];
    }
    const at = [...path, file === undefined ? key : `${key}_file`];
    if (text !== undefined && !isReference(text)) {
      const message = `is written out here, for all who see this file; write $\{NAME} of an environment variable, or ${key}_file`;
      return [atValue(at, message)];
    }
    const read = readSaid({ text, file }, context);
    return read.ok ? [] : [atValue(at, read.error)];
  });
}

/**
 * The secret that stands under `key`, or in the file that `KEY_file` names; undefined where neither is there.
 *
 * @throws Error when the section was not checked first, or the file or the environment has changed since
 */
export function secretOf(section: SecretSection, key: string, context: SecretContext): Secret | undefined {
  return checked(readSaid(saidIn(section, key), context), `${context.file}: ${key}`);
}

/**
 * A text in which each `${NAME}` is replaced by what that variable of the environment holds, as in
 * `Bearer ${COLLECTOR_TOKEN}`; the error names the variable that is not set.
 */
export function expand(text: string, env: NodeJS.ProcessEnv = process.env): Result<Secret, string> {
  let missing: string | undefined;
  const whole = text.replace(REFERENCE, (reference, name: string) => {
    const value = env[name];
    if (value === undefined) missing ??= reference;
    return value ?? '';
  });
  if (missing !== undefined) return err(`names ${missing}, which is not set in the environment; set it`);
  if (whole === '') return err(`names ${text}, which is empty in the environment; set it`);
  if (CONTROL.test(whole)) return err('holds a line break or a control character; a secret is one line');
  return ok(new Secret(whole));
}

/** The secret in a file that nobody else may read; a newline at its end does not count. */
export function readSecretFile(path: string): Result<Secret, string> {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return err('leads to no readable file; check the path, which starts from the folder of this file');
  }
  try {
    // Asked of the open file, so that what is checked is what is read.
    const { mode, uid, size } = fstatSync(descriptor);
    if (size > SECRET_BYTES_MAX)
      return err(`leads to a file above ${SECRET_BYTES_MAX} bytes; check the path`);
    if (isOpenToOthers(mode, uid))
      return err('leads to a file that other users may read; run chmod 600 on it');
    const bytes = Buffer.alloc(SECRET_BYTES_MAX);
    // Editors end a file with a newline, which is no part of the secret.
    return lineOf(bytes.toString('utf8', 0, readSync(descriptor, bytes)).trim());
  } catch {
    return err('leads to no readable file; check the path, which starts from the folder of this file');
  } finally {
    closeSync(descriptor);
  }
}

interface Said {
  readonly text: string | undefined;
  readonly file: string | undefined;
}

function saidIn(section: SecretSection, key: string): Said {
  const text = section[key];
  const file = section[`${key}_file`];
  return {
    text: typeof text === 'string' ? text : undefined,
    file: typeof file === 'string' ? file : undefined,
  };
}

function isReference(text: string): boolean {
  return text.search(REFERENCE) >= 0;
}

function readSaid(
  { text, file }: Said,
  { file: from, readFile, env }: SecretContext,
): Result<Secret | undefined, string> {
  if (file !== undefined) return readFile(resolvePath(file, from));
  return text === undefined ? ok(undefined) : expand(text, env);
}

/** A file of another owner, as in a mounted volume, is given to us by its group; our own needs no group. */
function isOpenToOthers(mode: number, uid: number): boolean {
  const isOurs = uid === process.getuid?.();
  return (mode & OTHERS_MAY_READ) !== 0 || (isOurs && (mode & GROUP_MAY_READ) !== 0);
}

function lineOf(text: string): Result<Secret, string> {
  if (text === '') return err('leads to an empty file; write the secret into it');
  return CONTROL.test(text)
    ? err('leads to a file of more than one line; a secret is one line')
    : ok(new Secret(text));
}
