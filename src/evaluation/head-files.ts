import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { OutOfScopeRule } from '../signals/custom-head.js';
import { type CustomHead, EVIDENCE_COUNT, HEAD_WIDTH } from '../signals/custom-head.js';
import { DataError } from './data-error.js';
import { type PackedRows, packedBytes, packRows, unpackRows } from './packed-rows.js';

/** What a head was made from and how well it did; nothing of the texts. */
export interface HeadOrigin {
  readonly rows: number;
  readonly labelCounts: Readonly<Record<string, number>>;
  /** Figures on rows that the head did not see when it was measured. */
  readonly metrics: Readonly<Record<string, number>>;
}

export const LABELS_MAX = 1000;
const HEAD_FILE = 'head.json';
const WEIGHTS_FILE = 'weights.bin';
const HEAD_BYTES_MAX = 1024 * 1024;

const headSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().regex(/^[\w.-]{1,64}$/),
  labels: z.array(z.string().min(1).max(200)).min(2).max(LABELS_MAX),
  encoder_hash: z.string().regex(/^[0-9a-f]{64}$/),
  features: z.literal(HEAD_WIDTH),
  temperature: z.number().positive().max(1000),
  out_of_scope: z.strictObject({
    label: z.string().min(1).max(200),
    coefficients: z.array(z.number()).length(EVIDENCE_COUNT),
    bias: z.number(),
    threshold: z.number().min(0).max(1),
  }),
  made_from: z.strictObject({
    rows: z.int().nonnegative(),
    label_counts: z.record(z.string(), z.int().nonnegative()),
  }),
  metrics: z.record(z.string(), z.number()),
});

/**
 * Writes `head.json` and `weights.bin`. The weights are kept as 8-bit numbers with a scale for each row, which costs
 * a fourth of the space and no accuracy that can be measured.
 *
 * @throws DataError when the folder cannot be written
 */
export async function writeHead(dir: string, head: CustomHead, origin: HeadOrigin): Promise<void> {
  const json = {
    version: 1,
    name: head.name,
    labels: [...head.labels],
    encoder_hash: head.encoderHash,
    features: HEAD_WIDTH,
    temperature: head.temperature,
    out_of_scope: { ...head.outOfScope, coefficients: [...head.outOfScope.coefficients] },
    made_from: { rows: origin.rows, label_counts: { ...origin.labelCounts } },
    metrics: { ...origin.metrics },
  } satisfies z.input<typeof headSchema>;
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, WEIGHTS_FILE), pack(head));
    await writeFile(join(dir, HEAD_FILE), `${JSON.stringify(json, null, 2)}\n`);
  } catch (error) {
    throw new DataError(`${dir}: cannot be written (${codeOf(error)}); choose another folder`);
  }
}

/**
 * Reads a head that `writeHead` wrote.
 *
 * @param encoderHash sha256 of the encoder's model file, hex
 * @throws DataError naming the file and what to do, when a file is missing, damaged or too large, and when the head
 *   was trained on another encoder
 */
export async function readHead(dir: string, encoderHash: string): Promise<CustomHead> {
  const path = join(dir, HEAD_FILE);
  const json = parseHead(path, await readFileUpTo(path, HEAD_BYTES_MAX));
  if (json.encoder_hash !== encoderHash) {
    const hashes = `${json.encoder_hash.slice(0, 12)}…, this one is ${encoderHash.slice(0, 12)}…`;
    throw new DataError(
      `${path}: was trained on encoder ${hashes}; train it again with "sextant train head"`,
    );
  }
  const weightsPath = join(dir, WEIGHTS_FILE);
  const count = json.labels.length;
  const bytes = await readFileUpTo(weightsPath, weightsBytes(count));
  if (bytes.length !== weightsBytes(count)) {
    const sizes = `${bytes.length} bytes, ${count} labels need ${weightsBytes(count)}`;
    throw new DataError(`${weightsPath}: is damaged (${sizes}); ${AGAIN}`);
  }
  const weights = unpack(bytes, count);
  if (![weights.weights, weights.biases, weights.centers].every((each) => each.every(Number.isFinite))) {
    throw new DataError(`${weightsPath}: is damaged (it holds numbers that are not finite); ${AGAIN}`);
  }
  const outOfScope: OutOfScopeRule = json.out_of_scope;
  const { name, labels, temperature } = json;
  return { name, labels, encoderHash, temperature, outOfScope, ...weights };
}

const AGAIN = 'restore it, or train the head again';

function parseHead(path: string, bytes: Buffer): z.output<typeof headSchema> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new DataError(`${path}: is not JSON; ${AGAIN}`);
  }
  const parsed = headSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DataError(`${path}: "${issue?.path.join('.') ?? ''}" is not as it must be; ${AGAIN}`);
  }
  if (new Set(parsed.data.labels).size !== parsed.data.labels.length)
    throw new DataError(`${path}: names a label twice; ${AGAIN}`);
  return parsed.data;
}

async function readFileUpTo(path: string, bytesMax: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > bytesMax) throw new DataError(`${path}: is larger than ${bytesMax} bytes; ${AGAIN}`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(
      `${path}: cannot be read (${codeOf(error)}); name the folder that "train head" wrote`,
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}

/** First the rows of the weights, then those of the centers, then the biases as 32-bit floats. */
function pack(head: CustomHead): Buffer {
  const biases = new Uint8Array(head.biases.length * 4);
  const view = new DataView(biases.buffer);
  for (const [index, bias] of head.biases.entries()) view.setFloat32(index * 4, bias, true);
  return Buffer.concat([packRows(head.weights, HEAD_WIDTH), packRows(head.centers, HEAD_WIDTH), biases]);
}

function weightsBytes(count: number): number {
  return 2 * packedBytes(count, HEAD_WIDTH) + 4 * count;
}

function unpack(bytes: Buffer, count: number): Pick<CustomHead, 'weights' | 'centers' | 'biases'> {
  const size = packedBytes(count, HEAD_WIDTH);
  const rowsAt = (start: number): PackedRows => ({
    bytes: bytes.subarray(start, start + size),
    count,
    width: HEAD_WIDTH,
  });
  return {
    weights: unpackRows(rowsAt(0)),
    centers: unpackRows(rowsAt(size)),
    biases: Float32Array.from({ length: count }, (_, index) => bytes.readFloatLE(2 * size + 4 * index)),
  };
}
