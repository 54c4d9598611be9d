import type { CacheStore } from '../cache/contract.js';
import type { PairJudge } from '../cache/pair-judge.js';
import type { Clock } from '../lib/clock.js';
import type { ModelHealth } from '../selection/fallback.js';
import type { RetryBudget } from '../selection/retry-budget.js';
import type { Sight } from '../selection/scoring.js';
import type { Encoder, WholeReader } from '../signals/contract.js';
import type { Telemetry } from '../telemetry/contract.js';
import type { Tracing } from '../telemetry/trace.js';
import type { Flights } from './flights.js';
import type { HitWatch } from './hit-watch.js';
import type { JudgeDesk } from './judging.js';
import type { Learning } from './learning.js';
import type { NearFlights } from './near-flights.js';
import type { RoutePolicy } from './policy.js';
import type { RecentPrompts } from './recent.js';
import type { Recorder } from './recorded.js';
import type { ServedHits } from './served.js';

/** Everything outside itself that the story of a request needs, behind contracts. */
export interface ExchangeService {
  /**
   * The policy of a route as it stands now; an exchange asks once and keeps what it got, so that a reload never
   * changes a request half way.
   * @param route the name in gRPC initial metadata; undefined asks for the first route
   */
  policyOf(route: string | undefined): RoutePolicy | undefined;
  readonly encoder: Encoder;
  /** Reads with the encoder's heads; not asked when it has none. */
  readonly reader: WholeReader;
  readonly store: CacheStore;
  /** Takes the second look at candidates of the cache; absent, the checks on the raw strings decide alone. */
  readonly pairJudge?: PairJudge | undefined;
  /** What the answers tell of the models; absent where nobody falls back to another. */
  readonly fallback?: FallbackState | undefined;
  /** What is known of the pools while they work; absent where nobody looks. */
  readonly sight?: Sight | undefined;
  /** Where answers are judged; absent where no decision has them judged. */
  readonly judging?: JudgeDesk | undefined;
  readonly flights: Flights;
  readonly nearFlights: NearFlights;
  /** What watches over the hits of a route; absent where a threshold decides and nothing is sampled. */
  readonly watchOf?: ((route: string) => HitWatch | undefined) | undefined;
  /** Remembers what was served to whom, for feedback. */
  readonly served?: ServedHits | undefined;
  /** What outcomes have taught of models; absent where no decision learns. */
  readonly learning?: Learning | undefined;
  /** Keeps the last prompts for whoever changes the policy; absent where nobody does. */
  readonly recent?: RecentPrompts | undefined;
  /** Keeps requests for replay; absent where nobody asked for that. */
  readonly recorder?: Recorder | undefined;
  /** True where nothing that is decided is to be carried out; else that is Envoy's to say. */
  readonly observes?: boolean | undefined;
  /** Keys the hashes of partitions and questions, so that nobody who sees a hash can test guesses. */
  readonly secret: Uint8Array;
  readonly clock: Clock;
  newId(): string;
  readonly telemetry: Telemetry;
  /** Absent where nobody traces. */
  readonly tracing?: Tracing | undefined;
}

/** Shared by all exchanges, and kept over a reload. */
export interface FallbackState {
  readonly health: ModelHealth;
  readonly budget: RetryBudget;
}
