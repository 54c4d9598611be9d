import type { Random } from '../lib/random.js';
import {
  type BanditState,
  correctionOf,
  type Drift,
  drawnCorrection,
  driftOf,
  EXPECTED_OF_STRANGERS,
  NOTHING_LEARNT,
  type Outcome,
  withOutcome,
} from './bandit.js';
import { createExploreBudget, type ExploreBudget } from './explore-budget.js';
import { NO_SCALE, qualityOfSign, type SignScale, withSign } from './sign-scale.js';

/** How one decision learns. */
export interface LearningRule {
  /** Share of requests that may go to a model which the expectation would not choose, at most. 0 to 1. */
  readonly exploreMax: number;
  /** A model with fewer is taken for what was expected of it. */
  readonly minOutcomes: number;
  /** After so many outcomes of the decision one counts half. */
  readonly halfLifeOutcomes: number;
}

/** An outcome, the exchange that it belongs to, and when it came. */
export interface DatedOutcome extends Outcome {
  readonly id: string;
  readonly atMs: number;
}

/** A state that can be gone back to. */
export interface KeptVersion {
  readonly version: number;
  readonly atMs: number;
  readonly state: BanditState;
}

/** What changed, when, and by which outcomes. Ids of exchanges alone: nothing of a prompt. */
export interface Change {
  readonly atMs: number;
  readonly kind: 'learnt' | 'rolled-back';
  /** The version that this made, or went back to. */
  readonly version: number;
  readonly models: readonly {
    readonly model: string;
    readonly outcomes: number;
    readonly before: number;
    readonly after: number;
  }[];
  /** Of the first outcome and the last; absent for a rollback. */
  readonly ids?: readonly [first: string, last: string] | undefined;
}

/** All that a learner knows, to be kept while nobody runs it. */
export interface LearnerRecord {
  readonly state: BanditState;
  /** As it was when `recent` began. */
  readonly base: BanditState;
  readonly versions: readonly KeptVersion[];
  readonly changes: readonly Change[];
  readonly lastVersion: number;
  /** Outcomes since the last version. */
  readonly recent: readonly DatedOutcome[];
  /** By the kind of sign. */
  readonly scales: ReadonlyMap<string, SignScale>;
  /** By the name of the model. */
  readonly traffic: ReadonlyMap<string, { readonly requests: number; readonly explored: number }>;
}

export interface ModelReport {
  readonly model: string;
  readonly requests: number;
  readonly explored: number;
  readonly outcomes: number;
  /** Faded means; undefined without an outcome. */
  readonly quality: number | undefined;
  readonly expected: number | undefined;
  readonly correction: number;
  readonly drift: Drift | undefined;
}

/** A version is kept each time that so many outcomes came. */
const OUTCOMES_PER_VERSION = 50;
const VERSIONS_MAX = 50;
const CHANGES_MAX = 200;

/** Learns how good the models of one decision are, by what is said of their answers. */
export class DecisionLearner {
  private state = NOTHING_LEARNT;
  /** As it was when `recent` began. */
  private base = NOTHING_LEARNT;
  private versions: readonly KeptVersion[];
  private trail: readonly Change[] = [];
  private lastVersion = 0;
  private recent: DatedOutcome[] = [];
  private readonly scales = new Map<string, SignScale>();
  private told = 0;
  private readonly budget: ExploreBudget;
  private readonly traffic: ReadonlyMap<string, { requests: number; explored: number }>;
  private readonly random: Random;

  constructor(
    private readonly rule: LearningRule,
    models: readonly string[],
    { random, nowMs }: { readonly random: Random; readonly nowMs: number },
  ) {
    this.random = random;
    this.budget = createExploreBudget(rule.exploreMax);
    this.traffic = new Map(models.map((model) => [model, { requests: 0, explored: 0 }]));
    this.versions = [{ version: 0, atMs: nowMs, state: NOTHING_LEARNT }];
  }

  /** Counts a request. What is believed of each model, and what might be, where this request may find out. */
  ask(): {
    readonly corrections: ReadonlyMap<string, number>;
    readonly drawn: ReadonlyMap<string, number> | undefined;
  } {
    const drawn = this.budget.request()
      ? this.ofModels((model) => drawnCorrection(this.state, model, this.random))
      : undefined;
    return { corrections: this.believed(), drawn };
  }

  /** By model; counts nothing. */
  believed(): ReadonlyMap<string, number> {
    return this.corrections(this.state);
  }

  /** Says who answers the request that was counted last, and whether the expectation had chosen another. */
  sent(model: string, explored: boolean): void {
    if (explored) this.budget.spend();
    const counts = this.traffic.get(model);
    if (counts === undefined) return;
    counts.requests++;
    if (explored) counts.explored++;
  }

