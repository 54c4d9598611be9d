import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RoutedPrompt } from '../learn/routed-prompt.js';
import type { Embedding, HeadName } from '../signals/contract.js';
import { DataError } from './data-error.js';
import { encodeAll } from './encode-all.js';
import { type EvaluationTools, headsOf } from './evaluation.js';

export interface PromptTools extends Pick<EvaluationTools, 'workers' | 'progress'> {
  readonly encoder: EvaluationTools['encoder'] & { readonly headsHash?: string | undefined };
  /** Where passes are kept, by the texts and the model; left out, nowhere. It holds numbers and no text. */
  readonly cacheDir?: string | undefined;
}

const HEADS: readonly HeadName[] = ['domain', 'intent', 'difficulty', 'guard', 'document'];
/** Tokens, share of unknown ones, and whether the text was too long. */
const SCALARS = 3;
const KEPT_MAX = 8;

/** What a router reads of each text. @throws DataError when the model has no heads */
export async function routedPrompts(
  texts: readonly string[],
  tools: PromptTools,
): Promise<readonly RoutedPrompt[]> {
  const layout = layoutOf(tools);
  const file = tools.cacheDir === undefined ? undefined : join(tools.cacheDir, `${keyOf(texts, tools)}.f32`);
  const bytes = 4 * texts.length * layout.width;
  const kept = file === undefined ? undefined : await readKept(file, bytes);
  const numbers = kept ?? (await passes(texts, tools, layout));
  if (file !== undefined && kept === undefined) await keep(file, numbers);
  return texts.map((text, row) => {
    return {
      text,
      embedding: embeddingAt(numbers.subarray(row * layout.width, (row + 1) * layout.width), layout),
    };
  });
}

interface Layout {
  readonly dimension: number;
  readonly features: number;
  readonly heads: Readonly<Record<HeadName, number>>;
  readonly width: number;
}

function layoutOf({ encoder }: PromptTools): Layout {
  const specs = headsOf(encoder);
  const heads = Object.fromEntries(HEADS.map((name) => [name, specs[name].labels.length]));
  const answers = HEADS.reduce((sum, name) => sum + specs[name].labels.length, 0);
  // Heads of a user's own read as many features as the embedding has numbers.
  const width = 2 * encoder.dimension + answers + SCALARS;
  return {
    dimension: encoder.dimension,
    features: encoder.dimension,
    heads: heads as Layout['heads'],
    width,
  };
}

async function passes(texts: readonly string[], tools: PromptTools, layout: Layout): Promise<Float32Array> {
  const numbers = new Float32Array(texts.length * layout.width);
  await encodeAll(texts, tools, (embedding, row) => {
    numbers.set(rowOf(embedding, layout), row * layout.width);
  });
  return numbers;
}

function rowOf({ vector, heads, tokens, unknownShare, truncated }: Embedding, layout: Layout): Float32Array {
  if (heads === undefined || heads.features.length !== layout.features)
    throw new DataError('the models folder has no heads; name another with --models');
  const row = new Float32Array(layout.width);
  let at = 0;
  for (const part of [vector, heads.features, ...HEADS.map((name) => heads.probabilities[name])]) {
    row.set(part, at);
    at += part.length;
  }
  row.set([tokens, unknownShare, truncated ? 1 : 0], at);
  return row;
}

function embeddingAt(row: Float32Array, { dimension, features, heads }: Layout): Embedding {
  let at = dimension + features;
  const probabilities = HEADS.map((name) => {
    const part = row.subarray(at, at + heads[name]);
    at += heads[name];
    return [name, part] as const;
  });
  const [tokens = 0, unknownShare = 0, truncated = 0] = row.subarray(at);
  return {
    vector: row.subarray(0, dimension),
    tokens,
    unknownShare,
    truncated: truncated > 0,
    heads: {
      features: row.subarray(dimension, dimension + features),
      probabilities: Object.fromEntries(probabilities) as Record<HeadName, Float32Array>,
      spans: [],
    },
  };
}

function keyOf(texts: readonly string[], { encoder }: PromptTools): string {
  const hash = createHash('sha256').update(`${encoder.hash}\n${encoder.headsHash ?? ''}\n`);
  for (const text of texts) hash.update(`${text.length}\n${text}`);
  return hash.digest('hex').slice(0, 32);
}

async function readKept(file: string, bytes: number): Promise<Float32Array | undefined> {
  try {
    if ((await stat(file)).size !== bytes) return undefined;
    const { buffer, byteOffset } = await readFile(file);
    return new Float32Array(buffer.slice(byteOffset, byteOffset + bytes));
  } catch {
    return undefined;
  }
}

/** What cannot be kept is encoded again the next time. The oldest files make room. */
async function keep(file: string, numbers: Float32Array): Promise<void> {
  const dir = join(file, '..');
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(`${file}.part`, numbers);
    await rename(`${file}.part`, file);
    const names = (await readdir(dir)).filter((name) => name.endsWith('.f32'));
    const dated = await Promise.all(
      names.map(async (name) => ({ path: join(dir, name), at: (await stat(join(dir, name))).mtimeMs })),
    );
    const old = dated.toSorted((a, b) => b.at - a.at).slice(KEPT_MAX);
    await Promise.all(old.map(({ path }) => rm(path, { force: true })));
  } catch {
    return;
  }
}
