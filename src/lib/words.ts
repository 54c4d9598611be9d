/** Weights of a linear model over the word features of a text: `outputs` numbers for each bucket. */
export interface WordMatrix {
  /** One row of `outputs` weights per bucket. */
  readonly weights: Int8Array;
  /** A power of two. */
  readonly buckets: number;
  readonly outputs: number;
  /** One per output: what a weight of 1 is worth. */
  readonly scales: ArrayLike<number>;
}

/** Some neighbouring outputs of a matrix. */
export interface OutputRange {
  readonly from: number;
  readonly count: number;
}

export interface WordWindows {
  /** UTF-16 units, as is the overlap, which must be smaller. */
  readonly windowChars: number;
  readonly overlapChars: number;
}

/**
 * The features of a text, as bucket numbers in the order of the text: its words, its pairs of neighbouring words and
 * the four-byte windows of its longer words, each hashed. A word is a run of ASCII letters (in lower case), digits and
 * bytes of other scripts; any other printable ASCII character is a word of its own. Training computes the same from
 * the UTF-8 bytes, so nothing here may follow another idea of letters than bytes.
 */
export function wordFeatures(text: string, buckets: number): Uint32Array {
  const found: number[] = [];
  eachFeature(text, 0, text.length, (hash) => found.push(hash & (buckets - 1)));
  return Uint32Array.from(found);
}

/** Scores of a text by its word features, one per output of the range; 0 for a text without words. Linear time. */
export function scoreWords(text: string, matrix: WordMatrix, range: OutputRange = all(matrix)): Float32Array {
  return new Scorer(matrix, range).score(text, 0, text.length);
}

/** The highest score of each output over the windows of a text, so that harmless text around an attack hides nothing. */
export function scanWords(
  text: string,
  matrix: WordMatrix,
  windows: WordWindows = WINDOWS,
  range: OutputRange = all(matrix),
): Float32Array {
  const highest = new Float32Array(range.count).fill(Number.NEGATIVE_INFINITY);
  const options = { text, matrix, windows, range };
  eachWordWindow(options, (scores) => {
    for (let k = 0; k < highest.length; k += 1) highest[k] = Math.max(highest[k] ?? 0, scores[k] ?? 0);
  });
  return highest;
}

export interface WordScan {
  readonly text: string;
  readonly matrix: WordMatrix;
  readonly range: OutputRange;
  readonly windows?: WordWindows;
}

/** Tells the scores of each window of a text, at least one; the array is the same each time. */
export function eachWordWindow(scan: WordScan, visit: (scores: Float32Array) => void): void {
  const { text, windows = WINDOWS } = scan;
  const scorer = new Scorer(scan.matrix, scan.range);
  const step = windows.windowChars - windows.overlapChars;
  for (let start = 0; ; start += step) {
    const end = start + windows.windowChars;
    visit(scorer.score(text, wholeAt(text, start), wholeAt(text, end)));
    if (end >= text.length) return;
  }
}

const WINDOWS: WordWindows = { windowChars: 1000, overlapChars: 200 };

function all(matrix: WordMatrix): OutputRange {
  return { from: 0, count: matrix.outputs };
}

class Scorer {
  readonly #matrix: WordMatrix;
  readonly #range: OutputRange;
  readonly #sums: Int32Array;
  readonly #scores: Float32Array;
  #features = 0;

  constructor(matrix: WordMatrix, range: OutputRange) {
    this.#matrix = matrix;
    this.#range = range;
    this.#sums = new Int32Array(range.count);
    this.#scores = new Float32Array(range.count);
  }

