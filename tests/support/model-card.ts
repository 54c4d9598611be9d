import type { ModelCard } from '../../src/selection/model-card.js';

/** A free model that takes whatever a test asks, but for what the test says of it. */
export function card(name: string, change: Partial<ModelCard> = {}): ModelCard {
  return {
    name,
    cluster: name,
    contextWindow: 8192,
    price: { input: 0, output: 0 },
    parametersB: 0,
    modalities: [],
    weight: 1,
    ...change,
  };
}
