import { accessSync, constants, lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../config/config.js';
import { type Finding, findingsOf } from './finding.js';

const files = findingsOf('files');

/** Whether what Sextant writes while it runs can be written. It serves without; what is not kept is gone at the next start. */
export function fileFindings(config: Config): readonly Finding[] {
  const { recording, learningPath, semanticCache } = config;
  const written: readonly (readonly [string, string | undefined])[] = [
    ['recording.path', recording?.path],
    ['learning.path', learningPath],
    ['semantic_cache.persist_path', semanticCache.persistPath],
  ];
  return written.flatMap(([key, path]) => (path === undefined ? [] : [fileFinding(key, path)]));
}

function fileFinding(key: string, path: string): Finding {
  if (!mayWriteInto(dirname(path))) return files.problem(...noFolder(key, path));
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile())
    return files.problem(`${key}: ${path} is there and no file`, `move it away, or choose another ${key}`);
  return files.good(`${key}: ${path} can be written`);
}

export function mayWriteInto(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What is said of a file whose folder is none, and what to do about it. */
export function noFolder(key: string, path: string): readonly [says: string, todo: string] {
  return [
    `${key}: the folder of ${path} is not there, or this user may not write into it`,
    `make ${dirname(path)} and give it to the user that runs Sextant, or choose another ${key}`,
  ];
}
