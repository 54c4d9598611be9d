import type { ModelCard } from './model-card.js';
import { requestCost } from './request-cost.js';
import { ANSWER_TOKENS_DEFAULT, expectedAnswerMs, type LatencySource, type Needs } from './scorers.js';
import type { Bar } from './select.js';

/** What no model may exceed as long as another one keeps to it. */
export interface Ceilings {
  /** Milliseconds. */
  readonly firstTokenMs?: number | undefined;
  /** Of each token after the first. Milliseconds. */
  readonly tokenMs?: number | undefined;
  /** Of a whole answer of usual length. Milliseconds. */
  readonly answerMs?: number | undefined;
  /** Of one request. USD. */
  readonly requestUsd?: number | undefined;
}

/**
 * Rules out models that have been too slow of late; where all have, none is ruled out, so that the best one answers. Then
 * it rules out what is too dear, as long as it is not the cheapest one left.
 *
 * @param latency undefined where nobody looks
 * @returns undefined where there is no ceiling
 */
export function ceilingBar(ceilings: Ceilings, latency: LatencySource | undefined): Bar | undefined {
  if (Object.values(ceilings).every((each) => each === undefined)) return undefined;
  return bothBars(slownessBar(ceilings, latency), priceBar(ceilings));
}

/** Asks the second of those only that pass the first. */
export function bothBars(first: Bar | undefined, second: Bar | undefined): Bar | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return (cards, needs) => {
    const whyNot = first(cards, needs);
    const whyElse = second(
      cards.filter((card) => whyNot(card) === undefined),
      needs,
    );
    return (card) => whyNot(card) ?? whyElse(card);
  };
}

function slownessBar(ceilings: Ceilings, latency: LatencySource | undefined): Bar {
  return (cards, needs) => {
    const whySlow = (card: ModelCard) => slowness(ceilings, latency?.latencyOf(card.name), needs);
    return cards.every((card) => whySlow(card) !== undefined) ? () => undefined : whySlow;
  };
}

function slowness(
  { firstTokenMs, tokenMs, answerMs }: Ceilings,
  seen: ReturnType<LatencySource['latencyOf']>,
  needs: Needs,
): string | undefined {
  return (
    tooSlow('the first token', seen?.firstTokenMs, firstTokenMs) ??
    tooSlow('a token', seen?.perTokenMs, tokenMs) ??
    tooSlow('an answer', expectedAnswerMs(seen, needs), answerMs)
  );
}

function tooSlow(what: string, ms: number | undefined, msMax: number | undefined): string | undefined {
  if (ms === undefined || msMax === undefined || ms <= msMax) return undefined;
  return `${what} has taken it ${ms.toFixed(ms < 10 ? 1 : 0)} ms of late, more than ${msMax}`;
}

function priceBar({ requestUsd }: Ceilings): Bar {
  return (cards, needs) => {
    const priceOf = (card: ModelCard) =>
      requestCost(card, 'usd', {
        promptTokens: needs.contextTokens,
        answerTokens: needs.answerTokens ?? ANSWER_TOKENS_DEFAULT,
      });
    const cheapest = Math.min(...cards.map(priceOf));
    return (card) => {
      const usd = priceOf(card);
      if (requestUsd === undefined || usd <= requestUsd || usd <= cheapest) return undefined;
      return `would cost ${usd.toPrecision(3)} USD, more than ${requestUsd}`;
    };
  };
}
