/** Neither a letter nor part of a word: space, punctuation, signs of no use here. */
export const NONE = 0;
/** Digits, underscores and combining marks: a word that holds one is a name of code, or not spelled as the lists are. */
export const JOINT = 1;
/** What ends a sentence, so that the next word may be written with a capital for that reason alone. */
export const STOP = 2;
/** Signs that programs are full of and prose is not. */
export const CODE = 3;
/** All kinds from here on are letters. */
export const LATIN = 4;
export const GREEK = 5;
export const CYRILLIC = 6;
export const HEBREW = 7;
export const ARABIC = 8;
export const DEVANAGARI = 9;
export const BENGALI = 10;
export const THAI = 11;
export const HANGUL = 12;
export const KANA = 13;
export const HAN = 14;
/** Letters of the scripts above that only languages beyond `LANGUAGES` use: Persian, Ukrainian, Yiddish and others. */
export const BEYOND = 15;
/** Letters of every other script. */
export const OTHER = 16;

const KINDS = 17;

/** Ranges of UTF-16 code units, both ends included. A later one overrides what an earlier one says of the same code. */
const RANGES: readonly (readonly [kind: number, first: number, last: number])[] = [
  [OTHER, 0x370, 0xffff],
  [LATIN, 0x41, 0x5a],
  [LATIN, 0x61, 0x7a],
  [LATIN, 0xc0, 0x24f],
  [NONE, 0xd7, 0xd7],
  [NONE, 0xf7, 0xf7],
  [LATIN, 0x1e00, 0x1eff],
  [JOINT, 0x30, 0x39],
  [JOINT, 0x5f, 0x5f],
  [JOINT, 0x300, 0x36f],
  [GREEK, 0x370, 0x3ff],
  [GREEK, 0x1f00, 0x1fff],
  [NONE, 0x37e, 0x37e],
  [NONE, 0x387, 0x387],
  [BEYOND, 0x400, 0x52f],
  [CYRILLIC, 0x410, 0x44f],
  [CYRILLIC, 0x401, 0x401],
  [CYRILLIC, 0x451, 0x451],
  [NONE, 0x591, 0x5cf],
  [HEBREW, 0x5d0, 0x5ea],
  [BEYOND, 0x5ef, 0x5f2],
  [NONE, 0x5f3, 0x5f4],
  [NONE, 0x600, 0x61f],
  [ARABIC, 0x620, 0x64a],
  [BEYOND, 0x63b, 0x63f],
  [NONE, 0x640, 0x640],
  [NONE, 0x64b, 0x66d],
  [BEYOND, 0x66e, 0x6d3],
  [NONE, 0x6d4, 0x6ed],
  [BEYOND, 0x6d5, 0x6d5],
  [NONE, 0x6f0, 0x6f9],
  [DEVANAGARI, 0x900, 0x97f],
  // The retroflex L of Marathi.
  [BEYOND, 0x933, 0x934],
  [NONE, 0x964, 0x96f],
  [BENGALI, 0x980, 0x9ff],
  [NONE, 0x9e6, 0x9ef],
  // Assamese.
  [BEYOND, 0x9f0, 0x9f1],
  [THAI, 0xe01, 0xe4e],
  [NONE, 0xe3f, 0xe3f],
  [NONE, 0xe4f, 0xe5b],
  [HANGUL, 0x1100, 0x11ff],
  // General punctuation up to symbols and arrows, which leaves the letterlike ones to `OTHER`.
  [NONE, 0x2000, 0x206f],
  [NONE, 0x20a0, 0x20ff],
  [NONE, 0x2190, 0x2bff],
  [NONE, 0x3000, 0x303f],
  [HAN, 0x3005, 0x3005],
  [KANA, 0x3041, 0x30ff],
  [NONE, 0x30fb, 0x30fb],
  [HANGUL, 0x3131, 0x318e],
  [HAN, 0x3400, 0x4dbf],
  [HAN, 0x4e00, 0x9fff],
  [HANGUL, 0xac00, 0xd7a3],
  // Halves of the pairs that write emoji; other pairs are rare letters.
  [NONE, 0xd83c, 0xd83e],
  [NONE, 0xdc00, 0xdfff],
  [NONE, 0xe000, 0xf8ff],
  [HAN, 0xf900, 0xfaff],
  [NONE, 0xfe00, 0xfe4f],
  [NONE, 0xfeff, 0xfeff],
  [NONE, 0xff01, 0xff20],
  [KANA, 0xff66, 0xff9f],
  [NONE, 0xffe0, 0xffff],
  [STOP, 0xa, 0xa],
  [STOP, 0x21, 0x21],
  [STOP, 0x2e, 0x2e],
  [STOP, 0x3f, 0x3f],
  [STOP, 0xa1, 0xa1],
  [STOP, 0xbf, 0xbf],
  [CODE, 0x28, 0x29],
  [CODE, 0x3b, 0x3e],
  [CODE, 0x5b, 0x5d],
  [CODE, 0x60, 0x60],
  [CODE, 0x7b, 0x7d],
];

const KIND_OF = new Uint8Array(0x10000);
for (const [kind, first, last] of RANGES) KIND_OF.fill(kind, first, last + 1);

/** What a UTF-16 code unit is to the telling of languages. */
export function scriptOf(code: number): number {
  return KIND_OF[code] ?? NONE;
}

/** How many code units of the text are of each kind. */
export function countScripts(text: string): Uint32Array {
  const counts = new Uint32Array(KINDS);
  for (let index = 0; index < text.length; index++) {
    const kind = scriptOf(text.charCodeAt(index));
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
