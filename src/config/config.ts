import type { CachePolicy, EvictionPolicy } from '../cache/contract.js';
import type { JwtClaim } from '../cache/identity.js';
import type { Decision } from '../decision/rule.js';
import type { GatewayPolicy } from '../exchange/gateway.js';
import type { Secret } from '../lib/secret.js';
import type { Goal } from '../selection/expected-quality.js';
import type { FallbackPolicy } from '../selection/fallback.js';
import type { ModelCard } from '../selection/model-card.js';
import type { Scoring } from '../selection/scoring.js';
import type { IdentitySource } from '../signals/identity.js';
import type { IdentityKind } from '../signals/labels.js';
import type { PersonalPolicy } from '../signals/personal-policy.js';
import type { TelemetryConfig } from './schema-telemetry.js';
import type { SignalConfig } from './signal-config.js';

/** A checked `sextant.yaml`: plain data, frozen all the way down. The composition root builds the domain from it. */
export interface Config {
  /** The file as it was named to us, for messages. */
  readonly file: string;
  /** What stands in it, in its own spelling, defaults filled in: for whoever shows it. */
  readonly effective: object;
  /** Every file that it was read from. Absolute. */
  readonly files: readonly string[];
  /** True where Sextant only watches, and Envoy goes on by itself. */
  readonly observes: boolean;
  /** Envoy's front door. */
  readonly listen: SocketAddress;
  /** Absent means that the rendered Envoy has no admin interface at all. */
  readonly envoyAdmin: SocketAddress | undefined;
  /** Where Sextant serves ext_proc, and where Envoy finds it. */
  readonly extproc: ExtprocAddress;
  /** Sextant's own HTTP for health, metrics and operation. */
  readonly admin: AdminConfig;
  /** Health and metrics alone; absent: the admin listener serves them. */
  readonly probe: SocketAddress | undefined;
  readonly telemetry: TelemetryConfig;
  readonly limits: Limits;
  readonly encoder: EncoderConfig;
  readonly models: readonly ModelConfig[];
  readonly defaultModel: ModelConfig;
  /** Names that a client writes into `model` to have one chosen. */
  readonly virtualModels: readonly string[];
  readonly identity: IdentityConfig;
  readonly signals: readonly SignalConfig[];
  /** In the order of the file; priorities are not applied here. */
  readonly decisions: readonly Decision[];
  /** By the name of the decision, where a router chooses. */
  readonly selections: ReadonlyMap<string, SelectionConfig>;
  /** How models are compared: by the name of the decision where that has its own way. */
  readonly scoring: { readonly base: Scoring; readonly byDecision: ReadonlyMap<string, Scoring> };
  /** Whether that hangs on how long models take to answer. */
  readonly timesAnswers: boolean;
  /** Absent: nobody asks the pools how busy they are. */
  readonly load: LoadConfig | undefined;
  /** Absent: no caller's prompts must stay anywhere. */
  readonly residency: ResidencyConfig | undefined;
  /** Absent: no conversation is kept in mind. */
  readonly affinity: AffinityConfig | undefined;
  /** By the name of the decision, where outcomes teach. */
  readonly learnings: ReadonlyMap<string, LearningConfig>;
  /** Absent: no request is kept. */
  readonly recording: RecordingConfig | undefined;
  /** The file that keeps what was learnt; undefined: it ends with the process. */
  readonly learningPath: string | undefined;
  readonly semanticCache: SemanticCacheConfig;
  /** What gateways around Sextant are told. */
  readonly gateway: GatewayPolicy;
  /** Absent: a model that fails is the client's affair. */
  readonly fallback: FallbackConfig | undefined;
  /** What is done about personal data unless a decision says otherwise; absent: nothing. */
  readonly personalData: PersonalPolicy | undefined;
  /** In the order of the file; at least one. */
  readonly routes: readonly RouteConfig[];
}

export interface SocketAddress {
  readonly address: string;
  /** 0 asks the system for a free one. */
  readonly port: number;
}

export interface AdminConfig extends SocketAddress {
  /** Whether the pages about the cache show questions and answers. */
  readonly showPrompts: boolean;
  /** Absent, both: whoever sits at the machine may do everything. */
  readonly token: Secret | undefined;
  readonly readOnlyToken: Secret | undefined;
  /** Names that it is asked by, beside IP addresses, `localhost` and its address. Lower case. */
  readonly hosts: readonly string[];
  /** Absent: plain HTTP. Paths are absolute. */
  readonly tls:
    | {
        readonly certificateFile: string;
        readonly keyFile: string;
        /** Absent: clients show no certificate. */
        readonly clientCaFile: string | undefined;
      }
    | undefined;
  /** Where the playground sends its prompts; undefined: to `listen`. */
  readonly gatewayUrl: string | undefined;
}

