import type { Reading, Token } from '../tokens.js';
import { type Features, flag, share } from './scale.js';

/** Up to this length a capital may make another thing: `GB` and `Gb`, `US` and `us`. Characters. */
const SHORT_CHARS_MAX = 4;
const MOST = 2;

/** What differs in nothing but its capitals; the model's tokens have none. */
export function caseFeatures(asked: Reading, stored: Reading): Features {
  return {
    case_differs_short: share(countUnlikeCase(asked, stored), MOST),
    same_but_case: flag(
      asked.text.trim() !== stored.text.trim() &&
        asked.text.trim().toLowerCase() === stored.text.trim().toLowerCase(),
    ),
  };
}

/** Short words with a capital inside or throughout that the other text writes in another way. */
function countUnlikeCase(asked: Reading, stored: Reading): number {
  const theirs = spellingsOf(stored);
  let unlike = 0;
  for (const [lower, ours] of spellingsOf(asked)) {
    const others = theirs.get(lower);
    if (others === undefined) continue;
    const same = [...ours].some((raw) => others.has(raw));
    if (!same && [...ours, ...others].some(holdsInnerCapital)) unlike += 1;
  }
  return unlike;
}

function spellingsOf(reading: Reading): ReadonlyMap<string, ReadonlySet<string>> {
  const spellings = new Map<string, Set<string>>();
  for (const token of reading.tokens.filter(isShort)) {
    const written = spellings.get(token.lower) ?? new Set();
    spellings.set(token.lower, written.add(token.raw));
  }
  return spellings;
}

function isShort(token: Token): boolean {
  return !token.isNumber && token.raw.length >= 2 && token.raw.length <= SHORT_CHARS_MAX;
}

/** A capital in first place may only open a sentence. */
function holdsInnerCapital(raw: string): boolean {
  return /\p{Lu}/u.test(raw.slice(1));
}
