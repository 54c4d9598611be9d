import { matchNumbers } from '../numbers.js';
import type { Reading } from '../tokens.js';
import { wordsOf } from '../wording.js';
import { isNearlySpelled } from './near-spelling.js';
import { countOnlyIn, type Features, flag, share } from './scale.js';

/** Beyond these a count says no more. Words. */
const WORDS_MOST = 8;
const LENGTH_MOST = 32;
/** Comparing each pair of words costs the square. Words. */
const COMPARED_MAX = 48;

/** How much of their words, meanings, characters and order the texts share. */
export function overlapFeatures(asked: Reading, stored: Reading): Features {
  const [ours, theirs] = [stemsOf(asked), stemsOf(stored)];
  const [onlyOurs, onlyTheirs] = [countOnlyIn(ours, theirs), countOnlyIn(theirs, ours)];
  const shared = ours.length - onlyOurs;
  const shorter = Math.min(ours.length, theirs.length);
  const longer = Math.max(ours.length, theirs.length);
  return {
    words_only_a: share(onlyOurs, WORDS_MOST),
    words_only_b: share(onlyTheirs, WORDS_MOST),
    words_shared: share(shared, WORDS_MOST),
    share_of_a: share(shared, ours.length),
    share_of_b: share(shared, theirs.length),
    same_words: flag(onlyOurs === 0 && onlyTheirs === 0),
    length_ratio: share(shorter, longer),
    length: share(longer, LENGTH_MOST),
    ...meaningFeatures(asked, stored),
    ...stretchFeatures(ours, theirs),
    trigrams_shared: trigramsShared(asked.text, stored.text),
  };
}

function stemsOf(reading: Reading): string[] {
  return reading.tokens.map((token) => token.stem);
}

/** Of the words that carry meaning, synonyms counting as one. */
function meaningFeatures(asked: Reading, stored: Reading): Features {
  const { ourTokens, theirTokens } = matchNumbers(asked, stored);
  const [ours, theirs] = [meaningsOf(asked, ourTokens), meaningsOf(stored, theirTokens)];
  const onlyOurs = ours.filter((meaning) => !theirs.includes(meaning));
  const onlyTheirs = theirs.filter((meaning) => !ours.includes(meaning));
  const shared = ours.length - onlyOurs.length;
  const nearly = onlyOurs.filter((word) => onlyTheirs.some((other) => isNearlySpelled(word, other)));
  return {
    meanings_only_a: share(onlyOurs.length, WORDS_MOST),
    meanings_only_b: share(onlyTheirs.length, WORDS_MOST),
    meanings_shared: share(shared, WORDS_MOST),
    meanings_share: share(shared, shared + onlyOurs.length + onlyTheirs.length),
    nearly_spelled: share(nearly.length, Math.max(1, onlyOurs.length)),
    order_turned: orderTurned(ours, theirs),
  };
}

/** In the order in which they first come, each once. */
function meaningsOf(reading: Reading, numbers: ReadonlySet<number>): readonly string[] {
  const meanings = new Set(
    wordsOf(reading, numbers)
      .filter((word) => word.carries)
      .map((word) => word.meaning),
  );
  return [...meanings].slice(0, COMPARED_MAX);
}

/** Share of the pairs of shared words that stand the other way round, 0 to 1. */
function orderTurned(ours: readonly string[], theirs: readonly string[]): number {
  const places = ours.map((word) => theirs.indexOf(word)).filter((place) => place >= 0);
  let pairs = 0;
  let turned = 0;
  for (const [at, place] of places.entries()) {
    for (const later of places.slice(at + 1)) {
      pairs += 1;
      if (later < place) turned += 1;
    }
  }
  return share(turned, pairs);
}

/** How long the stretches are that remain when equal words at both ends are taken off. */
function stretchFeatures(ours: readonly string[], theirs: readonly string[]): Features {
  const shorter = Math.min(ours.length, theirs.length);
  let start = 0;
  while (start < shorter && ours[start] === theirs[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && ours.at(-1 - tail) === theirs.at(-1 - tail)) tail += 1;
  return {
    stretch_a: share(ours.length - start - tail, WORDS_MOST),
    stretch_b: share(theirs.length - start - tail, WORDS_MOST),
    equal_ends: share(start + tail, Math.max(ours.length, theirs.length)),
  };
}

/** Dice's share of the letter triples, 0 to 1: near 1 for a text with a typo, in which whole words no longer match. */
function trigramsShared(one: string, other: string): number {
  const [ours, theirs] = [trigramsOf(one), trigramsOf(other)];
  let shared = 0;
  for (const trigram of ours) if (theirs.has(trigram)) shared += 1;
  return share(2 * shared, ours.size + theirs.size);
}

function trigramsOf(text: string): ReadonlySet<string> {
  const plain = ` ${text.toLowerCase().replace(/\s+/g, ' ').trim()} `;
  const trigrams = new Set<string>();
  for (let at = 0; at + 3 <= plain.length; at += 1) trigrams.add(plain.slice(at, at + 3));
  return trigrams;
}
