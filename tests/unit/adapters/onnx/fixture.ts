import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Json } from '../../../../src/lib/json.js';

/** What Python made of a text: `models/train/export_trunk.py --fixture` writes these. */
export interface FixtureRow {
  readonly text: string;
  /** Start and end token included. */
  readonly ids: readonly number[];
  /** Of the fp32 model; empty for a blank text. */
  readonly vector: readonly number[];
}

/** The shipped models, or others of the same shape that are to be tried before they are. */
export const MODELS =
  process.env['SEXTANT_TEST_MODELS'] ?? fileURLToPath(new URL('../../../../models', import.meta.url));

const manifest = JSON.parse(readFileSync(`${MODELS}/manifest.json`, 'utf8')) as {
  readonly models: readonly { readonly files: readonly { readonly role: string }[] }[];
};

/** False for models that only give vectors. */
export const MODELS_HAVE_HEADS = manifest.models.some(({ files }) =>
  files.some(({ role }) => role === 'heads'),
);

export const FIXTURE = JSON.parse(
  readFileSync(new URL('./fixture.json', import.meta.url), 'utf8'),
) as readonly FixtureRow[];

export const tokenizerJson = (): Json =>
  JSON.parse(readFileSync(`${MODELS}/encoder/tokenizer.json`, 'utf8')) as Json;

export function cosine(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let dot = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let i = 0; i < left.length; i += 1) {
    const a = left[i] ?? Number.NaN;
    const b = right[i] ?? Number.NaN;
    dot += a * b;
    leftSquares += a * a;
    rightSquares += b * b;
  }
  return dot / Math.sqrt(leftSquares * rightSquares);
}
