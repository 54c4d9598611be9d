import type { CompareTexts } from '../cache/answers-agree.js';
import type { Config } from '../config/config.js';
import { hostInUrl } from '../lib/url-host.js';

/** Of one comparison. Nobody waits for it, and a pool under load answers late. Milliseconds. */
const DEADLINE_MS = 60_000;
const IN_FLIGHT_MAX = 1;
const WAITING_MAX = 64;

/**
 * What compares answers for the routes that name a model for it, by the name of the model. Loads the client
 * only where there is one.
 */
export async function openModelJudges({
  models,
  routes,
}: Pick<Config, 'models' | 'routes'>): Promise<ReadonlyMap<string, CompareTexts>> {
  const named = new Set(routes.flatMap(({ cache }) => (cache.enabled ? (cache.answerModel ?? []) : [])));
  if (named.size === 0) return new Map();
  const { createModelJudge } = await import('../adapters/model-judge/model-judge.js');
  const judges = models
    .filter(({ name }) => named.has(name))
    .map(({ name, endpoints }) => {
      const servers = endpoints.map(({ address, port }) => `http://${hostInUrl(address)}:${port}`);
      const limits = { deadlineMs: DEADLINE_MS, inFlightMax: IN_FLIGHT_MAX, waitingMax: WAITING_MAX };
      return [name, createModelJudge({ servers, model: name, ...limits })] as const;
    });
  return new Map(judges);
}
