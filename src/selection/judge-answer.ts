import type { AnswerSigns } from '../openai/answer-signs.js';
import type { AnswerWish } from '../openai/answer-wish.js';
import { readsAsRefusal } from './refusal.js';
import { runsInCircles } from './repetition.js';

/** Which signs make an answer weak. */
export interface JudgePolicy {
  readonly refusal: boolean;
  /** Said beside the phrases that are known. */
  readonly phrases: readonly string[];
  readonly cut: boolean;
  readonly repetition: boolean;
  /** JSON or the call of a tool, where the client asked for it. */
  readonly broken: boolean;
  /** A shorter answer is weak. Characters; 0 takes an empty one, too. */
  readonly charsMin: number;
  /** Natural logarithms, where the answer tells them; undefined where they do not count. */
  readonly meanLogprobMin: number | undefined;
  readonly minLogprobMin: number | undefined;
  /** Probability of a good answer, 0 to 1, as it was expected beforehand; undefined where it does not count. */
  readonly expectedMin: number | undefined;
}

/** Why an answer is weak, as headers and metrics name it. */
export type Weakness =
  | 'refusal'
  | 'cut'
  | 'empty'
  | 'short'
  | 'repetition'
  | 'json'
  | 'tool-call'
  | 'logprob'
  | 'expected';

export interface Judged {
  readonly choices: readonly AnswerSigns[];
  readonly wish: AnswerWish;
  /** What was expected of the model for this prompt, 0 to 1; undefined where nothing was. */
  readonly expected: number | undefined;
}

/** The first sign of weakness in any choice; undefined for an answer that shows none. */
export function weaknessOf({ choices, wish, expected }: Judged, policy: JudgePolicy): Weakness | undefined {
  for (const signs of choices) {
    const weakness = weaknessOfChoice(signs, wish, policy);
    if (weakness !== undefined) return weakness;
  }
  return isBelow(expected, policy.expectedMin) ? 'expected' : undefined;
}

function weaknessOfChoice(signs: AnswerSigns, wish: AnswerWish, policy: JudgePolicy): Weakness | undefined {
  const { text, logprobs } = signs;
  if (policy.refusal && (signs.saysRefusal || readsAsRefusal(text, policy.phrases))) return 'refusal';
  if (policy.cut && signs.finishReason === 'length' && !wish.limited) return 'cut';
  if (policy.broken && signs.brokenCall) return 'tool-call';
  if (!signs.callsTool) {
    const chars = text.trim().length;
    if (chars < policy.charsMin) return chars === 0 ? 'empty' : 'short';
  }
  if (policy.broken && signs.brokenJson) return 'json';
  if (policy.repetition && runsInCircles(text)) return 'repetition';
  const unsure =
    isBelow(logprobs?.mean, policy.meanLogprobMin) || isBelow(logprobs?.min, policy.minLogprobMin);
  return unsure ? 'logprob' : undefined;
}

function isBelow(value: number | undefined, bound: number | undefined): boolean {
  return value !== undefined && bound !== undefined && value < bound;
}
