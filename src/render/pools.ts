import type { ModelConfig } from '../config/config.js';

/** One model for each cluster, in the order of the file: models that share one have the same servers. */
export function poolOwners(models: readonly ModelConfig[]): readonly ModelConfig[] {
  return [...new Map(models.map((model) => [model.cluster, model])).values()];
}
