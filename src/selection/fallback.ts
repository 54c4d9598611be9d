import type { ModelCard } from './model-card.js';

/** What makes another model try: a status, every status from 500, or no answer at all. */
export type FallbackTrigger = number | '5xx' | 'connect-failure' | 'reset' | 'timeout';

/** What happens when the chosen model fails. */
export interface FallbackPolicy {
  readonly on: readonly FallbackTrigger[];
  /** How long a model may take until the headers of a stream. Milliseconds. */
  readonly firstByteTimeoutMs: number;
  /** The same for answers in one piece, whose headers come when the last token is there; undefined for no limit. */
  readonly answerTimeoutMs: number | undefined;
  /** Models that are asked one after the other, the chosen one among them. */
  readonly triesMax: number;
  /** Names of models that come after those of the decision. */
  readonly models: readonly string[];
  /** Where Envoy can only follow an order that was laid down before: all models in the order written. */
  readonly written?: readonly string[] | undefined;
}

/** Whether a model is well, as far as its answers tell. Times are milliseconds of one monotonic clock. */
export interface ModelHealth {
  /** `due`: it failed, has rested, and one request may try it again. */
  stateOf(model: string, nowMs: number): 'well' | 'due' | 'cooling';
  /** One request tries a model that is due; until its end the others leave it alone. */
  probe(model: string, nowMs: number): void;
  answered(model: string, failed: boolean, nowMs: number): void;
}

/**
 * The models in the order in which they are asked: those that are well as selection ranked them, then those that rest,
 * which still are better than nobody. One that is due goes to its place for one request, which others can still save.
 */
export function tryOrder(
  ranked: readonly ModelCard[],
  {
    health,
    nowMs,
    mayProbe,
  }: { readonly health: ModelHealth; readonly nowMs: number; readonly mayProbe: boolean },
): readonly ModelCard[] {
  const states = ranked.map((card) => ({ card, state: health.stateOf(card.name, nowMs) }));
  const well = states.filter(({ state }) => state === 'well');
  const firstWell = states.findIndex(({ state }) => state === 'well');
  const before = firstWell < 0 ? states : states.slice(0, firstWell);
  const probed = mayProbe ? before.find(({ state }) => state === 'due') : undefined;
  if (probed !== undefined) health.probe(probed.card.name, nowMs);
  const rest = states.filter((each) => each.state !== 'well' && each !== probed);
  return [...(probed === undefined ? [] : [probed]), ...well, ...rest].map(({ card }) => card);
}

/** Whether an answer of this status is a failure of the model; what a client did wrong is none. */
export function isFailure(status: number): boolean {
  return status === 429 || status >= 500;
}
