import { isDigit, READ_CHARS_MAX, tokensOf } from './prompt-tokens.js';

/**
 * What the form of a prompt tells, apart from its subject: lengths, numbers, symbols, the words that turn a question,
 * and how its answers to choose from look, where it has some. `SHAPE_WIDTH` numbers.
 */
export function promptShape(text: string): Float32Array {
  const { stem, options } = partsOf(text.slice(0, READ_CHARS_MAX));
  const stemTokens = tokensOf(stem);
  const shape = [
    ...stemShape(stem, stemTokens),
    ...optionShape(options, stemTokens),
    ...countsOf(stemTokens, STEM_WORDS),
    ...countsOf(options.flatMap(tokensOf), OPTION_WORDS),
    ...PHRASES.map((phrase) => (stem.toLowerCase().includes(phrase) ? 1 : 0)),
  ];
  return Float32Array.from(shape);
}

const STEM_WORDS = wordPlaces(
  'not except least false true following statement best according would if why what who when where which how many much calculate ' +
    'find value probability percent both always never law state year mean function suppose example because passage refers ' +
    'each every more than half twice times total left per hours of and $ \\ ^ = _ " ( ; : ? \' % + * / <',
);
const OPTION_WORDS = wordPlaces(
  "not true false and or only because all none increase decrease will is % above i ii iii it the ( , ; '",
);
const PHRASES = [
  'all of the above',
  'none of',
  'how many',
  'which of the following',
  'most likely',
  'according to',
  'statement 1',
  'this question refers',
  'the following',
  'what is the',
];

export const SHAPE_WIDTH = 15 + 17 + STEM_WORDS.size + OPTION_WORDS.size + PHRASES.length;

function wordPlaces(words: string): ReadonlyMap<string, number> {
  return new Map(words.split(' ').map((word, place) => [word, place]));
}

/** More often than that says nothing new. */
const COUNT_MAX = 4;

function countsOf(tokens: readonly string[], places: ReadonlyMap<string, number>): readonly number[] {
  const counts = new Array<number>(places.size).fill(0);
  for (const token of tokens) {
    const place = places.get(token);
    if (place !== undefined) counts[place] = Math.min(COUNT_MAX, (counts[place] ?? 0) + 1);
  }
  return counts;
}

interface Parts {
  /** The question itself. */
  readonly stem: string;
  /** Its answers to choose from: lines that begin with A., B. and so on. */
  readonly options: readonly string[];
}

function partsOf(text: string): Parts {
  const stem: string[] = [];
  const options: string[] = [];
  for (const line of text.split('\n')) {
    const letter = String.fromCharCode(LETTER_A + options.length);
    if (options.length < OPTIONS_MAX && line.startsWith(letter) && OPTION_MARKS.has(line.slice(1, 3)))
      options.push(line.slice(3));
    else if (line.trim() === 'Answer:') continue;
    else if (options.length === 0) stem.push(line);
    else options.push(`${options.pop() ?? ''}\n${line}`);
  }
  return { stem: stem.join('\n').trim(), options };
}

const LETTER_A = 65;
const OPTIONS_MAX = 26;
const OPTION_MARKS: ReadonlySet<string> = new Set(['. ', ') ', ': ']);

function stemShape(stem: string, tokens: readonly string[]): readonly number[] {
  const chars = charactersOf(stem);
  const words = stem.split(' ').filter((word) => word !== '');
  const numbers = tokens.filter((token) => isDigit(token.charCodeAt(0)));
  const share = (count: number) => count / Math.max(1, stem.length);
  return [
    Math.log1p(stem.length),
    Math.log1p(words.length),
    stem.length / Math.max(1, words.length),
    share(chars.digits),
    share(chars.capitals),
    share(chars.symbols),
    share(chars.maths),
    chars.foreign,
    numbers.length,
    numbers.filter(({ length }) => length === YEAR_DIGITS).length,
    numbers.reduce((most, { length }) => Math.max(most, length), 0),
    words.filter((word, at) => at > 0 && isCapital(word.charCodeAt(0))).length / Math.max(1, words.length),
    chars.ends,
    chars.lines,
    LAST_MARKS.indexOf(stem.slice(-1)),
  ];
}

const YEAR_DIGITS = 4;
const LAST_MARKS = ['', '.', ':', '_', ')', '?'];

interface Characters {
  digits: number;
  capitals: number;
  symbols: number;
  maths: number;
  foreign: number;
  /** Of sentences, in the midst of the text. */
  ends: number;
  lines: number;
}

function charactersOf(text: string): Characters {
  const found = { digits: 0, capitals: 0, symbols: 0, maths: 0, foreign: 0, ends: 0, lines: 0 };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x80) found.foreign++;
    else if (isDigit(code)) found.digits++;
    else if (isCapital(code)) found.capitals++;
    else if (code === LINE) found.lines++;
    else if (code > 0x20 && !(code >= 0x61 && code <= 0x7a)) {
      found.symbols++;
      if (MATHS.includes(text[at] ?? '')) found.maths++;
      if (ENDS.includes(text[at] ?? '') && text.charCodeAt(at + 1) <= 0x20) found.ends++;
    }
  }
  return found;
}

const LINE = 0x0a;
const MATHS = '$\\^=<>+*/{}_|';
const ENDS = '.!?';

function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

function optionShape(options: readonly string[], stemTokens: readonly string[]): readonly number[] {
  const lengths = options.map(({ length }) => length);
  const joined = charactersOf(options.join(' '));
  const chars = Math.max(1, lengths.reduce(sum, 0));
  const sets = options.map((option) => new Set(tokensOf(option)));
  const stem = new Set(stemTokens);
  const pairs = sets.flatMap((one, at) => sets.slice(0, at).map((other) => overlap(one, other)));
  const mean = meanOf(lengths);
  const spread = Math.sqrt(meanOf(lengths.map((length) => (length - mean) ** 2)));
  return [
    options.length,
    mean,
    Math.log1p(Math.max(0, ...lengths)),
    Math.log1p(options.length === 0 ? 0 : Math.min(...lengths)),
    spread / (1 + mean),
    meanOf(options.map((option) => (startsAsNumber(option) ? 1 : 0))),
    meanOf(sets.map(({ size }) => size)),
    joined.digits / chars,
    joined.maths / chars,
    joined.capitals / chars,
    joined.symbols / chars,
    meanOf(pairs),
    Math.max(0, ...pairs),
    meanOf(sets.map((set) => overlap(set, stem))),
    meanOf(options.map((option) => (isCapital(option.charCodeAt(0)) ? 1 : 0))),
    meanOf(options.map((option) => (option.trimEnd().endsWith('.') ? 1 : 0))),
    new Set(options.map(({ length }) => length)).size,
  ];
}

function sum(one: number, other: number): number {
  return one + other;
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce(sum, 0) / values.length;
}

/** Share of the smaller set's tokens that the other has as well. */
function overlap(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const [small, large] = one.size <= other.size ? [one, other] : [other, one];
  let both = 0;
  for (const token of small) if (large.has(token)) both++;
  return both / Math.max(1, small.size);
}

/** A sum of money counts as one, and so does what is below zero. */
function startsAsNumber(option: string): boolean {
  for (let at = 0; at < Math.min(NUMBER_START, option.length); at++) {
    if (isDigit(option.charCodeAt(at))) return true;
    if (!SIGNS.includes(option[at] ?? '')) return false;
  }
  return false;
}

const NUMBER_START = 4;
const SIGNS = ' $-+(.−£€';
