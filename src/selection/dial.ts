/** What is expected of one model for one prompt. */
export interface Option {
  /** 0 to 1. */
  readonly quality: number;
  readonly cost: number;
}

const STEPS = 60;

/**
 * What a unit of cost must weigh against a quality of 1, so that choosing by quality − weight × cost spends, over these
 * prompts, the share `bias` of the way from the cheapest models to the best ones. 0 for a bias of 1, where quality alone
 * counts; infinite for a bias of 0, and where there is no prompt to set the dial by.
 */
export function costWeightOf(bias: number, prompts: readonly (readonly Option[])[]): number {
  if (bias >= 1) return 0;
  const costs = prompts.flatMap((options) => options.map(({ cost }) => cost)).filter((cost) => cost > 0);
  if (bias <= 0 || costs.length === 0) return Number.POSITIVE_INFINITY;
  const [least, most] = [spending(prompts, Number.POSITIVE_INFINITY), spending(prompts, 0)];
  const wanted = least + bias * (most - least);
  // From where the dearest answer weighs nearly nothing to where the cheapest one weighs more than any quality.
  let low = Math.log(1e-6 / Math.max(...costs));
  let high = Math.log(1e6 / Math.min(...costs));
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (spending(prompts, Math.exp(middle)) > wanted) low = middle;
    else high = middle;
  }
  return Math.exp(high);
}

/** Mean cost of the models that such a weight chooses; of equals the cheaper one. */
function spending(prompts: readonly (readonly Option[])[], weight: number): number {
  let sum = 0;
  for (const options of prompts) {
    let best: Option | undefined;
    for (const option of options) if (best === undefined || isBetter(option, best, weight)) best = option;
    sum += best?.cost ?? 0;
  }
  return sum / Math.max(1, prompts.length);
}

function isBetter(option: Option, than: Option, weight: number): boolean {
  if (weight === Number.POSITIVE_INFINITY) return option.cost < than.cost;
  const ahead = option.quality - than.quality - weight * (option.cost - than.cost);
  return ahead > 0 || (ahead === 0 && option.cost < than.cost);
}
