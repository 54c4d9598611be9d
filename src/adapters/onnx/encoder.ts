import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { PairJudge } from '../../cache/pair-judge.js';
import { SextantError } from '../../lib/sextant-error.js';
import type { Encoder, HeadName, HeadSpec, WholeReader } from '../../signals/contract.js';
import type { Logger } from '../../telemetry/contract.js';
import {
  type EncoderThread,
  type PreparedThread,
  prepareEncoderThread,
  startEncoderThread,
} from './encoder-thread.js';
import type { Heads } from './heads.js';
import { HEAD_NAMES, readHeadsFile, readWordWeights } from './heads-file.js';
import {
  checkFiles,
  type ModelEntry,
  type ModelFile,
  type ModelManifest,
  type ModelProblem,
  readManifest,
} from './manifest.js';
import { type PairFile, readPairFile } from './pair-file.js';
import { createPairJudge, type PairReader } from './pair-judge.js';
import { createPassQueue } from './pass-queue.js';
import type { SessionOptions } from './protocol.js';
import { type Provider, type ProviderFallback, providerFailure } from './provider.js';
import { createThreadPool } from './thread-pool.js';
import { createWholeReader } from './whole-reader.js';

export interface OnnxEncoderOptions {
  /** The models folder: the one that holds `manifest.json`. */
  readonly dir: string;
  readonly provider: Provider;
  readonly fallback: ProviderFallback;
  /** Threads, each with a session of its own. */
  readonly workers: number;
  /** Texts that may wait while all threads are busy. */
  readonly queueMax: number;
  /** Recent embeddings that are kept, about 4 KB each with what the heads said. Default 1024. */
  readonly memoMax?: number;
  /** What a judge of pairs is told beside its tokens; without it none is opened. */
  readonly pairReader?: PairReader;
  /** Becomes the first of the threads; used up by the call. */
  readonly prepared?: PreparedThread;
  readonly logger: Logger;
}

export interface OnnxEncoder extends Encoder, WholeReader {
  /** The provider in use, which after a fallback is not the one asked for. */
  readonly provider: string;
  /** Hash over everything that the heads' answers follow from, hex; undefined when the model has no heads. */
  readonly headsHash: string | undefined;
  /** Reads two questions together; undefined when the folder holds no such model. */
  readonly pairJudge: PairJudge | undefined;
  /** Texts that wait for a thread. */
  queueLength(): number;
  /** Texts so far that needed no pass, because they had come lately. */
  memoHits(): number;
  /** Threads that are up; 0 means that nothing can be encoded just now. */
  workersAlive(): number;
  /** Refuses what waits and ends the threads. */
  close(): Promise<void>;
}

const MODEL_NAME = 'encoder';
const PAIR_NAME = 'pair';
const MEMO_MAX = 1024;
const LOAD_MS_MAX = 30_000;
const PASS_MS_MAX = 10_000;
/** Windows of one reading on their way: one that runs and one that comes next, so that no thread waits for the reader. */
const IN_FLIGHT_PER_WORKER = 2;

/**
 * Checks the model files, loads them in each worker and warms them up. Checking and loading go side by side, and no
 * encoder comes of it before both are done.
 *
 * @throws SextantError `internal_error` when a file is missing or altered, or the provider does not load and there
 *   is no fallback; the message names file and hashes, or provider and reason
 */
export async function createOnnxEncoder(options: OnnxEncoderOptions): Promise<OnnxEncoder> {
  const manifest = await manifestOf(options.dir);
  const model = modelOf(manifest);
  const weights = fileOf(model, 'model');
  const checked = refuseAltered(options.dir, manifest);
  const heads = await headsOf(options.dir, model, checked);
  const pair = await pairOf(options, manifest, checked);
  const session: SessionOptions = {
    modelPath: join(options.dir, weights.path),
    tokenizerPath: join(options.dir, fileOf(model, 'tokenizer').path),
    provider: options.provider,
    dimension: model.dimension,
    tokensMax: model.maxTokens,
    ...(heads === undefined ? {} : { heads }),
    ...(pair === undefined ? {} : { pair: { modelPath: pair.modelPath, features: pair.file.features } }),
  };
  const { threads, provider } = await startWithFallback(session, options, checked);
  await checked.catch(async (refused: unknown) => {
    await Promise.all(threads.map((thread) => thread.close()));
    throw refused;
  });
  const pool = createThreadPool({
    threads,
    start: () => startThread({ ...session, provider }),
    logger: options.logger,
  });
  const queue = createPassQueue({ pool, queueMax: options.queueMax, memoMax: options.memoMax ?? MEMO_MAX });
  const reader = createWholeReader({ queue, heads, inFlightMax: IN_FLIGHT_PER_WORKER * threads.length });
  return {
    dimension: model.dimension,
    hash: weights.sha256,
    ...(heads === undefined ? {} : { heads: specsOf(heads) }),
    headsHash: heads === undefined ? undefined : headsHashOf(model),
    provider,
    pairJudge: pair && createPairJudge({ ...pair, queue }),
    encode: (text, deadlineMs) => queue.encode(text, deadlineMs),
    readWhole: (passages, budget) => reader.readWhole(passages, budget),
    queueLength: () => queue.length(),
    memoHits: () => queue.memoHits(),
    workersAlive: () => pool.alive(),
    close: async () => {
      queue.close();
      await pool.close();
    },
  };
}

async function manifestOf(dir: string): Promise<ModelManifest> {
  const manifest = await readManifest(dir);
  if (!manifest.ok) throw refusalOf([manifest.error]);
  return manifest.value;
}

