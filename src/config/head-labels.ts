import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../lib/result.js';
import { INTENTS, OUT_OF_SCOPE } from '../signals/labels.js';
import { suggestion } from './names.js';
import { resolvePath } from './paths.js';
import { atValue, type Finding, type Path } from './problems.js';
import type { ConfigFile } from './schema.js';

/** What a head's description may weigh; it holds names and figures. Bytes. */
const DESCRIPTION_BYTES_MAX = 1024 * 1024;

/** Whether intent signals ask for labels that their head has. `file` is the config file, which paths start from. */
export function checkIntentLabels(config: ConfigFile, file: string): readonly Finding[] {
  return config.signals.flatMap((signal, index) => {
    if (signal.type !== 'intent') return [];
    const path = ['signals', index];
    if (signal.head === undefined) return unknownLabels(signal.any_of, INTENTS, path);
    const labels = readLabels(resolvePath(signal.head, file));
    return labels.ok
      ? unknownLabels(signal.any_of, [...labels.value, OUT_OF_SCOPE], path)
      : [atValue([...path, 'head'], labels.error)];
  });
}

function unknownLabels(wanted: readonly string[], labels: readonly string[], path: Path): readonly Finding[] {
  return wanted.flatMap((label, index) => {
    if (labels.includes(label)) return [];
    const message = `the head has no label "${label.slice(0, 80)}"; ${suggestion(label, labels)}`;
    return [atValue([...path, 'any_of', index], message)];
  });
}

/** The labels alone: whether the head as a whole is sound is seen when it is loaded. */
function readLabels(folder: string): Result<readonly string[], string> {
  const file = join(folder, 'head.json');
  try {
    if (statSync(file).size > DESCRIPTION_BYTES_MAX) {
      return err('leads to a head.json that is too large to be one; check the path');
    }
    const description: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const labels = typeof description === 'object' && description !== null && 'labels' in description;
    const found: unknown = labels ? description.labels : undefined;
    if (Array.isArray(found) && found.every((label) => typeof label === 'string')) return ok(found);
    return err('leads to a head.json without labels; make the head again with `sextant train head`');
  } catch {
    return err('leads to no folder with a readable head.json; make one with `sextant train head`');
  }
}
