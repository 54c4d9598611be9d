import type { Gauges } from '../adapters/prometheus/gauges.js';
import type { ModelRest } from '../adapters/prometheus/pool-metrics.js';
import type { Config } from '../config/config.js';
import type { GiveFeedback } from '../exchange/feedback.js';
import type { LearningDesk } from '../exchange/learning.js';
import type { ExchangeService } from '../exchange/service.js';
import type { OpenAnswerJudge, OpenExchange } from '../exchange/verdict.js';
import { buildLivePolicy, KeptLearning, type LiveMeans, type LivePolicy } from './live-policy.js';
import type { Built } from './reload.js';

/**
 * The config that is served, which another one may follow. What asks here is answered by the one of that moment: an
 * exchange asks once, when it begins.
 */
export class LivePolicies {
  #now: LivePolicy | undefined;
  #means: LiveMeans | undefined;
  #kept: KeptLearning | undefined;

  /** @throws Error before `begin` is done */
  get now(): LivePolicy {
    if (this.#now === undefined) throw new Error('nothing is served yet');
    return this.#now;
  }

  get config(): Config {
    return this.now.config;
  }

  get service(): ExchangeService {
    return this.now.service;
  }

  /** Read when somebody scrapes. */
  readonly gauges: Required<Pick<Gauges, 'cacheHits' | 'learning' | 'pools' | 'models'>> = {
    cacheHits: () => this.now.watching.figures(),
    learning: () => this.now.taught.figures(),
    pools: () => this.now.pools.figures(),
    models: () => restsOf(this.now),
  };

  readonly open: OpenExchange = (route, watched) => this.now.open(route, watched);

  readonly openJudge: OpenAnswerJudge = (exchange) => this.now.openJudge(exchange);

  readonly feedback: GiveFeedback = (id, verdict) => this.now.feedback(id, verdict);

  readonly desk: LearningDesk = {
    outcome: (id, score) => this.now.taught.desk.outcome(id, score),
    report: () => this.now.taught.desk.report(),
    rollBack: (decision, version) => this.now.taught.desk.rollBack(decision, version),
  };

  /** Serves the first config. */
  async begin(built: Built, means: LiveMeans): Promise<void> {
    this.#means = means;
    this.#kept = new KeptLearning(means);
    this.#now = await buildLivePolicy(built, means);
    await this.#kept.follow(this.#now);
  }

  /** Serves another config from the next exchange on. When it fails, the one before goes on. */
  async follow(built: Built): Promise<void> {
    const before = this.now;
    if (this.#means === undefined || this.#kept === undefined) return;
    const next = await buildLivePolicy(built, this.#means, before);
    this.#now = next;
    await this.#kept.follow(next, before);
    await before.pools.close(next.pools);
    if (before.recording !== next.recording) await before.recording.close();
  }

  /** Once no exchange is left. */
  async close(): Promise<void> {
    const { pools, recording } = this.now;
    await Promise.all([pools.close(), recording.close(), this.#kept?.close()]);
  }
}

/** How the models fare that others stand in for. */
function restsOf({ service, policies }: LivePolicy): readonly ModelRest[] {
  const { fallback, clock } = service;
  const [policy] = policies.values();
  if (fallback === undefined || policy === undefined) return [];
  return policy.models.map(({ name: model }) => ({
    model,
    state: fallback.health.stateOf(model, clock.monotonicMs()),
  }));
}
