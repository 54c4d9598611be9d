import type { CompareTexts } from '../cache/answers-agree.js';
import type { ErrorBound } from '../cache/bound.js';
import type { HitTally } from '../cache/hit-tally.js';
import type { Random } from '../lib/random.js';

/** What watches over the hits of one route. */
export interface HitWatch {
  /** Decides what is served; absent where a threshold does, and hits are only sampled. */
  readonly bound: ErrorBound | undefined;
  /** Share of what a threshold would serve that is checked instead. 0 to 1. Not read where a bound decides. */
  readonly verifySampleRate: number;
  readonly tally: HitTally;
  readonly random: Random;
  /** Compares the texts of two answers that are not equal; absent, they count as unlike. */
  readonly compare: CompareTexts | undefined;
}