  learn(outcome: DatedOutcome): void {
    this.state = withOutcome(this.state, outcome, this.rule.halfLifeOutcomes);
    this.recent.push(outcome);
    this.told++;
    if (this.recent.length >= OUTCOMES_PER_VERSION) this.keep(outcome.atMs);
  }

  /** Takes a sign of how good an answer was: the score is what it says by itself. The first of a kind only set its scale. */
  learnSign(kind: string, { score, expected, ...rest }: DatedOutcome): void {
    const scale = this.scales.get(kind) ?? NO_SCALE;
    const quality = qualityOfSign(scale, score);
    const said = { score, expected: expected ?? EXPECTED_OF_STRANGERS };
    this.scales.set(kind, withSign(scale, said, this.rule.halfLifeOutcomes));
    this.told++;
    if (quality !== undefined) this.learn({ ...rest, expected, score: quality });
  }

  /** Goes back to what was known then; false when no such version is kept. Versions that came after it stay. */
  rollBack(version: number, atMs: number): boolean {
    const kept = this.versions.find((each) => each.version === version);
    if (kept === undefined) return false;
    const models = this.changed({ before: this.state, after: kept.state, outcomes: new Map() });
    this.note({ atMs, kind: 'rolled-back', version, models });
    this.told++;
    this.state = kept.state;
    this.base = kept.state;
    this.recent = [];
    return true;
  }

  /** Never changed by what comes later. */
  snapshot(): BanditState {
    return this.state;
  }

  /** Grows with each outcome, sign and rollback. */
  changes(): number {
    return this.told;
  }

  record(): LearnerRecord {
    const { state, base, versions, lastVersion, recent, scales, traffic } = this;
    return { state, base, versions, changes: this.trail, lastVersion, recent, scales, traffic };
  }

  /** Knows from now on what a learner of the same models knew. */
  restore(record: LearnerRecord): void {
    this.state = record.state;
    this.base = record.base;
    this.versions = record.versions;
    this.trail = record.changes;
    this.lastVersion = record.lastVersion;
    this.recent = [...record.recent];
    for (const [kind, scale] of record.scales) this.scales.set(kind, scale);
    for (const [model, { requests, explored }] of record.traffic) {
      const counts = this.traffic.get(model);
      if (counts === undefined) continue;
      counts.requests = requests;
      counts.explored = explored;
    }
  }

  report() {
    return {
      rule: this.rule,
      outcomes: this.state.outcomes,
      models: [...this.traffic].map(([model, counts]) => this.modelReport(model, counts)),
      versions: this.versions.map(({ version, atMs, state }) => {
        return { version, atMs, outcomes: state.outcomes };
      }),
      changes: this.trail,
    };
  }

  private modelReport(
    model: string,
    counts: { readonly requests: number; readonly explored: number },
  ): ModelReport {
    const arm = this.state.arms.get(model);
    return {
      model,
      ...counts,
      outcomes: arm?.outcomes ?? 0,
      quality: arm && arm.score / arm.weight,
      expected: arm?.known === true ? arm.expected / arm.weight : undefined,
      correction: correctionOf(this.state, model, this.rule.minOutcomes),
      drift: arm && driftOf(arm, this.rule.minOutcomes),
    };
  }

  private keep(atMs: number): void {
    this.lastVersion++;
    const made = { version: this.lastVersion, atMs, state: this.state };
    // The first stays, so that all can be forgotten.
    const [first = made, ...rest] = [...this.versions, made];
    this.versions = [first, ...rest.slice(1 - VERSIONS_MAX)];
    const counts = new Map<string, number>();
    for (const { model } of this.recent) counts.set(model, (counts.get(model) ?? 0) + 1);
    const ids = [this.recent[0]?.id ?? '', this.recent.at(-1)?.id ?? ''] as const;
    const models = this.changed({ before: this.base, after: this.state, outcomes: counts });
    this.note({ atMs, kind: 'learnt', version: this.lastVersion, models, ids });
    this.base = this.state;
    this.recent = [];
  }

  private note(change: Change): void {
    this.trail = [...this.trail, change].slice(-CHANGES_MAX);
  }

  private changed({
    before,
    after,
    outcomes,
  }: {
    readonly before: BanditState;
    readonly after: BanditState;
    readonly outcomes: ReadonlyMap<string, number>;
  }) {
    const [was, is] = [this.corrections(before), this.corrections(after)];
    return [...this.traffic.keys()].map((model) => ({
      model,
      outcomes: outcomes.get(model) ?? 0,
      before: was.get(model) ?? 0,
      after: is.get(model) ?? 0,
    }));
  }

  private corrections(state: BanditState): ReadonlyMap<string, number> {
    return this.ofModels((model) => correctionOf(state, model, this.rule.minOutcomes));
  }

  private ofModels(give: (model: string) => number): ReadonlyMap<string, number> {
    return new Map([...this.traffic.keys()].map((model) => [model, give(model)]));
  }
}
