import { createHash } from 'node:crypto';
import { open, readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.js';
import { err, ok, type Result } from '../../lib/result.js';

/** One file of a model, as it was when the model was made. */
export interface ModelFile {
  /** What the file is for: `model`, `tokenizer`, `config`, `heads`, `words`, `settings`, `router`, `weights`, `card`. */
  readonly role: string;
  /** Relative to the models folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export interface ModelEntry {
  readonly name: string;
  /** Length of the vectors; 0 for a model that gives none. */
  readonly dimension: number;
  readonly maxTokens: number;
  /** Names of the classes that a head tells apart, or of the models that a router knows; empty for an encoder. */
  readonly labels: readonly string[];
  readonly licence: string;
  readonly files: readonly ModelFile[];
}

export interface ModelManifest {
  readonly models: readonly ModelEntry[];
}

/** One reason why the models of a folder must not be loaded. */
export interface ModelProblem {
  /** The file as the manifest names it, or the manifest itself. */
  readonly file: string;
  readonly problem: 'missing' | 'altered' | 'outside' | 'unreadable';
  /** What is wrong and what to do; of an altered file it holds both hashes. */
  readonly message: string;
}

export const MANIFEST = 'manifest.json';

/** Reads `manifest.json` of the models folder and checks every file that it names, all of them before it answers. */
export async function verifyModels(root: string): Promise<Result<ModelManifest, readonly ModelProblem[]>> {
  const manifest = await readManifest(root);
  if (!manifest.ok) return err([manifest.error]);
  const problems = await checkFiles(root, manifest.value);
  return problems.length === 0 ? manifest : err(problems);
}

/** Holds every file of a manifest against it; none of the problems it gives back may be passed over. */
export async function checkFiles(root: string, manifest: ModelManifest): Promise<readonly ModelProblem[]> {
  const files = manifest.models.flatMap((model) => model.files);
  const checks = await Promise.all(files.map((file) => checkFile(root, file)));
  return checks.filter((problem) => problem !== undefined);
}

/** Reads `manifest.json` of the models folder and looks at none of the files that it names. */
export async function readManifest(root: string): Promise<Result<ModelManifest, ModelProblem>> {
  let text: string;
  try {
    text = await readFile(join(root, MANIFEST), 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return err(problemOf(MANIFEST, 'missing', `cannot be read (${reason}); ${RESTORE}`));
  }
  try {
    return ok(manifestOf(JSON.parse(text) as Json));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return err(problemOf(MANIFEST, 'unreadable', `is not a manifest of models: ${reason}; ${RESTORE}`));
  }
}

const RESTORE = 'restore the models folder from the release or the repository';

function manifestOf(value: Json): ModelManifest {
  const root = objectAt(value, 'the manifest');
  if (root['version'] !== 1) throw new Error('"version" must be 1');
  return { models: listAt(root, 'models').map((model) => entryOf(objectAt(model, 'an item of "models"'))) };
}

function entryOf(model: JsonObject): ModelEntry {
  return {
    name: stringAt(model, 'name'),
    dimension: countAt(model, 'dimension'),
    maxTokens: countAt(model, 'maxTokens'),
    labels: listAt(model, 'labels').map(String),
    licence: stringAt(model, 'licence'),
    files: listAt(model, 'files').map((file) => fileOf(objectAt(file, 'an item of "files"'))),
  };
}

function fileOf(file: JsonObject): ModelFile {
  const sha256 = stringAt(file, 'sha256');
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('"sha256" must be 64 lower-case hex digits');
  return {
    role: stringAt(file, 'role'),
    path: stringAt(file, 'path'),
    bytes: countAt(file, 'bytes'),
    sha256,
  };
}

function objectAt(value: Json, what: string): JsonObject {
  if (!isJsonObject(value)) throw new Error(`${what} must be an object`);
  return value;
}

function listAt(object: JsonObject, key: string): readonly Json[] {
  const value = object[key];
  if (!Array.isArray(value)) throw new Error(`"${key}" must be a list`);
  return value;
}

function stringAt(object: JsonObject, key: string): string {
  const value = object[key];
  if (typeof value !== 'string' || value === '') throw new Error(`"${key}" must be a text`);
  return value;
}

function countAt(object: JsonObject, key: string): number {
  const value = object[key];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new Error(`"${key}" must be a whole number`);
  }
  return value;
}

async function checkFile(root: string, file: ModelFile): Promise<ModelProblem | undefined> {
  const path = resolve(root, file.path);
  if (leaves(root, path)) return outside(file);
  try {
    // A link may lead out of the folder although its name does not.
    if (leaves(await realpath(root), await realpath(path))) return outside(file);
    const { size } = await stat(path);
    const found = await sha256Of(path, size);
    if (size === file.bytes && found === file.sha256) return undefined;
    const message = `was altered: expected sha256 ${file.sha256} (${file.bytes} bytes), found ${found} (${size} bytes)`;
    return problemOf(file.path, 'altered', `${message}; ${RESTORE}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `cannot be read (${reason}), expected sha256 ${file.sha256}; ${RESTORE}`;
    return problemOf(file.path, 'missing', message);
  }
}

function leaves(root: string, path: string): boolean {
  const way = relative(resolve(root), path);
  return way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

function outside(file: ModelFile): ModelProblem {
  return problemOf(file.path, 'outside', `lies outside of the models folder; ${RESTORE}`);
}

function problemOf(file: string, problem: ModelProblem['problem'], message: string): ModelProblem {
  return { file, problem, message: `model file "${file}" ${message}` };
}

async function sha256Of(path: string, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  // One buffer for the whole file: a stream would leave a new one behind with each chunk, as much as the file weighs.
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, bytes + 1));
  const file = await open(path);
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/** Large, because at start every read waits until this thread has loaded another piece of code. */
const CHUNK_BYTES = 1024 * 1024;
