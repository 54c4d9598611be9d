import type { CachePolicy } from '../cache/contract.js';
import type { JwtClaim } from '../cache/identity.js';
import type { Decision, OnUnknown, Rule } from '../decision/rule.js';
import type {
  Config,
  FallbackConfig,
  MilvusConfig,
  ModelConfig,
  RouteConfig,
  SemanticCacheConfig,
} from './config.js';
import { normalPrefix } from './consistency.js';
import { DEFAULTS } from './defaults.js';
import type { ReadExamples } from './examples-file.js';
import { splitEndpoint } from './fields.js';
import { filesOf } from './files.js';
import { resolveOptional } from './paths.js';
import { signalConfig } from './resolve-signal.js';
import type { ConfigFile } from './schema.js';
import { adminOf } from './schema-admin.js';
import { affinityOf } from './schema-affinity.js';
import { keptOutPolicy } from './schema-cache.js';
import { cascadeOf } from './schema-cascade.js';
import { extprocAddress } from './schema-extproc.js';
import { decisionFallbackOf, fallbackOf } from './schema-fallback.js';
import { gatewayOf } from './schema-gateway.js';
import { identitySources } from './schema-identity.js';
import { learningOf } from './schema-learning.js';
import { loadOf } from './schema-load.js';
import { personalPolicyOf, restores } from './schema-personal.js';
import { poolOf } from './schema-pool.js';
import { reasoningCardOf, reasoningPolicyOf } from './schema-reasoning.js';
import { recordingOf } from './schema-recording.js';
import { residencyOf } from './schema-residency.js';
import { ALWAYS, type RuleObject, type RuleText } from './schema-rule.js';
import { looksAtTime, scoringOf } from './schema-scoring.js';
import { selectionOf } from './schema-selection.js';
import { streamHitsPolicy } from './schema-stream-hits.js';
import { telemetryOf } from './schema-telemetry.js';
import type { SecretContext } from './secrets.js';
import type { SignalConfig } from './signal-config.js';

/** What other files say. */
export interface Beside {
  readonly milvus: MilvusConfig | undefined;
  readonly examples: ReadExamples;
  readonly secrets: SecretContext;
}

/**
 * Turns an accepted file into the value that the rest of Sextant reads.
 *
 * @throws Error when the file was not checked first
 */
export function resolveConfig(text: ConfigFile, file: string, { milvus, examples, secrets }: Beside): Config {
  const models = text.models.map((model) => modelConfig(model, file));
  const defaultModel = models.find((model) => model.name === text.default_model);
  if (defaultModel === undefined) throw new Error('default_model was not checked');
  const fallback =
    text.fallback?.enabled === true ? fallbackOf(text.fallback, [text.default_model]) : undefined;
  const semanticCache = cacheConfig(text.semantic_cache, file, milvus);
  const scores = scoring(text);
  const timesAnswers = [scores.base, ...scores.byDecision.values()].some(looksAtTime);
  return deepFreeze({
    file,
    effective: text,
    files: filesOf(text, file),
    observes: text.mode === 'observe',
    listen: text.listen,
    envoyAdmin: text.envoy_admin && { address: text.envoy_admin.address, port: text.envoy_admin.port },
    extproc: extprocAddress(text.extproc, file),
    ...adminOf(text, secrets),
    telemetry: telemetryOf(text.telemetry, secrets),
    limits: limitsOf(text.limits),
    encoder: {
      path: resolveOptional(text.encoder.path, file),
      provider: text.encoder.provider,
      fallback: text.encoder.fallback,
      workers: text.encoder.workers,
      queueMax: text.encoder.queue_max,
      deadlineMs: text.encoder.deadline_ms,
      windowsMax: text.encoder.windows_max,
      readDeadlineMs: text.encoder.read_deadline_ms,
    },
    models,
    defaultModel,
    virtualModels: text.virtual_models,
    identity: {
      tenantHeader: text.identity.tenant_header,
      jwtClaim: text.identity.jwt_claim && jwtClaim(text.identity.jwt_claim),
      sources: identitySources(text.identity),
      setBy: text.identity.set_by,
    },
    signals: text.signals.map((signal) => signalConfig(signal, file, examples)),
    decisions: text.decisions.map((line) => decision(line, text, fallback)),
    selections: new Map(
      text.decisions.flatMap((line) => {
        const chosen = line.models && selectionOf(line.selection, text.selection, file);
        return chosen === undefined || (line.models?.length ?? 0) < 2 ? [] : [[line.name, chosen] as const];
      }),
    ),
    scoring: scores,
    timesAnswers,
    load: loadOf(text.load),
    affinity: affinityOf(text.affinity),
    residency: residencyOf(text.residency),
    learnings: new Map(
      text.decisions.flatMap((line) => {
        const learns = learningOf(line.learning, text.learning);
        return learns === undefined || (line.models?.length ?? 0) < 2 ? [] : [[line.name, learns] as const];
      }),
    ),
    recording: text.recording && recordingOf(text.recording, file),
    learningPath: resolveOptional(text.learning?.path, file),
    semanticCache,
    fallback,
    personalData: personalPolicyOf(undefined, text.personal_data),
    gateway: gatewayOf(text.gateway),
    routes: text.routes.map((route) =>
      routeConfig(route, semanticCache, fallback !== undefined || timesAnswers || restores(text)),
    ),
  });
}

