import { readFileSync } from 'node:fs';
import type { MemoryStore } from './adapters/memory/store.js';
import { createOnnxEncoder, type OnnxEncoder } from './adapters/onnx/encoder.js';
import { abandonPreparedThread } from './adapters/onnx/encoder-thread.js';
import { type ModelManifest, type ModelProblem, verifyModels } from './adapters/onnx/manifest.js';
import type { Provider, ProviderFallback } from './adapters/onnx/provider.js';
import type { OtlpTelemetry } from './adapters/otlp/telemetry.js';
import { createLogger, logExchanges } from './adapters/pino/logger.js';
import type { Gauges } from './adapters/prometheus/gauges.js';
import type { Explaining } from './app/explaining.js';
import type { LivePolicies } from './app/live-policies.js';
import { classify, explain, warm } from './app/on-demand.js';
import type { OpenedAdmin } from './app/open-admin.js';
import { type OpenedCache, openCache } from './app/open-cache.js';
import { openOtlp } from './app/open-otlp.js';
import type { OwnHead, PolicyParts } from './app/policies.js';
import type { Prepared } from './app/prepare.js';
import type { Reloader, ReloadOptions, ReloadParts } from './app/reload.js';
import { RememberedExamples } from './app/remember-examples.js';
import { loadServingCode, type ServingCode } from './app/serving-code.js';
import type { SharedCache } from './app/shared-cache.js';
import type { CacheBackend } from './cache/contract.js';
import { PAIR_FEATURES, pairFeatures } from './cache/verification/pair-features.js';
import type { Config } from './config/config.js';
import type { SignalConfig } from './config/signal-config.js';
import type { RoutePolicy } from './exchange/policy.js';
import type { ExtProcServer } from './extproc/server.js';
import { systemClock } from './lib/clock.js';
import type { Result } from './lib/result.js';
import { systemTimers } from './lib/timers.js';
import type { Signal } from './signals/contract.js';
import { type Logger, noLogger, type Telemetry } from './telemetry/contract.js';
import { fanOut } from './telemetry/fan-out.js';

/** How long Sextant still serves after it said that it stops serving, so that Envoy has seen it. Milliseconds. */
const LAME_DUCK_MS = 1500;
/** How long streams in flight may take to end once no new ones come. Milliseconds. */
const DRAIN_GRACE_MS = 30_000;
const FLIGHT_LIMITS = {
  flightsMax: 10_000,
  followersMax: 10_000,
  handOversMax: 3,
  partitionFlightsMax: 256,
  candidatesMax: 8,
};
/** The last prompts, on which another config is tried. */
const RECENT_LIMITS = { promptsMax: 50, bodyBytesMax: 64 * 1024 };
/** Texts that an evaluation or a training may have waiting; it waits for each of them, so it never has many. */
const CLASSIFIER_QUEUE_MAX = 4096;
const EVALUATION_ENTRIES_MAX = 1_000_000;
/** The judge of pairs was trained with these. */
const PAIR_READER = { names: PAIR_FEATURES, read: pairFeatures };

export interface RunningSextant {
  /** `unix:PATH` or `HOST:PORT`. */
  readonly extprocAddress: string;
  readonly adminUrl: string;
  /** Absent where the admin listener serves the probes. */
  readonly probeUrl: string | undefined;
  /** Stops in the order that loses no request: says so, waits until Envoy knows, lets streams end, closes. */
  drain(): Promise<void>;
  /** Stops at once. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** How another config may follow; left out: none does. */
  readonly reload?: ReloadOptions;
  readonly logger?: Logger;
  /** What was started before the policy was known. */
  readonly prepared?: Prepared;
  /** Lets tests skip the lame-duck wait. Milliseconds. */
  readonly lameDuckMs?: number;
}

/** The composition root: the only place that builds adapters and hands them to the contracts that they fulfil. */
export async function startSextant(config: Config, options: StartOptions = {}): Promise<RunningSextant> {
  const logger = options.logger ?? createLogger('info');
  const encoder = openEncoder(config, logger, options.prepared);
  try {
    return await serveWith(encoder, config, { ...options, logger });
  } catch (error) {
    // Its threads would keep the process alive.
    await encoder.then((opened) => opened.close()).catch(() => undefined);
    if (options.prepared !== undefined) abandonPreparedThread(options.prepared.encoderThread);
    throw error;
  }
}

async function serveWith(
  opening: Promise<OnnxEncoder>,
  config: Config,
  options: StartOptions & { readonly logger: Logger },
): Promise<RunningSextant> {
  const { logger } = options;
  // It is awaited below, and Node ends a process whose rejections nobody awaits yet.
  opening.catch(() => undefined);
  const { buildPolicies } = await import('./app/policies.js');
  const examples = new RememberedExamples();
  const build: ReloadParts['build'] = (each) =>
    buildPolicies(each, {
      encoder: examples.for(opening),
      readHead: readOwnHead,
      readRouter: routersOf(each),
    });
  // The model loads and reads the examples in a thread of its own while this one loads the code that serves.
  const [encoder, policies, code] = await Promise.all([opening, build(config), loadServingCode()]);
  const { createMemoryStore } = code;
  const cache = await openCache(config.semanticCache, { encoder, logger, createMemoryStore });
  try {
    return await serveFrom({ ...cache, encoder, policies, build, code }, config, options);
  } catch (error) {
    // It may have a file to write, or a connection to let go of.
    await cache.store.close();
    throw error;
  }
}

