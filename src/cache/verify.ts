import type { DifferenceKind } from './verification/difference.js';
import { type Reading, readText } from './verification/tokens.js';
import { findDifference } from './verification/verdict.js';

/** Why a stored question is not the one that was asked, or `same` and `agrees`. Stable: clients and metrics read it. */
export type VerifyReason = 'same' | 'agrees' | 'too-long' | DifferenceKind;

export interface VerifyVerdict {
  readonly agrees: boolean;
  /**
   * True for a difference that makes another question for certain, so that no judge is asked. The other differences are
   * suspicions: one word of an equal sentence may be a synonym that no table knows. False where the texts agree.
   */
  readonly final: boolean;
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
    if (asked.trim() === stored.trim()) return { agrees: true, final: false, reason: 'same' };
    if (asked.length > ASK_CHARS_MAX || stored.length > ASK_CHARS_MAX) {
      return { agrees: false, final: true, reason: 'too-long' };
    }
    reading ??= readText(asked);
    const found = findDifference(reading, readText(stored));
    if (found === undefined) return { agrees: true, final: false, reason: 'agrees' };
    return { agrees: false, final: found.isFinal, reason: found.kind };
  };
}
