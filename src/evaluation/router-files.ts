import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Router } from '../learn/router.js';
import { floats, type PlainPart, partOf, plainPart, type Tensor } from '../learn/router-parts.js';
import { DataError } from './data-error.js';

/** What a router was made from and how well it did; nothing of the texts. */
export interface RouterOrigin {
  readonly rows: number;
  /** Figures on rows that such a router was not trained on. */
  readonly metrics: Readonly<Record<string, number>>;
}

const ROUTER_FILE = 'router.json';
const WEIGHTS_FILE = 'weights.bin';
const ROUTER_BYTES_MAX = 1024 * 1024;
const WEIGHTS_BYTES_MAX = 64 * 1024 * 1024;
const NUMBERS_MAX = 50_000_000;

const TYPES = {
  f32: Float32Array,
  i8: Int8Array,
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
} as const;

const tensorSchema = z.strictObject({
  name: z.string().regex(/^[\w-]{1,64}$/),
  type: z.enum(['f32', 'i8', 'u8', 'u16', 'u32']),
  length: z.int().nonnegative().max(NUMBERS_MAX),
});

const partSchema = z.strictObject({
  kind: z.string().regex(/^[\w-]{1,64}$/),
  settings: z.record(z.string(), z.number()),
  tensors: z.array(tensorSchema).max(32),
});

const routerSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().regex(/^[\w.-]{1,64}$/),
  encoder_hash: z.string().regex(/^[0-9a-f]{64}$/),
  models: z
    .array(z.strictObject({ name: z.string().min(1).max(200), parameters_b: z.number().nonnegative() }))
    .min(2)
    .max(100),
  parts: z.array(partSchema).max(32),
  tokens: partSchema.optional(),
  common: z.array(tensorSchema),
  made_from: z.strictObject({ rows: z.int().nonnegative() }),
  metrics: z.record(z.string(), z.number()),
});

type PartJson = z.output<typeof partSchema>;

/**
 * Writes `router.json` and `weights.bin`: the arrays of all parts one after the other, as `router.json` lists them.
 * @throws DataError when the folder cannot be written
 */
export async function writeRouter(dir: string, router: Router, origin: RouterOrigin): Promise<void> {
  const writer = new TensorWriter();
  const part = ({ kind, settings, tensors }: PlainPart): PartJson => {
    return { kind, settings: { ...settings }, tensors: writer.add(tensors) };
  };
  const json = {
    version: 1,
    name: router.name,
    encoder_hash: router.encoderHash,
    models: router.models.map(({ name, parametersB }) => ({ name, parameters_b: parametersB })),
    parts: router.parts.map((each) => part(plainPart(each))),
    ...(router.tokens === undefined ? {} : { tokens: part(plainPart(router.tokens.part)) }),
    common: writer.add({
      blend: router.blend.weights,
      biases: router.blend.biases,
      sample_quality: router.sample.quality,
      sample_output_tokens: router.sample.outputTokens,
      sample_prompt_tokens: router.sample.promptTokens,
      seen: router.seen,
    }),
    made_from: { rows: origin.rows },
    metrics: { ...origin.metrics },
  } satisfies z.input<typeof routerSchema>;
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, WEIGHTS_FILE), Buffer.concat(writer.pieces));
    await writeFile(join(dir, ROUTER_FILE), `${JSON.stringify(json, null, 2)}\n`);
  } catch (error) {
    throw new DataError(`${dir}: cannot be written (${codeOf(error)}); choose another folder`);
  }
}

/**
 * Reads a router that `writeRouter` wrote.
 *
 * @param encoderHash sha256 of the encoder's model file, hex
 * @throws DataError naming the file and what to do, when a file is missing, damaged or too large, and when the router
 *   was trained on another encoder
 */
export async function readRouter(dir: string, encoderHash: string): Promise<Router> {
  const path = join(dir, ROUTER_FILE);
  const json = parseRouter(path, await readFileUpTo(path, ROUTER_BYTES_MAX));
  if (json.encoder_hash !== encoderHash) {
    throw new DataError(
      `${path}: was trained on encoder ${json.encoder_hash}, this one is ${encoderHash}; train it again with "sextant train router"`,
    );
  }
  const weightsPath = join(dir, WEIGHTS_FILE);
  const reader = new TensorReader(weightsPath, await readFileUpTo(weightsPath, WEIGHTS_BYTES_MAX));
  try {
    return routerOf(json, reader);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`${path}: has ${error instanceof Error ? error.message : 'a wrong part'}; ${AGAIN}`);
  }
}

