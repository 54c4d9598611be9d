import { isOneEdit } from '../lib/one-edit.js';
import { INVISIBLE, kindOf, WORD } from './characters.js';

/** Shorter words have too many neighbours: `card` and `cars`, `form` and `from`. */
const LETTERS_MIN = 5;

/** Bits of the first look, which most words of a text do not pass. */
const FILTER_BITS = 1 << 20;

const BASE = 0x01000193;

/**
 * Finds words that are one edit away from a keyword: a letter wrong, missing, added, or swapped with its neighbour. Two
 * such words become the same when one letter is left out of each, so a table of all keywords with a letter left out
 * answers in a time that does not grow with their number; hashes of a word without each of its letters cost one step
 * each. Keywords of several words, of fewer than five letters, or with symbols are left to the exact search.
 */
export class FuzzyWords {
  private readonly byHash = new Map<number, number[]>();
  private readonly filter = new Int32Array(FILTER_BITS / 32);
  private readonly lettersMax: number;

  /** @param keywords folded as the text will be */
  constructor(private readonly keywords: readonly string[]) {
    let longest = 0;
    for (const [index, keyword] of keywords.entries()) {
      const word = keyword.trim();
      if (word.length < LETTERS_MIN || !isOneWord(word)) continue;
      longest = Math.max(longest, word.length);
      eachHash(word, (hash) => this.add(hash, index));
    }
    this.lettersMax = longest;
  }

  /** Indexes of the keywords that a word of the text is, or is one edit away from, in the order of the text. */
  search(folded: string): ReadonlySet<number> {
    const found = new Set<number>();
    if (this.lettersMax === 0) return found;
    eachWord(folded, { min: LETTERS_MIN - 1, max: this.lettersMax + 1 }, (word) => this.match(word, found));
    return found;
  }

  private match(word: string, found: Set<number>): void {
    eachHash(word, (hash) => {
      if (!this.mayHold(hash)) return;
      for (const index of this.byHash.get(hash) ?? []) {
        if (!found.has(index) && isOneEdit(word, this.keywords[index]?.trim() ?? '')) found.add(index);
      }
    });
  }

  private add(hash: number, index: number): void {
    const known = this.byHash.get(hash);
    if (known === undefined) this.byHash.set(hash, [index]);
    else if (known.at(-1) !== index) known.push(index);
    const bit = hash & (FILTER_BITS - 1);
    this.filter[bit >> 5] = (this.filter[bit >> 5] ?? 0) | (1 << (bit & 31));
  }

  private mayHold(hash: number): boolean {
    const bit = hash & (FILTER_BITS - 1);
    return ((this.filter[bit >> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }
}

/** Tells the hash of a word, and of the word without each of its letters. Hashes are those of polynomials. */
function eachHash(word: string, visit: (hash: number) => void): void {
  let whole = 0;
  for (let at = 0; at < word.length; at += 1) whole = (Math.imul(whole, BASE) + word.charCodeAt(at) + 1) | 0;
  visit(whole);
  let suffix = 0;
  let power = 1;
  let prefix = whole;
  // From the end: what stands before a letter is the rest of the whole once that letter and all behind it are taken off.
  for (let at = word.length - 1; at >= 0; at -= 1) {
    const letter = word.charCodeAt(at) + 1;
    prefix = Math.imul(prefix - letter, BASE_INVERSE);
    visit((Math.imul(prefix, power) + suffix) | 0);
    suffix = (suffix + Math.imul(letter, power)) | 0;
    power = Math.imul(power, BASE);
  }
}

/** Times BASE it is 1 in 32 bits; each round of Newton's method doubles the bits that are right. */
const BASE_INVERSE = inverseOf(BASE);

function inverseOf(odd: number): number {
  let inverse = odd;
  for (let round = 0; round < 5; round += 1) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return inverse;
}

function eachWord(
  text: string,
  letters: { readonly min: number; readonly max: number },
  visit: (word: string) => void,
): void {
  let start = -1;
  let hasInvisible = false;
  for (let at = 0; at <= text.length; at += 1) {
    const kind = at < text.length ? kindOf(text.charCodeAt(at)) : 0;
    if (kind === WORD) {
      if (start < 0) start = at;
      continue;
    }
    if (start < 0) continue;
    if (kind === INVISIBLE) {
      hasInvisible = true;
      continue;
    }
    const length = at - start;
    if (length >= letters.min && (length <= letters.max || hasInvisible)) {
      const word = text.slice(start, at);
      const plain = hasInvisible ? withoutInvisible(word) : word;
      if (plain.length <= letters.max) visit(plain);
    }
    start = -1;
    hasInvisible = false;
  }
}

function withoutInvisible(word: string): string {
  return [...word].filter((unit) => kindOf(unit.charCodeAt(0)) !== INVISIBLE).join('');
}

function isOneWord(word: string): boolean {
  for (let at = 0; at < word.length; at += 1) if (kindOf(word.charCodeAt(at)) !== WORD) return false;
  return true;
}
