import { WORD_BITS, WORD_LANGUAGES } from './language-words.js';
import { LANGUAGES } from './languages.js';
import {
  ARABIC,
  BENGALI,
  BEYOND,
  CODE,
  CYRILLIC,
  countScripts,
  DEVANAGARI,
  GREEK,
  HAN,
  HANGUL,
  HEBREW,
  JOINT,
  KANA,
  LATIN,
  STOP,
  scriptOf,
  THAI,
} from './scripts.js';

export interface DetectedLanguage {
  /** ISO 639-1. */
  readonly language: string;
  /** How far it is ahead of the next best, 0 to 1. */
  readonly clarity: number;
}

/**
 * The language of a text where its script or its most frequent words leave no doubt; `beyond` where they show that it
 * is none of `LANGUAGES`; undefined where it takes a closer look. Linear in the text.
 */
export function hintLanguage(text: string): DetectedLanguage | 'beyond' | undefined {
  const counts = countScripts(text);
  const latin = counts[LATIN] ?? 0;
  const letters = sum(counts.subarray(LATIN));
  if (latin === letters) {
    const code = counts[CODE] ?? 0;
    const isProse = latin >= LATIN_LETTERS_MIN && code * CODE_SHARE_INVERSE <= text.length;
    return isProse ? byWords(text) : undefined;
  }
  return letters - latin < SCRIPT_LETTERS_MIN || latin * LATIN_SHARE_INVERSE > letters
    ? undefined
    : byScript(text, counts, letters - latin);
}

/** Shorter texts in the Latin alphabet are a guess: of English ones below 20 characters a third came out wrong. */
export const LATIN_LETTERS_MIN = 12;
/** Fewer letters of another script may be no more than the names of variables in a formula. */
const SCRIPT_LETTERS_MIN = 4;
/** With one Latin letter in five or more, a text in another script may as well be two texts. */
const LATIN_SHARE_INVERSE = 5;
/** With one sign of code in 25 characters a text may be a program: its keywords are English whoever asks about it. */
const CODE_SHARE_INVERSE = 25;
/** Japanese has two kana for each Han character, and hardly ever fewer than one for three; Chinese borrows single ones. */
const KANA_SHARE_INVERSE = 4;

/** The scripts that one language of `LANGUAGES` has to itself. */
const LANGUAGE_OF_SCRIPT: readonly (readonly [script: number, language: string])[] = [
  [GREEK, 'el'],
  [CYRILLIC, 'ru'],
  [HEBREW, 'he'],
  [ARABIC, 'ar'],
  [DEVANAGARI, 'hi'],
  [BENGALI, 'bn'],
  [THAI, 'th'],
  [HANGUL, 'ko'],
  [HAN, 'zh'],
];

/** Bulgarian has this letter for a vowel. In Russian it is mute, and stands before these only. */
const BULGARIAN = /ъ[^еёюя]/i;

function byScript(
  text: string,
  counts: Uint32Array,
  letters: number,
): DetectedLanguage | 'beyond' | undefined {
  const beyond = counts[BEYOND] ?? 0;
  const kana = counts[KANA] ?? 0;
  if (kana > 0) {
    const isJapanese = kana + (counts[HAN] ?? 0) === letters && kana * KANA_SHARE_INVERSE >= letters;
    return isJapanese ? { language: 'ja', clarity: 1 } : undefined;
  }
  for (const [script, language] of LANGUAGE_OF_SCRIPT) {
    const count = counts[script] ?? 0;
    if (count === 0) continue;
    if (count + beyond !== letters) return undefined;
    const isBeyond = beyond > 0 || (script === CYRILLIC && BULGARIAN.test(text));
    return isBeyond ? 'beyond' : { language, clarity: 1 };
  }
  return undefined;
}

/** Different words of one language that it takes to believe in it. */
const WORDS_MIN = 3;
/** So many of them must be words that no other language has, taken one by one. */
const LEAD_MIN = 2;
/** At most one in so many may be a word that the language does not have: others make the text a mixed one. */
const STRANGE_SHARE_INVERSE = 5;

function byWords(text: string): DetectedLanguage | undefined {
  const words = knownWords(text);
  const votes = new Uint32Array(WORD_LANGUAGES.length);
  for (const word of words) {
    for (let bits = WORD_BITS.get(word) ?? 0; bits !== 0; bits &= bits - 1) {
      const language = 31 - Math.clz32(bits & -bits);
      votes[language] = (votes[language] ?? 0) + 1;
    }
  }
  let best = 0;
  let rival = 0;
  let found = 0;
  for (const [language, count] of votes.entries()) {
    if (count > best) {
      rival = best;
      best = count;
      found = language;
    } else if (count > rival) rival = count;
  }
  const language = WORD_LANGUAGES[found];
  if (language === undefined || !LANGUAGES.includes(language)) return undefined;
  if (best < WORDS_MIN || best - rival < LEAD_MIN) return undefined;
  if ((words.size - best) * STRANGE_SHARE_INVERSE > best) return undefined;
  return { language, clarity: 1 - rival / best };
}

/** The longest word of the lists. */
const WORD_CHARS_MAX = Math.max(...[...WORD_BITS.keys()].map(({ length }) => length));

/**
 * Which words of the lists the text holds. Capitals inside a sentence mark titles, names and SQL, which keep their own
 * language in a text of another one, so that no such word counts.
 */
function knownWords(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  let start = -1;
  let begins = true;
  for (let index = 0; index <= text.length; index++) {
    // Past the end the code is NaN, of no kind, which ends the last word.
    const kind = scriptOf(text.charCodeAt(index));
    if (kind === LATIN || kind === JOINT) {
      if (start < 0) start = index;
      continue;
    }
    if (start >= 0) {
      if (index - start <= WORD_CHARS_MAX) {
        const word = text.slice(start, index);
        const folded = begins ? word.toLowerCase() : word;
        if (WORD_BITS.has(folded)) found.add(folded);
      }
      start = -1;
      begins = false;
    }
    if (kind === STOP) begins = true;
  }
  return found;
}

function sum(counts: Uint32Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