function limitsOf(text: ConfigFile['limits']): Config['limits'] {
  return {
    bodyBytesMax: text.body_bytes_max,
    messageTimeoutMs: text.message_timeout_ms,
    streamIdleTimeoutS: text.stream_idle_timeout_s,
  };
}

function scoring({ selection: base, load, affinity, decisions }: ConfigFile): Config['scoring'] {
  const own = decisions.flatMap(({ name, selection }) =>
    selection === undefined ? [] : [[name, scoringOf({ own: selection, base, load, affinity })] as const],
  );
  return { base: scoringOf({ own: undefined, base, load, affinity }), byDecision: new Map(own) };
}

function jwtClaim(text: NonNullable<ConfigFile['identity']['jwt_claim']>): JwtClaim {
  return { namespace: text.namespace, payload: text.payload_in_metadata, claim: text.claim };
}

function modelConfig(text: ConfigFile['models'][number], file: string): ModelConfig {
  const endpoints = text.endpoints.flatMap((endpoint) => splitEndpoint(endpoint) ?? []);
  return {
    name: text.name,
    cluster: text.cluster ?? text.name,
    endpoints,
    pool: poolOf(text.pool, { endpoints, file }),
    contextWindow: text.context_window,
    parametersB: text.parameters_b,
    price: text.price,
    modalities: text.modalities,
    weight: text.weight,
    ...(text.router_model === undefined ? {} : { routerModel: text.router_model }),
    ...(text.quality === undefined ? {} : { quality: text.quality }),
    ...(text.tools ? {} : { tools: false }),
    ...(text.residency === undefined ? {} : { residency: text.residency }),
    ...(text.lora === undefined
      ? {}
      : { lora: { adapter: text.lora.adapter ?? text.name, base: text.lora.base } }),
    ...(text.reasoning === undefined ? {} : { reasoning: reasoningCardOf(text.reasoning) }),
  };
}

function decision(
  text: ConfigFile['decisions'][number],
  { signals, personal_data }: ConfigFile,
  base: FallbackConfig | undefined,
): Decision {
  const action: Decision['action'] =
    text.block === undefined
      ? { kind: 'route', models: text.models ?? [] }
      : { kind: 'block', message: text.block };
  const types = new Map(signals.map(({ name, type }) => [name, type]));
  const when = rule(text.when, { blocks: action.kind === 'block', types, negated: false });
  const reasoning = text.reasoning && { reasoning: reasoningPolicyOf(text.reasoning) };
  const fallback = decisionFallbackOf(text.fallback, base, text.models ?? []);
  const personalData = text.personal_data && personalPolicyOf(text.personal_data, personal_data);
  const cascade = cascadeOf(text.cascade);
  return {
    name: text.name,
    priority: text.priority,
    when,
    action,
    cache: text.cache,
    ...reasoning,
    ...(text.residency === undefined ? {} : { residency: text.residency }),
    ...(fallback === undefined ? {} : { fallback }),
    ...(personalData === undefined ? {} : { personalData }),
    ...(cascade === undefined ? {} : { cascade }),
  };
}

interface RuleContext {
  readonly blocks: boolean;
  readonly types: ReadonlyMap<string, SignalConfig['type']>;
  /** Inside an odd number of `not`, where a leaf that matches speaks against the decision. */
  readonly negated: boolean;
}

function rule(text: RuleText, context: RuleContext): Rule {
  if (text === ALWAYS) return { kind: 'always' };
  if (typeof text === 'string') return leaf({ signal: text }, context);
  if (text.all !== undefined) return { kind: 'all', rules: text.all.map((part) => rule(part, context)) };
  if (text.any !== undefined) return { kind: 'any', rules: text.any.map((part) => rule(part, context)) };
  if (text.not !== undefined) {
    return { kind: 'not', rule: rule(text.not, { ...context, negated: !context.negated }) };
  }
  return leaf(text, context);
}

function leaf({ signal = '', min, max, on_unknown: said }: RuleObject, context: RuleContext): Rule {
  const onUnknown = said ?? unknownCountsAs(context.types.get(signal), context);
  const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  return { kind: 'signal', signal, ...bounds, onUnknown };
}

