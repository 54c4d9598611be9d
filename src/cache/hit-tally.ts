import { type ShareInterval, wilson } from '../lib/wilson.js';
import type { Agreement } from './answers-agree.js';

/** Why a model was asked although there was a candidate, or who said that an answer was right or wrong. */
export type CheckKind = 'explore' | 'verify-sample' | 'feedback';

/** What is known of how often hits are wrong, counted since the start. */
export interface HitTally {
  /** A candidate was served. */
  served(): void;
  /** One was not, and what came of the comparison; `checkRate` is the probability with which it was checked. */
  checked(kind: CheckKind, agreement: Agreement, checkRate?: number): void;
  /** A request passed that might have been answered by a candidate, had there been one. */
  asked(): void;
  read(): HitFigures;
}

export interface HitFigures {
  readonly asked: number;
  readonly served: number;
  /** By kind and agreement. */
  readonly checks: Readonly<Record<CheckKind, Readonly<Record<Agreement, number>>>>;
  /** Share of what was, or would have been, served that is wrong, by the sample; undefined before the first check. */
  readonly falseHitRatio: number | undefined;
  /** 95 %. 0 to 1 before the first check. */
  readonly falseHitInterval: ShareInterval;
  /** The same wrong hits as a share of all requests; undefined as above. */
  readonly falseHitsPerRequest: number | undefined;
}

const Z_95 = 1.96;

export function createHitTally(): HitTally {
  let asked = 0;
  let served = 0;
  const checks = { explore: none(), 'verify-sample': none(), feedback: none() };
  let weight = 0;
  let weightSquares = 0;
  let wrongWeight = 0;
  return {
    asked() {
      asked += 1;
    },
    served() {
      served += 1;
    },
    checked(kind, agreement, checkRate = 1) {
      checks[kind][agreement] += 1;
      if (kind !== 'verify-sample' || agreement === 'unsure') return;
      // One that was checked with a probability of a hundredth stands for a hundred that were not.
      const one = 1 / Math.max(checkRate, RATE_MIN);
      weight += one;
      weightSquares += one * one;
      if (agreement === 'wrong') wrongWeight += one;
    },
    read() {
      const ratio = weight > 0 ? wrongWeight / weight : undefined;
      // Unlike weights tell less than as many equal ones.
      const count = weight > 0 ? (weight * weight) / weightSquares : 0;
      return {
        asked,
        served,
        checks: structuredClone(checks),
        falseHitRatio: ratio,
        falseHitInterval: wilson((ratio ?? 0) * count, count, Z_95),
        falseHitsPerRequest: ratio === undefined || asked === 0 ? undefined : (ratio * served) / asked,
      };
    },
  };
}

const RATE_MIN = 1e-6;

function none(): Record<Agreement, number> {
  return { right: 0, wrong: 0, unsure: 0 };
}
