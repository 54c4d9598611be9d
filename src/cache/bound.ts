import type { Random } from '../lib/random.js';
import { sigmoid } from '../lib/sigmoid.js';
import { type Evidence, FIRST_WEIGHTS, featuresOf } from './bound/evidence.js';
import { createRecords, type RecordsState } from './bound/records.js';
import { createRiskControl, type RiskState } from './bound/risk-control.js';
import { createSharedModel, type SharedModelState } from './bound/shared-model.js';

/** What to do with a candidate that passed every check. */
export interface BoundDecision {
  /**
   * `serve` it; `explore`: the bound does not hold for it yet, so a model answers and the two answers are compared;
   * `verify-sample`: it would have been served, and is checked instead.
   */
  readonly action: 'serve' | 'explore' | 'verify-sample';
  /** How likely the stored answer is right. 0 to 1. */
  readonly probability: number;
  /** With which probability a candidate as sure as this was checked; 1 for one that is explored. */
  readonly checkRate: number;
  /** What the decision was taken on; handed back to `observe`. */
  readonly basis: BoundBasis;
}

/** Frozen at the time of a decision: what is learnt later must be about the sureness that one had then. */
export interface BoundBasis {
  readonly features: readonly number[];
  /** Log odds without and with what is known of the entry. */
  readonly expected: number;
  readonly logOdds: number;
}

/** Decides which candidates are served so that, of what is served, at most a given share is wrong. */
export interface ErrorBound {
  readonly maxErrorRate: number;
  decide(entryId: string, evidence: Evidence): BoundDecision;
  /** A model answered too: was the entry's answer right? */
  observe(entryId: string, basis: BoundBasis, right: boolean): void;
  /** Both entries hold the same answer, in these or other words. */
  join(entryId: string, otherId: string): void;
  sameFamily(entryId: string, otherId: string): boolean;
  forget(entryId: string): void;
  /** Probability at or above which a candidate is served now; above 1 when none is. */
  servedFrom(): number;
  /** Grows with everything that is learnt or forgotten. */
  changes(): number;
  snapshot(): BoundState;
  restore(state: BoundState): void;
}

export interface BoundState {
  readonly shared: SharedModelState;
  readonly records: RecordsState;
  readonly risk: RiskState;
}

export interface BoundOptions {
  /** Wrong hits per served hit. Above 0, below 1. */
  readonly maxErrorRate: number;
  /** Share of what would be served that is checked instead, at the least. 0 to 1. */
  readonly verifySampleRate: number;
  readonly random: Random;
  /** Entries of which something is remembered. Default 50,000. */
  readonly entriesMax?: number;
  /** Observations remembered of an entry and those that answer the same. Default 32. */
  readonly observationsMax?: number;
  /** After how many observations the shared model has forgotten most of one. Default 2,000. */
  readonly memory?: number;
}

/** One-sided confidence of 95 %. */
const CONFIDENCE_Z = 1.645;

/**
 * After a wrong answer among those that would be served, and at the start, more is checked: the first one surely, the
 * next with falling probability. The sum of the checks grows as the logarithm of what is served.
 */
const WATCHFULNESS = 20;

/**
 * Three layers, from what is common to what is special: a logistic model that all entries share turns evidence into
 * log odds; a record for each entry shifts them by what was found out about it; and a control over the sum finds how
 * sure one must be. The last layer alone carries the promise: were the first two wrong, it would let nothing be
 * served. `docs/decisions/008-error-bound.md` says why.
 */
export function createErrorBound(options: BoundOptions): ErrorBound {
  const { maxErrorRate, verifySampleRate, random } = options;
  const shared = createSharedModel({ firstWeights: WEIGHTS, memory: options.memory ?? 2000 });
  const records = createRecords({
    entriesMax: options.entriesMax ?? 50_000,
    observationsMax: options.observationsMax ?? 32,
  });
  const risk = createRiskControl(maxErrorRate, CONFIDENCE_Z);
  let sinceSurprise = 0;
  let changes = 0;

  const basisOf = (entryId: string, evidence: Evidence): BoundBasis => {
    const plain = [...featuresOf(evidence), 0];
    const features = [...plain.slice(0, -1), records.offset(entryId)];
    return { features, expected: shared.logOdds(plain), logOdds: shared.logOdds(features) };
  };

  return {
    maxErrorRate,
    decide(entryId, evidence) {
      const basis = basisOf(entryId, evidence);
      const probability = sigmoid(basis.logOdds);
      if (!risk.allows(basis.logOdds)) return { action: 'explore', probability, checkRate: 1, basis };
      const checkRate = Math.max(verifySampleRate, WATCHFULNESS / (WATCHFULNESS + sinceSurprise));
      sinceSurprise += 1;
      const action = random() < checkRate ? 'verify-sample' : 'serve';
      return { action, probability, checkRate, basis };
    },
    observe(entryId, basis, right) {
      changes += 1;
      if (!right && risk.allows(basis.logOdds)) sinceSurprise = 0;
      risk.observe(basis.logOdds, right);
      shared.observe(basis.features, right);
      records.observe(entryId, basis.expected, right);
    },
    join(entryId, otherId) {
      changes += 1;
      records.join(entryId, otherId);
    },
    sameFamily: (entryId, otherId) => entryId === otherId || records.sameFamily(entryId, otherId),
    forget(entryId) {
      changes += 1;
      records.forget(entryId);
    },
    servedFrom: () => (risk.cut() === Number.POSITIVE_INFINITY ? 2 : sigmoid(risk.cut())),
    changes: () => changes,
    snapshot: () => ({ shared: shared.snapshot(), records: records.snapshot(), risk: risk.snapshot() }),
    restore(state) {
      shared.restore(state.shared);
      records.restore(state.records);
      risk.restore(state.risk);
    },
  };
}

/** An entry's own record counts for what it says, until the observations of all entries know better. */
const WEIGHTS = [...FIRST_WEIGHTS, 1];
