import type { ModelCard } from './model-card.js';

/** What costs are counted in: money where a card has a price, else active parameters × tokens. */
export type CostUnit = 'usd' | 'parameters';

/** One unit for all, since costs are compared. */
export function costUnitOf(cards: readonly ModelCard[]): CostUnit {
  return cards.some(({ price }) => price.input > 0 || price.output > 0) ? 'usd' : 'parameters';
}

export interface RequestTokens {
  readonly promptTokens: number;
  readonly answerTokens: number;
}

/** USD, or billions of active parameters × millions of tokens. */
export function requestCost(card: ModelCard, unit: CostUnit, tokens: RequestTokens): number {
  const { promptTokens, answerTokens } = tokens;
  if (unit === 'parameters') return (card.parametersB * (promptTokens + answerTokens)) / 1e6;
  return (promptTokens * card.price.input + answerTokens * card.price.output) / 1e6;
}
