/** A letter, digit, mark or underscore: keywords that begin or end with one match whole words only. */
export const WORD = 1;
/** Runs of space count as one, so that a phrase is found across a line break. */
export const SPACE = 2;
/** Invisible (soft hyphen, zero-width space): left out, or they would hide a word from its keyword. */
export const INVISIBLE = 3;
/** Symbols, and letters of scripts that put no space between words: matched wherever they stand. */
export const LOOSE = 4;

const UNCLASSIFIED = 0;

const INVISIBLE_CODE = /\p{Cf}/u;
const SPACE_CODE = /\s/u;
// Korean has spaces, but hangs its particles on the word, so that a keyword is rarely a whole word there either.
const LOOSE_LETTER =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}]/u;
const WORD_CODE = /[\p{L}\p{N}\p{M}_]/u;

/** Filled on first use: classifying all 65,536 codes at start would cost more than most processes ever need. */
const KINDS = new Uint8Array(0x10000);

/** What a UTF-16 code unit is to keyword matching. Halves of surrogate pairs are loose. */
export function kindOf(code: number): number {
  const known = KINDS[code] ?? UNCLASSIFIED;
  if (known !== UNCLASSIFIED) return known;
  const kind = classify(String.fromCharCode(code));
  KINDS[code] = kind;
  return kind;
}

function classify(unit: string): number {
  if (SPACE_CODE.test(unit)) return SPACE;
  if (INVISIBLE_CODE.test(unit)) return INVISIBLE;
  if (LOOSE_LETTER.test(unit)) return LOOSE;
  return WORD_CODE.test(unit) ? WORD : LOOSE;
}

/** One spelling for what readers take for the same text: composed, with one sigma and one apostrophe, lower case if asked. */
export function foldText(text: string, caseSensitive: boolean): string {
  const cased = caseSensitive ? text : text.toLowerCase();
  // ASCII is folded already; asking for its length in bytes is twenty times cheaper than normalising it.
  if (Buffer.byteLength(cased, 'utf8') === cased.length) return cased;
  return cased.normalize('NFC').replace(/[ς’]/g, (unit) => (unit === '’' ? "'" : 'σ'));
}

/**
 * The letters that matching sees: each a code unit, doubled, plus one where it begins a word. A phrase and the text that
 * holds it give the same letters, which is what makes a match respect the beginnings of words.
 */
export function lettersOf(text: string): number[] {
  const letters: number[] = [];
  let previous = LOOSE;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const kind = kindOf(code);
    if (kind === INVISIBLE || (kind === SPACE && previous === SPACE)) continue;
    const begins = kind === WORD && previous !== WORD ? 1 : 0;
    letters.push((kind === SPACE ? 0x20 : code) * 2 + begins);
    previous = kind;
  }
  return letters;
}
