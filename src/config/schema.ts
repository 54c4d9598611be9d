import { z } from 'zod';
import { DEFAULTS } from './defaults.js';
import { endpoint, headerName, host, modelName, name, portOrAny, section, text } from './fields.js';
import { admin, probe } from './schema-admin.js';
import { affinity } from './schema-affinity.js';
import { keptOut, keptOutDefaults, partition } from './schema-cache.js';
import { cascade } from './schema-cascade.js';
import { extproc } from './schema-extproc.js';
import { decisionFallback, fallback } from './schema-fallback.js';
import { gateway } from './schema-gateway.js';
import { callerSources } from './schema-identity.js';
import { decisionLearning, learning } from './schema-learning.js';
import { load } from './schema-load.js';
import { personalData } from './schema-personal.js';
import { loraCard, pool } from './schema-pool.js';
import { reasoningCard, reasoningPolicy } from './schema-reasoning.js';
import { recording } from './schema-recording.js';
import { regions, residency } from './schema-residency.js';
import { rule } from './schema-rule.js';
import { selection } from './schema-selection.js';
import { signal } from './schema-signal.js';
import { streamHits } from './schema-stream-hits.js';
import { telemetry } from './schema-telemetry.js';

const listen = section({
  address: host.default(DEFAULTS.listen.address),
  port: portOrAny.default(DEFAULTS.listen.port),
}).describe("Envoy's front door: where clients send their requests.");

const envoyAdmin = section({
  address: host.default(DEFAULTS.envoyAdmin.address),
  port: portOrAny.default(DEFAULTS.envoyAdmin.port),
  allow_remote: z.boolean().default(false),
}).describe("Envoy's own admin interface. Left out, the rendered Envoy has none.");

const limits = section({
  body_bytes_max: z
    .int()
    .min(1024)
    .max(1024 * 1024 * 1024)
    .default(DEFAULTS.limits.bodyBytesMax),
  message_timeout_ms: z.int().min(10).max(60_000).default(DEFAULTS.limits.messageTimeoutMs),
  stream_idle_timeout_s: z.int().min(1).max(86_400).default(DEFAULTS.limits.streamIdleTimeoutS),
}).describe('Bounds that Envoy and Sextant share.');

const encoder = section({
  path: z
    .string()
    .min(1)
    .optional()
    .describe('Folder of the model; left out, the one that ships with Sextant.'),
  provider: z.enum(['cpu', 'cuda', 'webgpu']).default(DEFAULTS.encoder.provider),
  fallback: z.enum(['none', 'cpu']).default(DEFAULTS.encoder.fallback),
  workers: z.int().min(1).max(64).default(DEFAULTS.encoder.workers),
  queue_max: z.int().min(1).max(100_000).default(DEFAULTS.encoder.queueMax),
  deadline_ms: z.int().min(1).max(60_000).default(DEFAULTS.encoder.deadlineMs),
  windows_max: z
    .int()
    .min(1)
    .max(10_000)
    .default(DEFAULTS.encoder.windowsMax)
    .describe('Windows of text that guards read of one conversation.'),
  read_deadline_ms: z
    .int()
    .min(1)
    .max(60_000)
    .default(DEFAULTS.encoder.readDeadlineMs)
    .describe('How long that may take.'),
}).describe('The model that turns text into vectors.');

const price = section({
  input: z.number().min(0).max(1e6).default(DEFAULTS.model.priceInput),
  output: z.number().min(0).max(1e6).default(DEFAULTS.model.priceOutput),
}).describe('USD per million tokens.');