export type ExtprocAddress =
  | { readonly kind: 'unix' /** Absolute, at most 107 bytes. */; readonly socket: string }
  | {
      readonly kind: 'tcp';
      readonly address: string;
      readonly port: number;
      /** Where Envoy finds it; several replicas may stand behind one. */
      readonly endpoints: readonly SocketAddress[];
      readonly tls?: ExtprocTls;
    };

/** Paths are absolute. */
export interface ExtprocTls {
  readonly certFile: string;
  readonly keyFile: string;
  /** Undefined: nobody is asked for a certificate. */
  readonly clientCaFile: string | undefined;
  /** What the rendered Envoy shows and trusts. */
  readonly envoy: PoolTls;
}

export interface Limits {
  /** The largest request body. Envoy answers 413 above it. Bytes. */
  readonly bodyBytesMax: number;
  /** How long Envoy waits for each of our replies. Milliseconds. */
  readonly messageTimeoutMs: number;
  /** How long an exchange may be silent in both directions. Seconds. */
  readonly streamIdleTimeoutS: number;
}

export type ExecutionProvider = 'cpu' | 'cuda' | 'webgpu';

export interface EncoderConfig {
  /** Absolute folder of the models, the one that holds manifest.json; absent means the one that ships with Sextant. */
  readonly path: string | undefined;
  readonly provider: ExecutionProvider;
  /** What to do when the provider is not to be had: stop with an error, or run on the CPU. */
  readonly fallback: 'none' | 'cpu';
  readonly workers: number;
  /** Texts that may wait for a worker; above it the encoder says that it is overloaded. */
  readonly queueMax: number;
  /** How long a request waits for its embedding, queueing included. Milliseconds. */
  readonly deadlineMs: number;
  /** Windows of text that guards and the search for personal data read of one conversation. */
  readonly windowsMax: number;
  /** How long a request waits for that reading, queueing included. Milliseconds. */
  readonly readDeadlineMs: number;
}

export interface ModelConfig extends ModelCard {
  /** The servers of its pool. Models that share a cluster have the same ones. */
  readonly endpoints: readonly SocketAddress[];
  readonly pool: PoolConfig;
}

/** How the servers of a model are reached. Models that share a cluster share this, too. */
export interface PoolConfig {
  /** Requests that one engine answers at the same time. */
  readonly maxNumSeqs: number;
  readonly tls: PoolTls | undefined;
  readonly credentials: PoolCredentials;
  /** Absent: Envoy asks no endpoint whether it is well. */
  readonly healthCheck: PoolHealthCheck | undefined;
  /** Absent: an endpoint that fails stays in. */
  readonly outliers: PoolOutliers | undefined;
}

/** Paths are absolute. Without `caFile` the system's own roots count. */
export interface PoolTls {
  readonly caFile: string | undefined;
  /** What the certificate must name; absent: the host of the endpoint. */
  readonly serverName: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}

/** What stands in place of the client's key; only where the key is to be found, never the key itself. */
export type PoolCredentials =
  | { readonly from: 'pass' | 'none' }
  | { readonly from: 'env'; readonly name: string; readonly header: string; readonly prefix: string }
  | { readonly from: 'file'; readonly path: string; readonly header: string; readonly prefix: string };

export interface PoolHealthCheck {
  readonly path: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Answers in a row. */
  readonly unhealthyAfter: number;
  readonly healthyAfter: number;
}

export interface PoolOutliers {
  /** Failures in a row. */
  readonly failures: number;
  readonly ejectionMs: number;
  readonly ejectedPercentMax: number;
}

/** How the pools are asked how busy they are. */
export interface LoadConfig {
  readonly pollIntervalMs: number;
  readonly timeoutMs: number;
  /** For how long an answer is believed. Milliseconds. */
  readonly keepMs: number;
  /** Of the page of metrics on each server. */
  readonly path: string;
}

/** Whose prompts must stay where. */
export interface ResidencyConfig {
  /** Lower case. */
  readonly header: string | undefined;
  /** By the name of the tenant. */
  readonly tenants: ReadonlyMap<string, readonly string[]>;
}

/** How conversations are kept in mind. */
export interface AffinityConfig {
  /** Lower case. */
  readonly header: string | undefined;
  readonly ttlMs: number;
  readonly entriesMax: number;
}

