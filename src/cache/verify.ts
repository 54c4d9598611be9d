import { antonymsDiffer } from './verification/antonyms.js';
import { directionDiffers } from './verification/direction.js';
import { isForeign } from './verification/language.js';
import { namesDiffer } from './verification/names.js';
import { negationDiffers } from './verification/negation.js';
import { numbersDiffer } from './verification/numbers.js';
import { questionWordsDiffer } from './verification/question-word.js';
import { symbolsDiffer } from './verification/symbols.js';
import { type Reading, readText } from './verification/tokens.js';
import { wordingDiffers } from './verification/wording.js';

/** Why a stored question is not the one that was asked, or `same` and `agrees`. Stable: clients and metrics read it. */
export type VerifyReason =
  | 'same'
  | 'agrees'
  | 'too-long'
  | 'language'
  | 'number'
  | 'unit'
  | 'symbol'
  | 'negation'
  | 'antonym'
  | 'question-word'
  | 'name'
  | 'direction'
  | 'wording';

export interface VerifyVerdict {
  readonly agrees: boolean;
  readonly reason: VerifyReason;
}

/** Longer questions are answered by the exact tier alone, which bounds the work here. Characters. */
export const ASK_CHARS_MAX = 2048;

/**
 * A first look at whether two questions that a vector finds similar ask the same. It reads the raw strings, since the
 * vector has lost just what matters here: `turn on` and `turn off` score 0.92, `2+2` and `2+3` 0.96. It may refuse a
 * true rewording, which costs one call of a model; it must not pass a question that differs in one thing.
 *
 * Takes time linear in the length of the texts.
 */
export function verifyAsk(asked: string, stored: string): VerifyVerdict {
  return verifierOf(asked)(stored);
}

/** Like `verifyAsk` for several stored questions: reads the asked one only once, and only when it is needed. */
export function verifierOf(asked: string): (stored: string) => VerifyVerdict {
  let reading: Reading | undefined;
  return (stored) => {
    if (asked.trim() === stored.trim()) return { agrees: true, reason: 'same' };
    if (asked.length > ASK_CHARS_MAX || stored.length > ASK_CHARS_MAX)
      return { agrees: false, reason: 'too-long' };
    reading ??= readText(asked);
    const veto = findVeto(reading, readText(stored));
    return veto === undefined ? { agrees: true, reason: 'agrees' } : { agrees: false, reason: veto };
  };
}

/**
 * True for a difference that makes another question for certain, so that no judge is asked. The others are suspicions:
 * one word of an equal sentence may be a synonym that no table knows.
 */
export function isFinalVeto(reason: VerifyReason): boolean {
  return !SUSPICIONS.has(reason);
}

/** Chosen by figures: `sextant eval cache` over the traps, with each of them moved from one side to the other. */
const SUSPICIONS: ReadonlySet<VerifyReason> = new Set<VerifyReason>(['question-word', 'name', 'wording']);

/** The first difference that makes another question: those that no judge may overrule before the suspicions. */
function findVeto(one: Reading, other: Reading): VerifyReason | undefined {
  return findCertainty(one, other) ?? findSuspicion(one, other);
}

/** Cheapest and surest checks first. */
function findCertainty(one: Reading, other: Reading): VerifyReason | undefined {
  if (isForeign(one) || isForeign(other)) return 'language';
  const number = numbersDiffer(one, other);
  if (number !== undefined) return number;
  if (one.tokens.length === 0 || other.tokens.length === 0 || symbolsDiffer(one, other)) return 'symbol';
  if (negationDiffers(one, other)) return 'negation';
  if (antonymsDiffer(one, other)) return 'antonym';
  return directionDiffers(one, other) ? 'direction' : undefined;
}

function findSuspicion(one: Reading, other: Reading): VerifyReason | undefined {
  if (questionWordsDiffer(one, other)) return 'question-word';
  if (namesDiffer(one, other)) return 'name';
  return wordingDiffers(one, other) ? 'wording' : undefined;
}
