import type { Reading, Token } from './tokens.js';
import { stemSet, wordSet } from './word-list.js';

/**
 * True when one text turns around what the other says: `from A to B` against `from B to A`, `A causes B` against
 * `B causes A`. Things joined by `and`, `or`, `versus` may change places.
 */
export function directionDiffers(one: Reading, other: Reading): boolean {
  const [ours, theirs] = [endsOf(one), endsOf(other)];
  if (ours.from !== undefined && ours.from === theirs.to && ours.from !== theirs.from) return true;
  if (ours.to !== undefined && ours.to === theirs.from && ours.to !== theirs.to) return true;
  return turnsAround(one, other) || areSwapped(one, other);
}

/**
 * Whether what stands before a word of direction in one text stands behind it in the other, and the other way round:
 * `a string to an integer`, `an integer into a string`. The rest may be worded differently.
 */
function turnsAround(one: Reading, other: Reading): boolean {
  if (one.tokens.some(({ stem }) => EITHER_WAY.has(stem))) return false;
  const theirs = turnsOf(other);
  return turnsOf(one).some(
    ({ pivot, before, after }) =>
      before !== after &&
      theirs.some((turn) => turn.pivot === pivot && turn.before === after && turn.after === before),
  );
}

interface Turn {
  readonly pivot: string;
  readonly before: string;
  readonly after: string;
}

function turnsOf({ tokens }: Reading): Turn[] {
  const turns: Turn[] = [];
  for (const [index, token] of tokens.entries()) {
    const pivot = PIVOTS.get(token.lower);
    const before = tokens[index - 1]?.stem;
    const after = tokens.slice(index + 1, index + 3).find((next) => !NOT_AN_END.has(next.lower))?.stem;
    if (pivot !== undefined && before !== undefined && after !== undefined)
      turns.push({ pivot, before, after });
  }
  return turns;
}

interface Ends {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** What a text starts from and what it goes to: `from Paris to London`, `to London from Paris`. */
function endsOf({ tokens }: Reading): Ends {
  const isGoal = (token: Token) => token.lower === 'to' || token.lower === 'into';
  return { from: nounAfter(tokens, (token) => token.lower === 'from'), to: nounAfter(tokens, isGoal) };
}

/** The first noun that follows such a word; `to` before a verb form of no weight (`to get`) is passed over. */
function nounAfter(tokens: readonly Token[], is: (token: Token) => boolean): string | undefined {
  for (const [index, token] of tokens.entries()) {
    if (!is(token)) continue;
    const noun = tokens.slice(index + 1, index + 3).find((next) => !NOT_AN_END.has(next.lower));
    if (noun !== undefined) return noun.stem;
  }
  return undefined;
}

/** Longer stretches that differ are no plain swap, and trying all splits costs the square. Words. */
const SWAP_WORDS_MAX = 48;

/** Whether the texts hold the same words, two stretches of which changed places around a third. */
function areSwapped(one: Reading, other: Reading): boolean {
  const ours = stemsOf(one);
  const theirs = stemsOf(other);
  if (ours.length !== theirs.length) return false;
  let start = 0;
  while (start < ours.length && ours[start] === theirs[start]) start += 1;
  let end = ours.length;
  while (end > start && ours[end - 1] === theirs[end - 1]) end -= 1;
  if (end - start < 2 || end - start > SWAP_WORDS_MAX) return false;
  return hasSwap(ours.slice(start, end), theirs.slice(start, end));
}

/** `ours` is P R Q and `theirs` is Q R P, where R is more than a word that joins equals. */
function hasSwap(ours: readonly string[], theirs: readonly string[]): boolean {
  const length = ours.length;
  for (let head = 1; head < length; head += 1) {
    if (!equalAt({ ours, from: 0, theirs, to: length - head, length: head })) continue;
    for (let tail = 1; head + tail < length; tail += 1) {
      const middle = ours.slice(head, length - tail);
      if (!equalAt({ ours, from: length - tail, theirs, to: 0, length: tail })) continue;
      if (!equalAt({ ours, from: head, theirs, to: tail, length: middle.length })) continue;
      if (!middle.every((stem) => JOINS_EQUALS.has(stem))) return true;
    }
  }
  return false;
}

function equalAt(input: {
  readonly ours: readonly string[];
  readonly from: number;
  readonly theirs: readonly string[];
  readonly to: number;
  readonly length: number;
}): boolean {
  for (let at = 0; at < input.length; at += 1) {
    if (input.ours[input.from + at] !== input.theirs[input.to + at]) return false;
  }
  return true;
}

function stemsOf(reading: Reading): string[] {
  return reading.tokens.filter((token) => !ARTICLES.has(token.lower)).map((token) => token.stem);
}

const ARTICLES = wordSet('a an the');

const PIVOTS: ReadonlyMap<string, string> = new Map([
  ['to', 'to'],
  ['into', 'to'],
  ['than', 'than'],
  ['over', 'over'],
  ['minus', 'minus'],
  ['for', 'for'],
  ['before', 'before'],
  ['after', 'after'],
]);

/** `Compare A to B` and `is A similar to B` are the same the other way round. */
const EITHER_WAY = stemSet(
  'compare comparison difference similar related relative equal equivalent next close',
);

const JOINS_EQUALS = wordSet('and or vs versus nor');

const NOT_AN_END = wordSet(`
  a an the my your our their his her its this that these those some any do does be is are was were get how what when
  i me you we it use mak make another one each`);