function modelOf(manifest: ModelManifest): ModelEntry {
  const model = manifest.models.find((entry) => entry.name === MODEL_NAME);
  if (model === undefined) throw refusal(`manifest.json lists no model named "${MODEL_NAME}"`);
  return model;
}

function refuseAltered(dir: string, manifest: ModelManifest): Promise<void> {
  const checked = checkFiles(dir, manifest).then((problems) => {
    if (problems.length > 0) throw refusalOf(problems);
  });
  // It is awaited once the model has loaded, and Node ends a process whose rejections nobody awaits yet.
  checked.catch(() => undefined);
  return checked;
}

function fileOf(model: ModelEntry, role: string): ModelFile {
  const file = model.files.find((candidate) => candidate.role === role);
  if (file === undefined)
    throw refusal(`manifest.json lists no file with role "${role}" for model "${model.name}"`);
  return file;
}

/** Undefined for a model without heads, which still gives vectors. */
async function headsOf(dir: string, model: ModelEntry, checked: Promise<void>): Promise<Heads | undefined> {
  if (!model.files.some(({ role }) => role === 'heads' || role === 'words')) return undefined;
  const [headsPath, wordsPath] = [fileOf(model, 'heads').path, fileOf(model, 'words').path];
  try {
    const file = await readHeadsFile(join(dir, headsPath));
    return { file, weights: await readWordWeights(join(dir, wordsPath), file.words) };
  } catch (error) {
    // Of an altered file its hashes say more than what came of reading it.
    await checked;
    throw refusal(error instanceof Error ? error.message : String(error));
  }
}

interface OpenedPair {
  readonly modelPath: string;
  readonly file: PairFile;
  readonly reader: PairReader;
  readonly hash: string;
}

/** Undefined for a folder without a judge of pairs, and for whoever has no use for one. */
async function pairOf(
  { dir, pairReader: reader }: OnnxEncoderOptions,
  manifest: ModelManifest,
  checked: Promise<void>,
): Promise<OpenedPair | undefined> {
  const entry = manifest.models.find(({ name }) => name === PAIR_NAME);
  if (entry === undefined || reader === undefined) return undefined;
  const [model, settings] = [fileOf(entry, 'model'), fileOf(entry, 'settings')];
  const file = await readPairFile(join(dir, settings.path)).catch(async (error: unknown) => {
    // Of an altered file its hashes say more than what came of reading it.
    await checked;
    throw refusal(error instanceof Error ? error.message : String(error));
  });
  const features = 2 * reader.names.length;
  if (file.features !== features)
    throw refusal(
      `${settings.path} was made for ${file.features} features of a pair, and this version reads ${features}; train the judge of pairs again`,
    );
  const hash = createHash('sha256')
    .update([model.sha256, settings.sha256, ...reader.names].join('\n'))
    .digest('hex');
  return { modelPath: join(dir, model.path), file, reader, hash };
}

function specsOf({ file }: Heads): Readonly<Record<HeadName, HeadSpec>> {
  const specs = HEAD_NAMES.map((name) => {
    const { labels, answers, threshold, scanThreshold } = file.heads[name];
    const spec: HeadSpec = {
      labels,
      answers,
      ...(threshold === undefined ? {} : { threshold }),
      ...(scanThreshold === undefined ? {} : { scanThreshold }),
    };
    return [name, spec] as const;
  });
  return Object.fromEntries(specs) as Record<HeadName, HeadSpec>;
}

function headsHashOf(model: ModelEntry): string {
  const hashes = ['model', 'heads', 'words'].map((role) => fileOf(model, role).sha256);
  return createHash('sha256').update(hashes.join('\n')).digest('hex');
}

interface Started {
  readonly threads: readonly EncoderThread[];
  readonly provider: Provider;
}

async function startWithFallback(
  session: SessionOptions,
  options: OnnxEncoderOptions,
  checked: Promise<void>,
): Promise<Started> {
  try {
    return { threads: await startThreads(session, options), provider: session.provider };
  } catch (error) {
    // A missing or altered file is no failure of the provider.
    await checked;
    const reason = providerFailure(session.provider, error instanceof Error ? error.message : String(error));
    if (options.fallback === 'none' || session.provider === 'cpu') throw refusal(reason);
    options.logger.warn(
      { provider: session.provider, fallback: 'cpu', reason },
      'the encoder falls back to the CPU',
    );
    const { prepared: _usedUp, ...rest } = options;
    return startWithFallback({ ...session, provider: 'cpu' }, rest, checked);
  }
}

async function startThreads(
  session: SessionOptions,
  { workers, prepared }: OnnxEncoderOptions,
): Promise<readonly EncoderThread[]> {
  const starts = await Promise.allSettled(
    Array.from({ length: Math.max(1, workers) }, (_, index) =>
      startThread(session, index === 0 ? prepared : undefined),
    ),
  );
  const threads = starts.filter((start) => start.status === 'fulfilled').map((start) => start.value);
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed === undefined) return threads;
  await Promise.all(threads.map((thread) => thread.close()));
  throw failed.reason;
}

function startThread(session: SessionOptions, prepared?: PreparedThread): Promise<EncoderThread> {
  return startEncoderThread({
    thread: prepared ?? prepareEncoderThread(),
    session,
    loadMsMax: LOAD_MS_MAX,
    passMsMax: PASS_MS_MAX,
  });
}

function refusalOf(problems: readonly ModelProblem[]): SextantError {
  return refusal(problems.map((problem) => problem.message).join('\n'));
}

function refusal(message: string): SextantError {
  return new SextantError('internal_error', message);
}
