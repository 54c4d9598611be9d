import { knownNameOf } from './names.js';
import { matchNumbers } from './numbers.js';
import { meaningOf } from './synonyms.js';
import type { Reading, Token } from './tokens.js';
import { isUnitName } from './units.js';
import { wordSet } from './word-list.js';

/** From here on a text is data as much as a question, and each word of it may be the one that counts. Words. */
const LONG_FROM_WORDS = 40;
/** A stretch up to this long, alone in an equal text, is an edit and no rewording. Words. */
const EDIT_WORDS_MAX = 3;

/**
 * True when the texts are the same but for one thing, which is not known to mean the same. Who asks a question in
 * other words changes several of them, or the order; one other word in an equal sentence makes another question.
 */
export function wordingDiffers(one: Reading, other: Reading): boolean {
  const { ourTokens, theirTokens } = matchNumbers(one, other);
  const ours = wordsOf(one, ourTokens);
  const theirs = wordsOf(other, theirTokens);
  const onlyOurs = missingFrom(ours, theirs);
  const onlyTheirs = missingFrom(theirs, ours);
  if (onlyOurs === 0 && onlyTheirs === 0) return false;
  if (onlyOurs === 1 && onlyTheirs === 1) return true;
  return Math.max(ours.length, theirs.length) >= LONG_FROM_WORDS || isOneEdit(ours, theirs);
}

/** A word as it counts when wordings are compared. */
export interface Word {
  /** The stem that stands for the word and its synonyms. */
  readonly meaning: string;
  /** False for words that only hold a sentence together. */
  readonly carries: boolean;
  /** True for a part of a number, which has been compared as such. */
  readonly isNumber: boolean;
}

/** The words of a text without its articles. `numbers` are the indexes of the tokens that have been compared as such. */
export function wordsOf(reading: Reading, numbers: ReadonlySet<number>): Word[] {
  const words: Word[] = [];
  for (const [index, token] of reading.tokens.entries()) {
    if (ARTICLES.has(token.lower)) continue;
    const meaning = meaningOf(token.stem) ?? knownNameOf(token) ?? token.stem;
    const isNumber = numbers.has(index);
    words.push({ meaning, isNumber, carries: !isNumber && carriesMeaning(token) });
  }
  return words;
}

/** Numbers and units have had their own check, which knows that `5 km` and `five kilometres` are the same. */
function carriesMeaning(token: Token): boolean {
  if (token.isNumber || FILLERS.has(token.lower) || FILLERS.has(token.stem)) return false;
  return !isUnitName(token);
}

/**
 * How alike two texts are but for their numbers: the share of the words of the longer one that both have, synonyms
 * counting as one. 0 to 1.
 */
export function sharedWording(one: Reading, other: Reading): number {
  const { ourTokens, theirTokens } = matchNumbers(one, other);
  const [ours, theirs] = [meaningsOf(one, ourTokens), meaningsOf(other, theirTokens)];
  const shared = [...ours].filter((meaning) => theirs.has(meaning)).length;
  return (shared + 1) / (Math.max(ours.size, theirs.size) + 1);
}

function meaningsOf(reading: Reading, numbers: ReadonlySet<number>): ReadonlySet<string> {
  return new Set(
    wordsOf(reading, numbers)
      .filter((word) => !word.isNumber)
      .map((word) => word.meaning),
  );
}

function missingFrom(ours: readonly Word[], theirs: readonly Word[]): number {
  const known = new Set(theirs.map((word) => word.meaning));
  return new Set(ours.filter((word) => word.carries && !known.has(word.meaning)).map((word) => word.meaning))
    .size;
}

function isOneEdit(ours: readonly Word[], theirs: readonly Word[]): boolean {
  const shorter = Math.min(ours.length, theirs.length);
  let start = 0;
  while (start < shorter && ours[start]?.meaning === theirs[start]?.meaning) start += 1;
  let tail = 0;
  while (tail < shorter - start && ours.at(-1 - tail)?.meaning === theirs.at(-1 - tail)?.meaning) tail += 1;
  const [mine, yours] = [ours.slice(start, ours.length - tail), theirs.slice(start, theirs.length - tail)];
  if (mine.length > EDIT_WORDS_MAX || yours.length > EDIT_WORDS_MAX) return false;
  const [onlyMine, onlyYours] = [missingFrom(mine, yours), missingFrom(yours, mine)];
  // Where the stretches share a word, the sentence was turned around rather than edited.
  const shared = mine.some((word) => word.carries && yours.some((other) => other.meaning === word.meaning));
  if (shared || onlyMine + onlyYours === 0) return false;
  // `What is …` and `Which city is …` ask the same; `Which city` and `Which river` do not.
  return onlyMine > 0 === onlyYours > 0 || !(asksForKind(mine) && asksForKind(yours));
}

function asksForKind(words: readonly Word[]): boolean {
  return words.some((word) => QUESTION_WORDS.has(word.meaning));
}

const QUESTION_WORDS = wordSet('what which how');

const ARTICLES = wordSet('a an the');

/** Words that a rewording adds, drops or swaps freely. */
const FILLERS = wordSet(`
  of and to in is are was were be been being what how do does did done i my me mine you your we our us they them their
  it its for on with which who whom whose why when where that this these those from at by or if can could should would
  will may might must shall have has had there about into than then as so but not no without n
  please tell explain describe give list let know want need like help provide share outline discuss name identify
  understand wonder curious looking look find question answer anyone someone people person one ones
  way method approach technique thing kind type sort exactly actually really currently just also some any available
  exist different various common commonly used most more very much many possible possibly able ability work
  go going get got take come best good today nowadays world am im ive id hi hello hey thanks thank ok well
  simple term word idea info information calculate compute evaluate turn switch enable activate see`);
