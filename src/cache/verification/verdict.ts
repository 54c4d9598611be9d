import { antonymsDiffer } from './antonyms.js';
import type { Difference, DifferenceKind } from './difference.js';
import { directionDiffers } from './direction.js';
import { isForeign } from './language.js';
import { namesDiffer } from './names.js';
import { negationDiffers } from './negation.js';
import { numbersDiffer } from './numbers.js';
import { questionWordsDiffer } from './question-word.js';
import { symbolsDiffer } from './symbols.js';
import type { Reading } from './tokens.js';
import { sharedWording, wordingDiffers } from './wording.js';

/** A difference, weighed against all that the texts share. */
export interface Found {
  readonly kind: DifferenceKind;
  /** True where another question is asked for certain. */
  readonly isFinal: boolean;
}

/** The first certain difference, else the first suspicion: a suspicion hides no certainty behind it. */
export function findDifference(one: Reading, other: Reading): Found | undefined {
  let suspicion: Difference | undefined;
  for (const check of CHECKS) {
    const difference = check(one, other);
    if (difference === undefined) continue;
    if (isFinal(difference, one, other)) return { kind: difference.kind, isFinal: true };
    suspicion ??= difference;
  }
  return suspicion === undefined ? undefined : { kind: suspicion.kind, isFinal: false };
}

/** From here on two texts are the same but for the difference that was seen. Share of their words, 0 to 1. */
const CLOSE_FROM = 0.4;

function isFinal({ certainty }: Difference, one: Reading, other: Reading): boolean {
  return certainty === 'certain' || (certainty === 'if-close' && sharedWording(one, other) >= CLOSE_FROM);
}

type Check = (one: Reading, other: Reading) => Difference | undefined;

/** Cheapest and surest first. */
const CHECKS: readonly Check[] = [
  (one, other) => certain('language', isForeign(one) || isForeign(other)),
  numbersDiffer,
  (one, other) => certain('symbol', one.tokens.length === 0 || other.tokens.length === 0),
  symbolsDiffer,
  negationDiffers,
  antonymsDiffer,
  (one, other) => certain('direction', directionDiffers(one, other)),
  (one, other) => suspected('question-word', questionWordsDiffer(one, other)),
  (one, other) => suspected('name', namesDiffer(one, other)),
  (one, other) => suspected('wording', wordingDiffers(one, other)),
];

function certain(kind: DifferenceKind, differs: boolean): Difference | undefined {
  return differs ? { kind, certainty: 'certain' } : undefined;
}

function suspected(kind: DifferenceKind, differs: boolean): Difference | undefined {
  return differs ? { kind, certainty: 'suspected' } : undefined;
}
