import { caseFeatures } from './features/case-features.js';
import { certaintyFeatures } from './features/certainty-features.js';
import { detailFeatures } from './features/detail-features.js';
import { overlapFeatures } from './features/overlap-features.js';
import { verdictFeatures } from './features/verdict-features.js';
import { wordClassFeatures } from './features/word-class-features.js';
import { type Reading, readText } from './tokens.js';

/** What follows in a text has no part in its features, which bounds the work. Characters. */
const FEATURE_CHARS_MAX = 2048;

/** The names of what `pairFeatures` gives, in its order. A judge that was trained with others cannot be used. */
export const PAIR_FEATURES: readonly string[] = Object.keys(featuresOf(readText('a'), readText('b')));

/**
 * What the raw strings of two questions show and the tokens of a model do not: case, numbers, units, prefixes, order.
 * Each number is 0 to 1. The trainer of the pair judge reads them from here as well, so that both see the same.
 */
export function pairFeatures(asked: string, stored: string): Float32Array {
  const ours = readText(asked.slice(0, FEATURE_CHARS_MAX));
  const theirs = readText(stored.slice(0, FEATURE_CHARS_MAX));
  return Float32Array.from(Object.values(featuresOf(ours, theirs)));
}

/** The keys are strings that are no numbers, so an object keeps them in the order in which they are written. */
function featuresOf(asked: Reading, stored: Reading): Readonly<Record<string, number>> {
  return {
    ...verdictFeatures(asked, stored),
    ...detailFeatures(asked, stored),
    ...overlapFeatures(asked, stored),
    ...caseFeatures(asked, stored),
    ...wordClassFeatures(asked, stored),
    ...certaintyFeatures(asked, stored),
  };
}
