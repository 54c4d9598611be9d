import type { CachePolicy } from '../cache/contract.js';
import type { JwtClaim } from '../cache/identity.js';
import type { CompiledDecisions } from '../decision/decide.js';
import type { ModelChoice } from '../selection/expected-quality.js';
import type { FallbackPolicy } from '../selection/fallback.js';
import type { ModelCard } from '../selection/model-card.js';
import type { Scoring } from '../selection/scoring.js';
import type { ReadingBudget, Signal } from '../signals/contract.js';
import type { IdentitySource } from '../signals/identity.js';
import type { PersonalPolicy } from '../signals/personal-policy.js';
import type { GatewayPolicy } from './gateway.js';

/** How a caller is told from another. Headers named here are set by an authenticating filter that Envoy trusts. */
export interface IdentityPolicy {
  readonly tenantHeader: string | undefined;
  readonly jwtClaim: JwtClaim | undefined;
}

/** Which tenants' prompts must stay where. */
export interface ResidencyPolicy {
  /** A trusted header that names regions, with commas between; in lower case. */
  readonly header: string | undefined;
  /** By the name of the tenant. */
  readonly tenants: ReadonlyMap<string, readonly string[]>;
  /** What says which tenant is calling. */
  readonly source: IdentitySource;
}

export interface ScoringPolicy {
  readonly base: Scoring;
  readonly byDecision: ReadonlyMap<string, Scoring>;
}

/** All that shapes the answer to a request on one route. Built from config, frozen, swapped whole on reload. */
export interface RoutePolicy {
  readonly name: string;
  /** What the route's paths begin with; Envoy takes it off for the pool only. Ends without a slash, or is the slash. */
  readonly prefix: string;
  /** Guarded: nothing unclassified ever passes; a failure of ours is an error for the client. */
  readonly guarded: boolean;
  /** Paths (exact, query left off) that pass untouched; always empty on a guarded route. */
  readonly passPaths: ReadonlySet<string>;
  readonly virtualModels: ReadonlySet<string>;
  readonly models: readonly ModelCard[];
  /** What happens when a model fails on prompts that no decision claims; absent: nothing, for any prompt. */
  readonly fallback?: FallbackPolicy | undefined;
  readonly defaultModel: ModelCard;
  /** What is done about personal data where the decision says nothing else; absent: nothing. */
  readonly personalData?: PersonalPolicy | undefined;
  /** Whether personal data are kept from anybody, so that a failure of ours must not let a request pass unread. */
  readonly protectsPersonal?: boolean;
  readonly signals: ReadonlyMap<string, Signal>;
  readonly decisions: CompiledDecisions;
  /** The decisions among them that block by rules alone; they come before the cache. */
  readonly ruleBlocks: CompiledDecisions;
  /** By the name of the decision: how its models are chosen by what is expected of them. */
  readonly choices: ReadonlyMap<string, ModelChoice>;
  /** How models are compared: by the name of the decision where that has its own way. Absent: by weight, then price. */
  readonly scoring?: ScoringPolicy | undefined;
  readonly cache: CachePolicy;
  readonly identity: IdentityPolicy;
  /** Whose prompts must stay where; absent: nobody's. */
  readonly residency?: ResidencyPolicy | undefined;
  /** Hash of what can change an answer or a block; part of every cache partition. */
  readonly version: string;
  /** What gateways around us are told of the model; absent: nothing. */
  readonly gateway?: GatewayPolicy | undefined;
  /** Whether answers are read for their token usage even when nothing is to be cached. */
  readonly readUsage: boolean;
  /** Whether streams are asked for their usage where the client does not ask. */
  readonly injectsUsage?: boolean;
  /** False when Envoy shows us no answers of this route; what they must tell then travels with the request. */
  readonly hearsAnswers: boolean;
  readonly bodyBytesMax: number;
  /** How long the encoder may take, queueing included. Milliseconds. */
  readonly encodeDeadlineMs: number;
  /** What looking through a whole conversation may cost: the time is for reading and searching together. */
  readonly reading: ReadingBudget;
  /** Whether a signal asks for a reading of that kind, or a search for personal data. */
  readonly looksThrough: boolean;
}
