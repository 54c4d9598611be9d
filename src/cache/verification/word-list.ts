import { stemOf } from './tokens.js';

/** Words written with spaces between them, for tables that people read. */
export function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}

/** Like `wordSet`, by stem: each form of the word is then in it. */
export function stemSet(words: string): ReadonlySet<string> {
  return new Set([...wordSet(words)].map(stemOf));
}

/** How often each of `items` occurs. */
export function tally(items: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/** True when `one` holds something more often than `other` does. */
export function exceeds(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean {
  for (const [item, count] of one) if (count > (other.get(item) ?? 0)) return true;
  return false;
}
