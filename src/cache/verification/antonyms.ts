import type { Difference } from './difference.js';
import { polesOf, polesOppose } from './poles.js';
import type { Reading, Token } from './tokens.js';
import { exceeds, tally } from './word-list.js';

/**
 * What one text says where the other says its opposite. Only what one text has more often than the other counts, so
 * `from high to low` and `low, high` agree. In a text of other words the opposite may be said of something else, and
 * where things have changed places as well (`before A comes B`, `after B comes A`) the same is asked.
 */
export function antonymsDiffer(one: Reading, other: Reading): Difference | undefined {
  if (!polesOppose(polesOf(one), polesOf(other)) && !prefixesOppose(one, other)) return undefined;
  return { kind: 'antonym', certainty: isTurned(one, other) ? 'suspected' : 'if-close' };
}

/** Words up to this length mostly hold a sentence together. Characters. */
const SHORT_WORD_CHARS = 3;

/** Whether the first and the last word of weight that both texts say have changed places, or any names or numbers. */
function isTurned(one: Reading, other: Reading): boolean {
  const isName = (token: Token, index: number) => token.isNumber || (index > 0 && /^\p{Lu}/u.test(token.raw));
  const names = placesInOther(one, other, isName);
  if (names.some((place, index) => index > 0 && place < (names[index - 1] ?? 0))) return true;
  const words = placesInOther(one, other, (token) => token.isNumber || token.lower.length > SHORT_WORD_CHARS);
  return (words[0] ?? 0) > (words.at(-1) ?? 0);
}

/** Where the other text says the words that both say, in the order of the first. */
function placesInOther(
  one: Reading,
  other: Reading,
  counts: (token: Token, index: number) => boolean,
): readonly number[] {
  const places = new Map<string, number>();
  for (const [index, token] of other.tokens.entries())
    if (!places.has(token.stem)) places.set(token.stem, index);
  const said = new Set(one.tokens.filter(counts).map((token) => token.stem));
  return [...said].map((stem) => places.get(stem)).filter((place) => place !== undefined);
}

/** `overestimate` against `underestimate`, `upload` against `download`: opposite prefixes of one word. */
function prefixesOppose(one: Reading, other: Reading): boolean {
  const ours = tally(one.tokens.map((token) => token.stem));
  const theirs = tally(other.tokens.map((token) => token.stem));
  if (!exceeds(ours, theirs) || !exceeds(theirs, ours)) return false;
  for (const stem of ours.keys()) {
    if (theirs.has(stem)) continue;
    for (const [prefix, opposite] of OPPOSITE_PREFIXES) {
      if (!stem.startsWith(prefix) || stem.length < prefix.length + 3) continue;
      const turned = opposite + stem.slice(prefix.length);
      if (theirs.has(turned) && !ours.has(turned)) return true;
    }
  }
  return false;
}

const OPPOSITE_PREFIXES: readonly (readonly [string, string])[] = [
  ['over', 'under'],
  ['up', 'down'],
  ['pre', 'post'],
  ['hyper', 'hypo'],
  ['macro', 'micro'],
  ['intra', 'inter'],
  ['in', 'ex'],
  ['im', 'ex'],
  ['in', 'out'],
  ['en', 'de'],
  ['en', 'dis'],
  ['on', 'off'],
  ['multi', 'single'],
  ['pro', 'anti'],
  ['as', 'des'],
  ['max', 'min'],
  ['super', 'sub'],
  ['uni', 'multi'],
  ['homo', 'hetero'],
  ['endo', 'exo'],
].flatMap(([one = '', other = '']) => [[one, other] as const, [other, one] as const]);