function routerOf(json: z.output<typeof routerSchema>, reader: TensorReader): Router {
  const count = json.models.length;
  const part = (each: PartJson) => partOf({ ...each, tensors: reader.take(each.tensors) }, count);
  const parts = json.parts.map(part);
  const tokens = json.tokens === undefined ? undefined : { part: part(json.tokens) };
  const common = reader.take(json.common);
  reader.end();
  const seen = common['seen'];
  const blend = { weights: floats(common, 'blend'), biases: floats(common, 'biases') };
  if (
    !(seen instanceof Uint32Array) ||
    blend.biases.length !== count ||
    blend.weights.length !== count * parts.length
  )
    throw new Error('parts and models that do not belong together');
  return {
    name: json.name,
    encoderHash: json.encoder_hash,
    models: json.models.map((model) => ({ name: model.name, parametersB: model.parameters_b })),
    parts,
    blend,
    tokens,
    sample: {
      quality: floats(common, 'sample_quality'),
      outputTokens: floats(common, 'sample_output_tokens'),
      promptTokens: floats(common, 'sample_prompt_tokens'),
    },
    seen,
  };
}

const AGAIN = 'restore it, or train the router again';

class TensorWriter {
  readonly pieces: Buffer[] = [];

  add(tensors: Readonly<Record<string, Tensor>>): z.output<typeof tensorSchema>[] {
    return Object.entries(tensors).map(([name, tensor]) => {
      this.pieces.push(Buffer.from(tensor.buffer, tensor.byteOffset, tensor.byteLength));
      return { name, type: typeOf(tensor), length: tensor.length };
    });
  }
}

class TensorReader {
  #at = 0;

  constructor(
    private readonly path: string,
    private readonly bytes: Buffer,
  ) {}

  take(listed: readonly z.output<typeof tensorSchema>[]): Readonly<Record<string, Tensor>> {
    return Object.fromEntries(listed.map((each) => [each.name, this.next(each)]));
  }

  end(): void {
    if (this.#at !== this.bytes.length) throw this.damaged(`${this.bytes.length - this.#at} bytes too many`);
  }

  private next({ type, length }: z.output<typeof tensorSchema>): Tensor {
    const Type = TYPES[type];
    const end = this.#at + length * Type.BYTES_PER_ELEMENT;
    if (end > this.bytes.length) throw this.damaged(`${this.bytes.length} bytes, too few`);
    // Copied, since an array of floats must begin at a multiple of four.
    const tensor = new Type(new Uint8Array(this.bytes.subarray(this.#at, end)).buffer);
    this.#at = end;
    if (tensor instanceof Float32Array && !tensor.every(Number.isFinite))
      throw this.damaged('it holds numbers that are not finite');
    return tensor;
  }

  private damaged(how: string): DataError {
    return new DataError(`${this.path}: is damaged (${how}); ${AGAIN}`);
  }
}

function typeOf(tensor: Tensor): keyof typeof TYPES {
  if (tensor instanceof Float32Array) return 'f32';
  if (tensor instanceof Int8Array) return 'i8';
  if (tensor instanceof Uint8Array) return 'u8';
  return tensor instanceof Uint16Array ? 'u16' : 'u32';
}

function parseRouter(path: string, bytes: Buffer): z.output<typeof routerSchema> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new DataError(`${path}: is not JSON; ${AGAIN}`);
  }
  const parsed = routerSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DataError(`${path}: "${issue?.path.join('.') ?? ''}" is not as it must be; ${AGAIN}`);
}

async function readFileUpTo(path: string, bytesMax: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > bytesMax) throw new DataError(`${path}: is larger than ${bytesMax} bytes; ${AGAIN}`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(
      `${path}: cannot be read (${codeOf(error)}); name the folder that "train router" wrote`,
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
