/** Codes are looked up by page, since most lists of words touch only one or two of the 256. */
const PAGE_CODES = 256;
/** Each code has two symbols: inside a word, and at its beginning. */
const PAGE_SYMBOLS = PAGE_CODES * 2;

/** Numbers the letters that occur in a list of keywords from 1 on; every other letter is 0. */
export class Alphabet {
  readonly size: number;
  /** Page 0 of `symbols` stays empty and stands for all pages that no keyword touches. */
  private readonly pageOf = new Uint16Array(0x10000 / PAGE_CODES);
  private readonly symbols: Int32Array;

  /** @param words each a list of letters as `lettersOf` gives them */
  constructor(words: readonly (readonly number[])[]) {
    const letters = new Set(words.flat());
    let pages = 1;
    for (const letter of letters) {
      const page = (letter >> 1) >> 8;
      if (this.pageOf[page] === 0) this.pageOf[page] = pages++;
    }
    this.symbols = new Int32Array(pages * PAGE_SYMBOLS);
    let size = 1;
    for (const letter of letters) this.symbols[this.indexOf(letter >> 1, letter & 1)] = size++;
    this.size = size;
  }

  /** @param begins 1 where the code begins a word, else 0 */
  symbolOf(code: number, begins: number): number {
    return this.symbols[this.indexOf(code, begins)] ?? 0;
  }

  private indexOf(code: number, begins: number): number {
    return (this.pageOf[code >> 8] ?? 0) * PAGE_SYMBOLS + (code & 0xff) * 2 + begins;
  }
}
