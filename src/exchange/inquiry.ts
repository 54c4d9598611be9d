import type { CacheEntry } from '../cache/contract.js';
import type { PromptRequest } from '../openai/request.js';
import type { Embedding } from '../signals/contract.js';
import type { Ledger } from './ledger.js';
import type { RoutePolicy } from './policy.js';
import type { ExchangeService } from './service.js';
import type { AskForTime, RequestHead } from './verdict.js';

/** One request on its way through the story: who asks, by which policy, and what is to be done with the answer. */
export interface Inquiry {
  readonly service: ExchangeService;
  readonly policy: RoutePolicy;
  readonly head: RequestHead;
  readonly ledger: Ledger;
  readonly askForTime: AskForTime;
  readonly plan: AnswerPlan;
}

/** What the answer will be used for once it comes. Filled in by the request, read by the response. */
export interface AnswerPlan {
  request: PromptRequest | undefined;
  /** Set when a whole and good answer is to be stored. */
  store: StorePlan | undefined;
  /** Set while others wait for this answer; must be settled once, whatever happens. */
  settleFlight: ((entry: CacheEntry | undefined) => void) | undefined;
  /** Set while this request waits for the answer to another one. */
  stopWaiting: AbortController | undefined;
}

/** Tells those who wait for this answer that it is here, or that there will be none. */
export function settleFlight(plan: AnswerPlan, entry: CacheEntry | undefined): void {
  const settle = plan.settleFlight;
  plan.settleFlight = undefined;
  settle?.(entry);
}

export interface StorePlan {
  readonly partition: string;
  readonly tenant: string;
  readonly exactKey: string;
  readonly ask: string;
  /** Absent when only the exact tier may serve the entry. */
  readonly embedding: Embedding | undefined;
}

export function emptyPlan(): AnswerPlan {
  return { request: undefined, store: undefined, settleFlight: undefined, stopWaiting: undefined };
}