const model = section({
  name: modelName.describe('Written into the request that the pool gets.'),
  cluster: modelName.optional().describe('Envoy cluster; left out, the name.'),
  endpoints: z.array(endpoint).min(1).max(256).describe('host:port of each server of the pool.'),
  context_window: z
    .int()
    .min(1)
    .max(100_000_000)
    .describe('Tokens that prompt and answer may take together.'),
  parameters_b: z
    .number()
    .min(0)
    .max(1e6)
    .default(DEFAULTS.model.parametersB)
    .describe('Billions of active parameters.'),
  price: price.prefault({}),
  modalities: z
    .array(z.enum(['image', 'audio', 'file']))
    .max(3)
    .default([]),
  weight: z.number().min(0).max(1e6).default(DEFAULTS.model.weight).describe('Preference within a decision.'),
  router_model: text(200).optional().describe('What routers call it; left out, the name.'),
  quality: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Share of prompts it answers well, for a router that does not know it.'),
  tools: z.boolean().default(true).describe('false: it knows no tools.'),
  residency: regions.optional().describe('Regions that its servers are in.'),
  reasoning: reasoningCard.optional(),
  lora: loraCard.optional(),
  pool: pool.prefault({}).describe('How its servers are reached.'),
});

const decision = section({
  name,
  priority: z.int().min(-1_000_000).max(1_000_000).default(0).describe('The highest that matches wins.'),
  when: rule,
  models: z.array(modelName).min(1).max(256).optional(),
  selection: selection.optional(),
  learning: decisionLearning.optional(),
  block: text(2000).optional().describe('Refuse, and tell the client this.'),
  cache: z
    .boolean()
    .default(true)
    .describe('false: answers by this decision are neither stored nor served again.'),
  reasoning: reasoningPolicy.optional(),
  residency: regions.optional().describe('Regions of which the model must be in one.'),
  fallback: decisionFallback.optional(),
  personal_data: personalData.optional(),
  cascade: cascade.optional(),
});

/** The keys with which a route may tighten the cache. */
const cachePolicy = {
  enabled: z.boolean(),
  similarity_threshold: z.number().min(0).max(1),
  max_error_rate: z.number().min(0.001).max(0.5),
  verify_sample_rate: z.number().min(0).max(1),
  ttl_seconds: z.int().min(1).max(31_536_000),
  scope: z.enum(['tenant', 'public']),
  max_wait_ms: z.int().min(0).max(600_000),
  stream_followers_wait: z.boolean(),
  entry_bytes_max: z
    .int()
    .min(1024)
    .max(1024 * 1024 * 1024),
  stream_hits: streamHits,
  ...keptOut,
};

const semanticCache = section({
  enabled: cachePolicy.enabled.default(DEFAULTS.semanticCache.enabled),
  backend_type: z.enum(['memory', 'milvus']).default(DEFAULTS.semanticCache.backendType),
  backend_config_path: z.string().min(1).optional().describe('Read for milvus only.'),
  similarity_threshold: cachePolicy.similarity_threshold
    .optional()
    .describe(`Default ${DEFAULTS.semanticCache.similarityThreshold}, unless max_error_rate decides.`),
  max_error_rate: cachePolicy.max_error_rate
    .optional()
    .describe('In place of similarity_threshold: the share of served hits that may be wrong.'),
  verify_sample_rate: cachePolicy.verify_sample_rate
    .optional()
    .describe('Share of hits that are checked against a model instead; these clients wait for it.'),
  judge: section({
    type: z.enum(['exact', 'pair', 'model']).default(DEFAULTS.semanticCache.judge),
    model: modelName.optional().describe('Of models; the one that compares, with type: model.'),
  })
    .prefault({})
    .describe('How two answers are compared.'),
  max_entries: z.int().min(1).max(10_000_000).default(DEFAULTS.semanticCache.maxEntries),
  ttl_seconds: cachePolicy.ttl_seconds.default(DEFAULTS.semanticCache.ttlSeconds),
  eviction_policy: z.enum(['fifo', 'lru', 'lfu']).default(DEFAULTS.semanticCache.evictionPolicy),
  scope: cachePolicy.scope.default(DEFAULTS.semanticCache.scope),
  max_wait_ms: cachePolicy.max_wait_ms.default(DEFAULTS.semanticCache.maxWaitMs),
  stream_followers_wait: cachePolicy.stream_followers_wait.default(
    DEFAULTS.semanticCache.streamFollowersWait,
  ),
  entry_bytes_max: cachePolicy.entry_bytes_max.default(DEFAULTS.semanticCache.entryBytesMax),
  stream_hits: cachePolicy.stream_hits.optional(),
  bytes_max: z
    .int()
    .min(1024)
    .max(1024 ** 4)
    .default(DEFAULTS.semanticCache.bytesMax),
  persist_path: z
    .string()
    .min(1)
    .optional()
    .describe('File that keeps the memory backend over a restart; it holds prompts and answers.'),
  persist_interval_s: z
    .int()
    .min(1)
    .max(86_400)
    .default(DEFAULTS.semanticCache.persistIntervalS)
    .describe('How often what has changed is written there.'),
  ...keptOutDefaults,
  partition: partition.prefault({}),
  secret_file: z.string().min(1).optional().describe('Keys the hashes; SEXTANT_CACHE_SECRET comes first.'),
}).describe('Answers again what was asked before in these or other words.');

