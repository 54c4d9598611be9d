import type { Usage } from '../openai/completion.js';
import type { ModelCard } from '../selection/model-card.js';
import { type ExchangeMoney, exchangeMoney, type Price, type Priced } from '../telemetry/money.js';
import type { Ledger } from './ledger.js';
import type { RoutePolicy } from './policy.js';

/**
 * What an exchange cost by the prices of the policy that it ran under, so that a new price never changes what is past.
 * Undefined where no token was counted, and where nobody carried out what was decided: then another model was paid.
 */
export function accountOf(
  ledger: Ledger,
  { models, defaultModel }: Pick<RoutePolicy, 'models' | 'defaultModel'>,
): ExchangeMoney | undefined {
  const { cascade, reused, shadow } = ledger;
  const usage = ledger.usage ?? ledger.guessed;
  if (shadow) return undefined;
  const cardOf = (name: string | undefined) => models.find((card) => card.name === name);
  const priced = (name: string | undefined, tokens: Usage | undefined): Priced | undefined => {
    const card = cardOf(name);
    return card === undefined || tokens === undefined ? undefined : { tokens, price: card.price };
  };
  const answer = priced(ledger.model, usage);
  const discarded = priced(cascade?.model, cascade?.usage);
  const stored = priced(reused?.model, reused?.usage);
  if (answer === undefined && discarded === undefined && stored === undefined) return undefined;
  const routing =
    ledger.path === 'upstream'
      ? { defaultPrice: defaultModel.price, weighed: weighedPrices(ledger, { models, usage }) }
      : undefined;
  return exchangeMoney({ answer, discarded, reused: stored, routing });
}

/** One that the prompt and its answer do not fit into could not have answered, so it is no measure of what was saved. */
function weighedPrices(
  { candidates }: Ledger,
  { models, usage }: { readonly models: readonly ModelCard[]; readonly usage: Usage | undefined },
): readonly Price[] {
  const tokens = usage === undefined ? 0 : usage.promptTokens + usage.completionTokens;
  const names = new Set(candidates.map(({ model }) => model));
  return models
    .filter(({ name, contextWindow }) => names.has(name) && contextWindow >= tokens)
    .map(({ price }) => price);
}
