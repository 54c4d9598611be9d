import { foldText } from './characters.js';
import type { Signal, SignalValue } from './contract.js';
import { followsAnswer } from './feedback.js';

export interface ReaskOptions {
  readonly name: string;
  /** Likeness at or above which the signal matches. 0 to 1. */
  readonly threshold: number;
}

/** Of either turn so much is compared. UTF-16 units. */
const READ_CHARS_MAX = 2000;
/** With fewer, two turns are alike by chance: `yes` and `yes`, `go on` and `go on`. */
const TERMS_MIN = 2;
/** Of a longer word its beginning counts, so that `resets` is `reset`. Letters. */
const STEM_LETTERS = 5;

/**
 * Whether the last user turn asks again what the user turn before it asked, which is how people say that an answer did
 * not help. Score: the share of the words of both turns that they have in common, 0 to 1; words that every question has
 * are left out, and turns whose numbers differ are not alike. Never matches before there was an answer.
 */
export function reaskSignal({ name, threshold }: ReaskOptions): Signal {
  return {
    name,
    cost: 'rule',
    evaluate(view): SignalValue {
      const value = (score: number, detail: string): SignalValue => {
        return { state: 'known', matched: score >= threshold, score, threshold, detail };
      };
      const asked = view.turns.filter(({ role }) => role === 'user');
      const before = asked.at(-2);
      if (before === undefined || !followsAnswer(view)) return value(0, 'nothing was asked before');
      const now = termsOf(view.ask);
      const then = termsOf(before.text);
      if (now.size < TERMS_MIN || then.size < TERMS_MIN) return value(0, 'too short to compare');
      if (!haveSameNumbers(now, then)) return value(0, 'asks for other numbers');
      const shared = [...now].filter((term) => then.has(term)).length;
      const score = (2 * shared) / (now.size + then.size);
      return value(score, `${shared} words in common with the question before`);
    },
  };
}

/** The words that say what a text is about; of scripts without spaces, each pair of neighbouring characters. */
function termsOf(text: string): ReadonlySet<string> {
  const folded = foldText(text.slice(0, READ_CHARS_MAX), false);
  const terms = new Set<string>();
  for (const [word] of folded.matchAll(/[\p{L}\p{N}\p{M}']+/gu)) {
    if (LOOSE.test(word)) {
      for (let at = 0; at + 1 < word.length; at += 1) terms.add(word.slice(at, at + 2));
    } else if (!COMMON.has(word)) {
      terms.add(/\p{N}/u.test(word) ? word : word.slice(0, STEM_LETTERS));
    }
  }
  return terms;
}

const LOOSE = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}]/u;

function haveSameNumbers(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const numbersOf = (terms: ReadonlySet<string>) => [...terms].filter((term) => /^\p{N}/u.test(term));
  const [numbersOfA, numbersOfB] = [numbersOf(a), numbersOf(b)];
  if (numbersOfA.length === 0 || numbersOfB.length === 0) return true;
  return numbersOfA.some((number) => numbersOfB.includes(number));
}

/** Words that questions are put with, and those by which people say that they ask again. */
const COMMON: ReadonlySet<string> = new Set(
  (
    'a an the i you me my your we our us it its he she they them this that these those is are was were be been am do ' +
    "does did don't can can't could would should will shall may might must have has had how what when where which who " +
    'why whom to of in on at for from with by as into about and or but if so not no yes please tell give show explain ' +
    "want need know like just really again still i'm it's that's what's asked asking mean meant said say hello hi ok okay"
  ).split(' '),
);