const requestPath = z.string().regex(/^\/[A-Za-z0-9_./~-]{0,255}$/, {
  error: 'is no path; begin with "/" and take letters, digits, "_", "-", ".", "~" and "/"',
});

const route = section({
  name: name.default(DEFAULTS.route.name),
  prefix: requestPath.default(DEFAULTS.route.prefix),
  guarded: z
    .boolean()
    .default(DEFAULTS.route.guarded)
    .describe('true: a failure of Sextant is an error for the client.'),
  pass_paths: z.array(requestPath).max(64).default([]).describe('Paths that pass unread.'),
  read_usage: z.boolean().default(DEFAULTS.route.readUsage),
  semantic_cache: section(cachePolicy).partial().optional(),
});

const jwtClaim = section({
  claim: text(200).describe('Names the tenant, as in "sub".'),
  payload_in_metadata: text(200).default(DEFAULTS.identity.jwtPayload),
  namespace: text(200).default(DEFAULTS.identity.jwtNamespace),
}).describe(
  "A claim of the token that Envoy's jwt_authn filter verified; the filter's own key says where it puts it.",
);

const identity = section({
  tenant_header: headerName.optional(),
  jwt_claim: jwtClaim.optional(),
  ...callerSources,
  set_by: z.enum(['filter', 'gateway']).default(DEFAULTS.identity.setBy),
}).describe('How one caller is told from another.');

/** `sextant.yaml`, key for key. What it means together is looked at in `references.ts`. */
export const configSchema = section({
  mode: z
    .enum(['serve', 'observe'])
    .default('serve')
    .describe('observe: decide and record what would become of each request, and change nothing.'),
  listen: listen.prefault({}),
  envoy_admin: envoyAdmin.optional(),
  extproc: extproc.prefault({}),
  admin: admin.prefault({}),
  probe: probe.optional(),
  limits: limits.prefault({}),
  encoder: encoder.prefault({}),
  models: z.array(model).min(1).max(256),
  default_model: modelName.describe('Answers whatever no decision claims.'),
  virtual_models: z
    .array(modelName)
    .min(1)
    .max(64)
    .default([...DEFAULTS.virtualModels]),
  identity: identity.prefault({}),
  signals: z.array(signal).max(1000).default([]),
  selection: selection.optional(),
  load: load.optional(),
  affinity: affinity.optional(),
  residency: residency.optional(),
  learning: learning.optional(),
  decisions: z.array(decision).max(1000).default([]),
  recording: recording.optional(),
  semantic_cache: semanticCache.prefault({ enabled: false }),
  fallback: fallback.optional(),
  personal_data: personalData.optional(),
  gateway: gateway.prefault({}),
  telemetry: telemetry.prefault({}),
  routes: z.array(route).min(1).max(64).prefault([{}]),
});

/** A file that the schema accepts, defaults filled in, still in the spelling of the file. */
export type ConfigFile = z.output<typeof configSchema>;
