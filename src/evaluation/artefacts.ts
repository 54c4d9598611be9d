import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What makes the models and what describes them is not part of them. */
const ARTEFACT = /\.(onnx|bin|json)$/;

/** Bytes of the model files below a folder: weights, tokenizers and what belongs to them. */
export async function artefactBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  let bytes = 0;
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !ARTEFACT.test(entry.name) || path.startsWith(join(folder, 'train'))) continue;
    bytes += (await stat(path)).size;
  }
  return bytes;
}