/**
 * What an unknown signal counts as where the rule does not say. A block claims the prompt: what could not be judged must
 * not be waved through. A choice of model does not, nor does a language or a wish: that of a short prompt often cannot be
 * told, and not every client has wishes, which is no failure. What a guard or a search for personal data could not read counts as found wherever a model is
 * chosen, so that no prompt reaches a pool that its rule wants kept clean.
 */
function unknownCountsAs(
  type: SignalConfig['type'] | undefined,
  { blocks, negated }: RuleContext,
): OnUnknown {
  if ((type === 'guard' || type === 'pii') && !blocks) return 'match';
  const claims = blocks && type !== 'language' && type !== 'conversation';
  return claims !== negated ? 'match' : 'no-match';
}

function cacheConfig(
  text: ConfigFile['semantic_cache'],
  file: string,
  milvus: MilvusConfig | undefined,
): SemanticCacheConfig {
  return {
    ...cachePolicy(text),
    // A switched-off cache may name any backend; nothing is built from it.
    backendType: milvus === undefined ? 'memory' : 'milvus',
    milvus,
    maxEntries: text.max_entries,
    bytesMax: text.bytes_max,
    evictionPolicy: text.eviction_policy,
    persistPath: resolveOptional(text.persist_path, file),
    persistIntervalS: text.persist_interval_s,
    secretFile: resolveOptional(text.secret_file, file),
  };
}

function cachePolicy(text: Omit<ConfigFile['semantic_cache'], 'backend_type'>): CachePolicy {
  return {
    enabled: text.enabled,
    ...hitPolicy(text),
    ttlSeconds: text.ttl_seconds,
    scope: text.scope,
    maxWaitMs: text.max_wait_ms,
    streamFollowersWait: text.stream_followers_wait,
    entryBytesMax: text.entry_bytes_max,
    ...streamHitsPolicy(text.stream_hits),
    partition: {
      temperatureStep: text.partition.temperature_step,
      ignore: [...new Set(text.partition.ignore)],
    },
    ...keptOutPolicy(text),
  };
}

/** Who writes a threshold of their own means it for every hit, whatever a judge of pairs would say. */
function candidateOf(threshold: number): number {
  const { similarityThreshold, candidateThreshold } = DEFAULTS.semanticCache;
  return threshold === similarityThreshold ? candidateThreshold : threshold;
}

/** Either a threshold decides what is served, or an error bound, to which all that is somewhat like is of interest. */
function hitPolicy(
  text: Omit<ConfigFile['semantic_cache'], 'backend_type'>,
): Pick<
  CachePolicy,
  | 'similarityThreshold'
  | 'candidateThreshold'
  | 'maxErrorRate'
  | 'verifySampleRate'
  | 'answerJudge'
  | 'answerModel'
> {
  const { similarityThreshold, candidateThreshold, boundSimilarityThreshold, verifySampleRate } =
    DEFAULTS.semanticCache;
  const bound = text.max_error_rate !== undefined;
  const watched = bound || text.verify_sample_rate !== undefined;
  const threshold = text.similarity_threshold ?? similarityThreshold;
  return {
    similarityThreshold: bound ? boundSimilarityThreshold : threshold,
    candidateThreshold: bound ? candidateThreshold : candidateOf(threshold),
    maxErrorRate: text.max_error_rate,
    verifySampleRate: text.verify_sample_rate ?? (bound ? verifySampleRate : undefined),
    answerJudge: watched ? text.judge.type : undefined,
    answerModel: watched ? text.judge.model : undefined,
  };
}

function routeConfig(text: ConfigFile['routes'][number], base: CachePolicy, isHeard: boolean): RouteConfig {
  const own = text.semantic_cache ?? {};
  const cache: CachePolicy = {
    enabled: own.enabled ?? base.enabled,
    similarityThreshold: own.similarity_threshold ?? base.similarityThreshold,
    candidateThreshold:
      own.similarity_threshold === undefined
        ? base.candidateThreshold
        : candidateOf(own.similarity_threshold),
    maxErrorRate: own.max_error_rate ?? base.maxErrorRate,
    verifySampleRate: own.verify_sample_rate ?? base.verifySampleRate,
    answerJudge: base.answerJudge,
    answerModel: base.answerModel,
    ttlSeconds: own.ttl_seconds ?? base.ttlSeconds,
    scope: own.scope ?? base.scope,
    maxWaitMs: own.max_wait_ms ?? base.maxWaitMs,
    streamFollowersWait: own.stream_followers_wait ?? base.streamFollowersWait,
    entryBytesMax: own.entry_bytes_max ?? base.entryBytesMax,
    ...streamHitsPolicy(own.stream_hits, base.streamHits),
    partition: base.partition,
    ...keptOutPolicy(own, base),
  };
  return {
    name: text.name,
    prefix: normalPrefix(text.prefix),
    guarded: text.guarded,
    passPaths: text.pass_paths,
    readUsage: text.read_usage,
    hearsAnswers: text.read_usage || cache.enabled || isHeard,
    cache,
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
