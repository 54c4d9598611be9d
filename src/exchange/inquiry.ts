import type { BoundBasis } from '../cache/bound.js';
import type { CacheEntry } from '../cache/contract.js';
import type { PromptRequest } from '../openai/request.js';
import type { Restoring } from '../openai/restoring.js';
import type { SharedHistory } from '../selection/affinity.js';
import type { ModelCard } from '../selection/model-card.js';
import type { Embedding } from '../signals/contract.js';
import type { Judging } from './judging.js';
import type { Ledger } from './ledger.js';
import type { RoutePolicy } from './policy.js';
import type { ExchangeService } from './service.js';
import type { Trail } from './trail.js';
import type { AskForTime, RequestHead } from './verdict.js';
import type { FlightEnd, Settle } from './waiting-room.js';

/** One request on its way through the story: who asks, by which policy, and what is to be done with the answer. */
export interface Inquiry {
  readonly service: ExchangeService;
  readonly policy: RoutePolicy;
  readonly head: RequestHead;
  readonly ledger: Ledger;
  readonly askForTime: AskForTime;
  readonly plan: AnswerPlan;
  /** Set where somebody wants to know more of this request than its ledger tells. */
  readonly trail?: Trail | undefined;
}

/** What the answer will be used for once it comes. Filled in by the request, read by the response. */
export interface AnswerPlan {
  request: PromptRequest | undefined;
  /** Set when a whole and good answer is to be stored. */
  store: StorePlan | undefined;
  /** The models that are asked one after the other; absent where no model is watched over. */
  asked?: readonly string[] | undefined;
  /**
   * Set where the model was shown placeholders: what they stand for, which goes into the answer again, and ends
   * with the exchange.
   */
  restore?: Restoring | undefined;
  /** Set where a stream was asked for its usage, and the client did not want to know. */
  injectedUsage?: boolean;
  /** The conversation that the request is a part of; absent where nobody keeps it in mind. */
  conversing?: Conversing | undefined;
  /** What a router expects of a model for this prompt, 0 to 1; absent where none was asked, or could say. */
  expected?: ((model: ModelCard) => number | undefined) | undefined;
  /** When the request went out. Milliseconds of the monotonic clock. */
  sentMs?: number | undefined;
  /** Set where the answer of the first model is judged before anybody has it. */
  judging?: Judging | undefined;
  /** Set while others may wait for this answer; must be called once, whatever happens. */
  settleFlight: Settle | undefined;
  /** Set when the answer tells whether a candidate that was not served would have been right. */
  learn?: ((entry: CacheEntry) => void) | undefined;
  /** What the bound knew of the hit that is served; feedback refers to it. */
  basis?: BoundBasis | undefined;
  /** Set once this request has waited for the answer to another one. */
  stopWaiting: AbortController | undefined;
  /** True once it has waited in vain, or was told that waiting is of no use: it waits for nobody any more. */
  goesAlone: boolean;
}

/** A request as a part of a conversation. */
export interface Conversing {
  /** Undefined where no model is known to have read the turns before. */
  readonly shared: SharedHistory | undefined;
  /** Says who reads the conversation now. */
  readBy(model: string): void;
}

/** From here on others may wait for this answer: those who ask the very same, and those who ask it in other words. */
export function leadFlight(plan: AnswerPlan, settle: Settle): void {
  const others = plan.settleFlight;
  plan.settleFlight = (end) => {
    others?.(end);
    settle(end);
  };
}

/**
 * Tells those who wait for this answer that it is here, or that none will come which they might share.
 *
 * @param similarity of this request's question to that of the entry; below 1 where the entry was found, not fetched
 */
export function settleFlight(plan: AnswerPlan, entry: CacheEntry | undefined, similarity = 1): void {
  endFlight(plan, entry === undefined ? { kind: 'unshared' } : { kind: 'answer', entry, similarity });
}

/** Hands over to one of those who wait: this request failed, and the next may fare better. */
export function failFlight(plan: AnswerPlan): void {
  endFlight(plan, { kind: 'failed' });
}

function endFlight(plan: AnswerPlan, end: FlightEnd): void {
  const settle = plan.settleFlight;
  plan.settleFlight = undefined;
  settle?.(end);
}

export interface StorePlan {
  readonly partition: string;
  readonly tenant: string;
  readonly exactKey: string;
  readonly ask: string;
  /** Absent when only the exact tier may serve the entry. */
  readonly embedding: Embedding | undefined;
  /** How long the client lets the answer be kept at most. Seconds. */
  readonly ttlSecondsMax: number | undefined;
}

export function emptyPlan(): AnswerPlan {
  return {
    request: undefined,
    store: undefined,
    settleFlight: undefined,
    stopWaiting: undefined,
    goesAlone: false,
  };
}