  score(text: string, start: number, end: number): Float32Array {
    this.#sums.fill(0);
    this.#features = 0;
    eachFeature(text, start, end, this.#add);
    const share = 1 / Math.sqrt(Math.max(1, this.#features));
    for (let k = 0; k < this.#range.count; k += 1) {
      this.#scores[k] = (this.#matrix.scales[this.#range.from + k] ?? 0) * (this.#sums[k] ?? 0) * share;
    }
    return this.#scores;
  }

  readonly #add = (hash: number): void => {
    const { weights, buckets, outputs } = this.#matrix;
    const sums = this.#sums;
    const row = (hash & (buckets - 1)) * outputs + this.#range.from;
    for (let k = 0; k < sums.length; k += 1) sums[k] = (sums[k] ?? 0) + (weights[row + k] ?? 0);
    this.#features += 1;
  };
}

const WORD_BYTES_MAX = 64;
const WINDOW_BYTES = 4;

/** FNV-1a of 32 bits, one byte further. */
const fnv = (hash: number, byte: number): number => Math.imul(hash ^ byte, 16777619);
const seed = (letter: string): number => fnv(2166136261, letter.charCodeAt(0));
const WORD_SEED = seed('w');
const PAIR_SEED = seed('b');
const WINDOW_SEED = seed('c');
const BLANK = 0x20;
const WORD_START = 0x5e;
const WORD_END = 0x24;

/** Tells the hash of each feature. A half of a surrogate pair on its own counts as `?`, as Python encodes it. */
function eachFeature(text: string, start: number, end: number, tell: (hash: number) => void): void {
  const word = new WordBytes(tell);
  for (let at = start; at < end; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) word.ascii(unit);
    else if (unit < 0x800) word.other(0xc0 | (unit >> 6), unit);
    else if ((unit & 0xf800) !== 0xd800) {
      word.push(0xe0 | (unit >> 12));
      word.other(0x80 | ((unit >> 6) & 0x3f), unit);
    } else {
      const next = unit < 0xdc00 && at + 1 < end ? text.charCodeAt(at + 1) : 0;
      if ((next & 0xfc00) !== 0xdc00) {
        word.ascii(0x3f);
        continue;
      }
      const point = 0x10000 + ((unit & 0x3ff) << 10) + (next & 0x3ff);
      word.push(0xf0 | (point >> 18));
      word.push(0x80 | ((point >> 12) & 0x3f));
      word.other(0x80 | ((point >> 6) & 0x3f), point);
      at += 1;
    }
  }
  word.end();
}

/** The word that is being read, between its edges so that windows can lie over them, and the pair's first half. */
class WordBytes {
  readonly #tell: (hash: number) => void;
  readonly #bytes = new Uint8Array(WORD_BYTES_MAX + 2).fill(WORD_START, 0, 1);
  #length = 0;
  /** Hash of what a pair has before its second word. */
  #pair: number | undefined;

  constructor(tell: (hash: number) => void) {
    this.#tell = tell;
  }

  ascii(byte: number): void {
    if (byte >= 0x61 && byte <= 0x7a) this.push(byte);
    else if (byte >= 0x41 && byte <= 0x5a) this.push(byte + 0x20);
    else if (byte >= 0x30 && byte <= 0x39) this.push(byte);
    else {
      this.end();
      if (byte <= BLANK || byte > 0x7e) return;
      this.push(byte);
      this.end();
    }
  }

  /** The last two bytes of a character beyond ASCII. */
  other(before: number, point: number): void {
    this.push(before);
    this.push(0x80 | (point & 0x3f));
  }

  push(byte: number): void {
    if (this.#length === WORD_BYTES_MAX) return;
    this.#length += 1;
    this.#bytes[this.#length] = byte;
  }

  end(): void {
    const length = this.#length;
    if (length === 0) return;
    const bytes = this.#bytes;
    let word = WORD_SEED;
    let pair = this.#pair ?? 0;
    let next = PAIR_SEED;
    for (let at = 1; at <= length; at += 1) {
      const byte = bytes[at] ?? 0;
      word = fnv(word, byte);
      pair = fnv(pair, byte);
      next = fnv(next, byte);
    }
    this.#tell(word);
    if (this.#pair !== undefined) this.#tell(pair);
    this.#pair = fnv(next, BLANK);
    if (length >= WINDOW_BYTES) this.#windows(length);
    this.#length = 0;
  }

  #windows(length: number): void {
    const bytes = this.#bytes;
    bytes[length + 1] = WORD_END;
    for (let at = 0; at + WINDOW_BYTES <= length + 2; at += 1) {
      let hash = WINDOW_SEED;
      for (let byte = at; byte < at + WINDOW_BYTES; byte += 1) hash = fnv(hash, bytes[byte] ?? 0);
      this.#tell(hash);
    }
  }
}

/** The offset, or one more where that would part a surrogate pair. */
function wholeAt(text: string, offset: number): number {
  if (offset <= 0 || offset >= text.length) return Math.min(offset, text.length);
  const parts =
    (text.charCodeAt(offset) & 0xfc00) === 0xdc00 && (text.charCodeAt(offset - 1) & 0xfc00) === 0xd800;
  return parts ? offset + 1 : offset;
}