interface ServingParts extends OpenedCache {
  readonly encoder: OnnxEncoder;
  readonly policies: ReadonlyMap<string, RoutePolicy>;
  readonly build: ReloadParts['build'];
  readonly code: ServingCode;
}

async function serveFrom(
  { encoder, policies, build, code, near, shared, store, secret }: ServingParts,
  config: Config,
  options: StartOptions & { readonly logger: Logger },
): Promise<RunningSextant> {
  const { logger, lameDuckMs = LAME_DUCK_MS } = options;
  const live = new code.LivePolicies();
  const times = { clock: systemClock, timers: systemTimers };
  const reloader = options.reload && new code.Reloader({ ...options.reload, live, build, ...times, logger });
  const release = version();
  const otlp = await openOtlp(config, { version: release, logger });
  const gauges = {
    ...live.gauges,
    ...(reloader && { reload: () => reloader.state }),
    ...(otlp && { collector: () => otlp.figures() }),
  };
  const metrics = code.createPrometheusTelemetry({ ...gaugesOf(near, encoder, shared), ...gauges }, release);
  const shows = { config: () => live.config, hits: live.gauges.cacheHits };
  const dashboard = code.openDashboard({ ...shows, store, version: release });
  const told = [metrics, logExchanges(logger), dashboard.telemetry, ...(otlp === undefined ? [] : [otlp])];
  const telemetry = fanOut(...told);
  const cache = { store, secret };
  const flights = code.createAllFlights(FLIGHT_LIMITS);
  const recent = reloader && code.createRecentPrompts(RECENT_LIMITS);
  const { tracing } = otlp ?? {};
  const means = { encoder, cache, ...flights, recent, telemetry, tracing, logger };
  await live.begin({ config, policies }, means);
  const state = { ready: false };
  const admin = await code.openAdmin(config, {
    now: () => live.config,
    ready: () => state.ready,
    metrics,
    classify: (turns) => classify(turns, encoder, live.config),
    explain: { why: (asked) => explain(live.service, asked), showPrompts: config.admin.showPrompts },
    cache: {
      backend: store,
      encoder,
      warm: (row) => warm(live.service, row),
      secret,
      clock: systemClock,
      showPrompts: config.admin.showPrompts,
      feedback: live.feedback,
    },
    routes: [
      ...code.learningPages(live.desk),
      ...code.reloadPages(reloader, configSchema),
      ...dashboard.routes,
    ],
  });
  const extproc = await serveEnvoy(config, { code, live, telemetry, logger }).catch(
    async (error: unknown) => {
      await admin.close();
      throw error;
    },
  );
  state.ready = true;
  extproc.setServing(true);
  for (const warning of code.configWarnings(config)) logger.warn({}, warning);
  const said = { extproc: extproc.address, admin: admin.url, routes: [...policies.keys()] };
  logger.info(said, 'sextant is ready');
  reloader?.begin();
  return running({ extproc, admin, encoder, store, live, reloader, otlp, state, lameDuckMs });
}

interface EdgeParts extends Pick<ServingParts, 'code'> {
  readonly live: LivePolicies;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
}

function serveEnvoy(config: Config, { code, live, telemetry, logger }: EdgeParts): Promise<ExtProcServer> {
  return code.startExtProcServer({
    address: extprocAddress(config),
    ...(config.extproc.kind === 'tcp' ? { tls: config.extproc.tls } : {}),
    open: live.open,
    openJudge: live.openJudge,
    bodyBytesMax: config.limits.bodyBytesMax,
    decideMsMax: config.limits.messageTimeoutMs,
    logger,
    telemetry,
  });
}

function routersOf({ encoder }: Config): PolicyParts['readRouter'] {
  const modelsDir = encoder.path ?? packagePath('models');
  return async (named, encoderHash) => {
    const { readOwnRouter } = await import('./app/own-routers.js');
    return readOwnRouter({ named, modelsDir, encoderHash });
  };
}

/** One signal of a policy by itself, for whoever tunes it. */
export async function signalFor(config: Config, signal: SignalConfig, encoder: OnnxEncoder): Promise<Signal> {
  const { buildOneSignal } = await import('./app/policies.js');
  const parts = { encoder: Promise.resolve(encoder), readHead: readOwnHead };
  return buildOneSignal(signal, config, { ...parts, readRouter: routersOf(config) });
}

async function readOwnHead(folder: string, encoderHash: string): Promise<OwnHead> {
  const ownHeads = await import('./app/own-heads.js');
  return ownHeads.readOwnHead(folder, encoderHash);
}

