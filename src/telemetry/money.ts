/** USD per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

export interface TokensUsed {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Tokens, and the price of the model that they are laid to. */
export interface Priced {
  readonly tokens: TokensUsed;
  readonly price: Price;
}

/** What one exchange cost, and what it would have cost otherwise. USD. */
export interface ExchangeMoney {
  /** What models were paid, for an answer that nobody got as well. */
  readonly costUsd: number;
  /** The part of it that the answer took which nobody got. */
  readonly discardedUsd: number;
  /** The answer at the price of the default model, which answers whatever no decision claims. */
  readonly atDefaultUsd: number;
  /** The answer at the price of the dearest model that was weighed for it. */
  readonly atDearestUsd: number;
  /** What the model whose answer was stored would have cost again. */
  readonly savedByCacheUsd: number;
}

/** With what the cost of an answer is compared. */
export type Baseline = 'default' | 'dearest';

export interface MoneyInput {
  /** The answer of a model that the client got; absent where none was asked. */
  readonly answer?: Priced | undefined;
  /** An answer that was paid for and that nobody got. */
  readonly discarded?: Priced | undefined;
  /** The answer of the cache, at the price of the model that once gave it. */
  readonly reused?: Priced | undefined;
  /** Absent where the client chose the model itself: then nothing was routed, and nothing saved by it. */
  readonly routing?: { readonly defaultPrice: Price; readonly weighed: readonly Price[] } | undefined;
}

/**
 * Counts the money of one exchange by the prices on the model cards. Baselines price the very same tokens, although
 * another model might have written more or fewer of them.
 */
export function exchangeMoney({ answer, discarded, reused, routing }: MoneyInput): ExchangeMoney {
  const paidUsd = costOf(answer);
  const discardedUsd = costOf(discarded);
  const at = (price: Price) => (answer === undefined ? 0 : costUsd(answer.tokens, price));
  return {
    costUsd: paidUsd + discardedUsd,
    discardedUsd,
    atDefaultUsd: routing === undefined ? paidUsd : at(routing.defaultPrice),
    atDearestUsd: Math.max(paidUsd, ...(routing?.weighed ?? []).map(at)),
    savedByCacheUsd: costOf(reused),
  };
}

/**
 * What routing saved. Against the default model it is negative where a dearer one was chosen, and against the dearest
 * candidate where a weak answer was paid for besides.
 */
export function savedByRoutingUsd(money: ExchangeMoney, against: Baseline): number {
  return baselineUsd(money, against) - money.costUsd;
}

export function baselineUsd(money: ExchangeMoney, baseline: Baseline): number {
  return baseline === 'default' ? money.atDefaultUsd : money.atDearestUsd;
}

/** USD. */
export function costUsd({ promptTokens, completionTokens }: TokensUsed, { input, output }: Price): number {
  return (promptTokens * input + completionTokens * output) / 1e6;
}

function costOf(priced: Priced | undefined): number {
  return priced === undefined ? 0 : costUsd(priced.tokens, priced.price);
}
