import { createHash } from 'node:crypto';
import type { Kept } from '../adapters/memory/keep-written.js';
import type { Config } from '../config/config.js';
import type { RoutePolicy } from '../exchange/policy.js';
import type { DecisionLearner } from '../learn/decision-learner.js';
import type { Logger } from '../telemetry/contract.js';
import type { KeptLearner } from './saved-learners.js';

/** Whoever loses power loses what was learnt in so long. Milliseconds. */
const INTERVAL_MS = 5000;

export interface LearningToKeep {
  /** By the name of the decision. */
  readonly learners: ReadonlyMap<string, DecisionLearner>;
  readonly policies: ReadonlyMap<string, Pick<RoutePolicy, 'models' | 'choices'>>;
  readonly logger: Logger;
}

/**
 * Keeps what decisions have learnt over a restart. Loads the file's code only where there is something to keep.
 * Undefined where nobody names a file, or no decision learns.
 */
export async function rememberLearning(
  { learningPath, decisions }: Pick<Config, 'learningPath' | 'decisions'>,
  { learners, policies, logger }: LearningToKeep,
): Promise<Kept | undefined> {
  if (learningPath === undefined || learners.size === 0) return undefined;
  const { openKeptFile } = await import('../adapters/memory/kept-file.js');
  const { learnerLines, takeLearnerLines } = await import('./saved-learners.js');
  const kept = new Map<string, KeptLearner>();
  // All routes choose by the same models and routers.
  const [policy] = policies.values();
  for (const { name, action } of decisions) {
    const learner = learners.get(name);
    if (learner === undefined || action.kind !== 'route') continue;
    kept.set(name, { learner, fingerprint: fingerprintOf(name, action.models, policy) });
  }
  const left = (decision: string, why: string) =>
    logger.warn({ path: learningPath, decision, why }, `what this decision had learnt is left: ${why}`);
  return openKeptFile({
    path: learningPath,
    state: {
      what: 'what decisions have learnt',
      changes: () => [...kept.values()].reduce((sum, { learner }) => sum + learner.changes(), 0),
      lines: () => learnerLines(kept),
      take: (lines) => takeLearnerLines(lines, kept, left),
    },
    intervalMs: INTERVAL_MS,
    logger,
  });
}

/** Of the models, and of whatever says what is expected of them: outcomes were held against that. */
export function fingerprintOf(
  decision: string,
  models: readonly string[],
  policy: Pick<RoutePolicy, 'models' | 'choices'> | undefined,
): string {
  const cards = models.map((model) => {
    const card = policy?.models.find(({ name }) => name === model);
    return [model, card?.quality ?? null, card?.routerModel ?? null];
  });
  const router = policy?.choices.get(decision)?.router.hash ?? null;
  return createHash('sha256')
    .update(JSON.stringify([cards, router]))
    .digest('hex')
    .slice(0, 32);
}
