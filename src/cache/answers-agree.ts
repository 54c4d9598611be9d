import type { Completion } from '../openai/completion.js';
import { choiceText } from './choice-text.js';

/** What a comparison of two answers to like questions found. */
export type Agreement = 'right' | 'wrong' | 'unsure';

/** Says how likely two texts say the same. 0 to 1. May fail: then nothing is learnt. */
export type CompareTexts = (one: string, other: string) => Promise<number>;

/** Between these, the judge of pairs has no opinion. */
const WRONG_BELOW = 0.3;
const RIGHT_FROM = 0.7;

/**
 * Whether a stored answer would have been right where `fresh` is what a model said: equal after normalising, else as
 * `compare` judges the two texts. Without `compare` unlike texts count as wrong, which is true of labels, numbers and
 * other closed answers; of free prose it would say wrong almost always, and the bound would serve nothing.
 */
export async function answersAgree(
  stored: Completion,
  fresh: Completion,
  compare?: CompareTexts,
): Promise<Agreement> {
  const one = normalText(stored);
  const other = normalText(fresh);
  if (one === undefined || other === undefined) return 'unsure';
  if (one === other) return 'right';
  if (compare === undefined) return 'wrong';
  const likely = await compare(one, other).catch(() => undefined);
  if (likely === undefined || (likely >= WRONG_BELOW && likely < RIGHT_FROM)) return 'unsure';
  return likely >= RIGHT_FROM ? 'right' : 'wrong';
}

/** The text of every choice, without what two runs of one model change for no reason: case, blanks, a closing stop. */
function normalText(completion: Completion): string | undefined {
  const choices = completion.object['choices'];
  if (!Array.isArray(choices) || choices.length === 0) return undefined;
  const texts = choices.map(choiceText);
  return texts.every((text) => typeof text === 'string') ? texts.map(normal).join('\u0000') : undefined;
}

function normal(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim().replace(/\.$/, '');
}