export interface ClassifierOptions {
  /** The models folder; left out, the one that ships with Sextant. */
  readonly models?: string;
  /** Threads, each with a session of its own. Default 1. */
  readonly workers?: number;
  /** Default `cpu`. */
  readonly provider?: Provider;
  /** Default `none`: who asks for a provider wants to know when it does not load. */
  readonly fallback?: ProviderFallback;
}

/** The encoder with its heads and nothing else: for whoever classifies, trains or evaluates without serving. */
export interface Classifier {
  readonly encoder: OnnxEncoder;
  close(): Promise<void>;
}

/** @throws SextantError `internal_error` as `createOnnxEncoder` does: the message names the file, or the provider */
export async function openClassifier(options: ClassifierOptions = {}): Promise<Classifier> {
  const encoder = await createOnnxEncoder({
    dir: options.models ?? packagePath('models'),
    provider: options.provider ?? 'cpu',
    fallback: options.fallback ?? 'none',
    workers: options.workers ?? 1,
    queueMax: CLASSIFIER_QUEUE_MAX,
    pairReader: PAIR_READER,
    // The log goes to standard output, where a verb prints its results; `encoder.provider` tells of a fallback.
    logger: noLogger,
  });
  return { encoder, close: () => encoder.close() };
}

/** Explains and replays requests by a config without serving it: with a cache of its own, which is empty. */
export async function openExplainer(config: Config, encoder: OnnxEncoder): Promise<Explaining> {
  const { openExplaining } = await import('./app/explaining.js');
  return openExplaining(config, { encoder, readHead: readOwnHead, readRouter: routersOf(config) });
}

/** An empty store of the kind that serves, for an evaluation. */
export async function openEvaluationStore(dimension: number): Promise<CacheBackend> {
  const { createMemoryStore } = await import('./adapters/memory/store.js');
  const limits = { maxEntries: EVALUATION_ENTRIES_MAX, bytesMax: Number.MAX_SAFE_INTEGER };
  return createMemoryStore({ ...limits, evictionPolicy: 'lru', dimension, clock: systemClock });
}

/** Holds the model files of a folder, or the ones that ship with Sextant, against their hashes. */
export function verifyModelFiles(folder?: string): Promise<Result<ModelManifest, readonly ModelProblem[]>> {
  return verifyModels(folder ?? packagePath('models'));
}

function gaugesOf(store: MemoryStore, encoder: OnnxEncoder, shared: SharedCache | undefined): Gauges {
  return {
    cacheEntries: () => store.stats().entries,
    cacheBytes: () => store.stats().bytes,
    cacheEvictions: () => store.stats().evictions,
    encoderQueue: () => encoder.queueLength(),
    ...(shared === undefined ? {} : { cacheBack: () => shared.stats() }),
  };
}

function openEncoder(config: Config, logger: Logger, prepared?: Prepared): Promise<OnnxEncoder> {
  const { encoder } = config;
  return createOnnxEncoder({
    dir: encoder.path ?? packagePath('models'),
    provider: encoder.provider,
    fallback: encoder.fallback,
    workers: encoder.workers,
    queueMax: encoder.queueMax,
    ...(config.routes.some(({ cache }) => cache.enabled) ? { pairReader: PAIR_READER } : {}),
    logger,
    ...(prepared === undefined ? {} : { prepared: prepared.encoderThread }),
  });
}

function extprocAddress(config: Config): string {
  const { extproc } = config;
  return extproc.kind === 'unix' ? `unix:${extproc.socket}` : `${extproc.address}:${extproc.port}`;
}

function running(parts: {
  readonly extproc: ExtProcServer;
  readonly admin: OpenedAdmin;
  readonly encoder: OnnxEncoder;
  readonly store: CacheBackend;
  readonly live: LivePolicies;
  readonly reloader: Reloader | undefined;
  readonly otlp: OtlpTelemetry | undefined;
  readonly state: { ready: boolean };
  readonly lameDuckMs: number;
}): RunningSextant {
  const { extproc, admin, encoder, store, live, reloader, state } = parts;
  const closeRest = async () => {
    await reloader?.close();
    // The last answers are in once no stream is left.
    await Promise.all([admin.close(), encoder.close(), store.close(), live.close(), parts.otlp?.close()]);
  };
  return {
    extprocAddress: extproc.address,
    adminUrl: admin.url,
    probeUrl: admin.probeUrl,
    drain: async () => {
      state.ready = false;
      await extproc.drain({ lameDuckMs: parts.lameDuckMs, graceMs: DRAIN_GRACE_MS });
      await closeRest();
    },
    close: async () => {
      state.ready = false;
      await extproc.close();
      await closeRest();
    },
  };
}

/** A file of this package, from the sources and from the built package alike. */
function packagePath(path: string): string {
  return new URL(`../${path}`, import.meta.url).pathname;
}

async function configSchema(): Promise<Readonly<Record<string, unknown>>> {
  return (await import('./config/schema-json.js')).configJsonSchema();
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(packagePath('package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '0';
}