/** What happens when a model fails; the policy is that of prompts which no decision claims. */
export interface FallbackConfig {
  readonly policy: FallbackPolicy;
  /** Whether the models are asked as they are written: Envoy before 1.40 can follow no other order. */
  readonly isFixed: boolean;
  /** Further tries for each hundred requests. */
  readonly budgetPercent: number;
  /** Failures in a row after which a model rests. */
  readonly cooldownAfter: number;
  readonly cooldownMs: number;
}

export interface SelectionConfig {
  /** Name of a shipped router, or the absolute folder of one. */
  readonly router: string;
  readonly goal: Goal;
}

export interface LearningConfig {
  /** Share of requests, 0 to 1. */
  readonly exploreMax: number;
  readonly minOutcomes: number;
  readonly halfLifeOutcomes: number;
  /** `outcomes` are told to the admin listener; the others are heard in conversations. */
  readonly from: ReadonlySet<'outcomes' | 'feedback' | 'reask' | 'cascade'>;
}

/** Which requests are kept for replay, and where. */
export interface RecordingConfig {
  /** Absolute. */
  readonly path: string;
  /** `plain` keeps the bodies, `hashed` what the models made of them. */
  readonly mode: 'hashed' | 'plain';
  /** What the file and the one before it may weigh together. Bytes. */
  readonly bytesMax: number;
  /** Share of requests that are kept. 0 to 1. */
  readonly sampleRate: number;
}

export interface IdentityConfig {
  /** The header that names the tenant; without it a tenant is known by its `Authorization`. */
  readonly tenantHeader: string | undefined;
  /** The claim that names the tenant, of a token that Envoy's jwt_authn filter verified. */
  readonly jwtClaim: JwtClaim | undefined;
  /** What says more of a caller, for identity signals. */
  readonly sources: Readonly<Partial<Record<IdentityKind, IdentitySource>>>;
  /**
   * `filter`: a filter in this Envoy sets the headers, so what a client sent under their names is removed first.
   * `gateway`: something in front of this Envoy sets them, so they are kept as they come.
   */
  readonly setBy: 'filter' | 'gateway';
}

/** The store's own settings, and the policy that a route has unless it says otherwise. */
export interface SemanticCacheConfig extends CachePolicy {
  readonly backendType: 'memory' | 'milvus';
  /** Set when the backend is Milvus. */
  readonly milvus: MilvusConfig | undefined;
  readonly maxEntries: number;
  /** What all entries may weigh together. Bytes. */
  readonly bytesMax: number;
  readonly evictionPolicy: EvictionPolicy;
  /** Absolute file that the memory backend is written to and loaded from; absent means that it ends with the process. */
  readonly persistPath: string | undefined;
  /** How often what has changed is written. Seconds. */
  readonly persistIntervalS: number;
  /** Absolute path of the file with the secret that keys the cache's hashes. */
  readonly secretFile: string | undefined;
}

/** Where Milvus is, and how the cache uses it. */
export interface MilvusConfig {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** How long connecting may take, and whatever no request waits for. Milliseconds. */
  readonly connectTimeoutMs: number;
  readonly auth: { readonly username: string; readonly password: Secret } | undefined;
  /** Paths are absolute. Without `caFile` the system's own roots count. */
  readonly tls:
    | {
        readonly certFile: string | undefined;
        readonly keyFile: string | undefined;
        readonly caFile: string | undefined;
        /** The name that the certificate must hold, where it is not the host. */
        readonly serverName: string | undefined;
      }
    | undefined;
  readonly collection: string;
  readonly description: string;
  readonly vectorField: string;
  /** What the file says; the encoder's own is what counts. */
  readonly dimension: number | undefined;
  readonly metricType: 'IP' | 'COSINE';
  readonly index: {
    readonly type: 'HNSW' | 'FLAT' | 'AUTOINDEX';
    readonly m: number;
    readonly efConstruction: number;
  };
  /** How many candidates an HNSW search keeps; more find more and take longer. */
  readonly ef: number;
  readonly consistencyLevel: 'Strong' | 'Session' | 'Bounded' | 'Eventually';
  /** How long a request waits for one read. Milliseconds. */
  readonly deadlineMs: number;
}

export interface RouteConfig {
  readonly name: string;
  /** Starts with a slash and ends without one, unless it is the slash alone. */
  readonly prefix: string;
  readonly guarded: boolean;
  readonly passPaths: readonly string[];
  readonly readUsage: boolean;
  /** Whether anybody has use for the answers: the cache, whoever counts tokens, watches over models or puts personal data back. Else Envoy shows us none. */
  readonly hearsAnswers: boolean;
  readonly cache: CachePolicy;
}
