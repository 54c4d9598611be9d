import type { Token } from './tokens.js';

/** A number that a text spells out. */
export interface SpelledNumber {
  readonly amount: number;
  /** Index of the first token after the number. */
  readonly end: number;
  /** True for `one`, which is a number only when the other text has that number. */
  readonly isOptional: boolean;
}

/** `twenty-five`, `two hundred and five`, `nineteen ninety-seven`, `four oh four`, `the fifth`, `a dozen`, `a million`. */
export function spelledNumberAt(tokens: readonly Token[], at: number): SpelledNumber | undefined {
  const digits = digitByDigit(tokens, at);
  if (digits !== undefined) return digits;
  const state: State = { total: 0, group: undefined, room: 0, isYear: false };
  let end = at;
  for (; end < tokens.length; end += 1) {
    const word = tokens[end]?.lower ?? '';
    if (state.group !== undefined && word === 'and' && state.room >= 100 && isSmall(tokens[end + 1]))
      continue;
    if (!take(state, tokens, end)) break;
    if (isOrdinalAt(tokens, end)) {
      end += 1;
      break;
    }
  }
  if (state.group === undefined) return undefined;
  const amount = state.total + state.group;
  return { amount, end, isOptional: end === at + 1 && OPTIONAL.has(tokens[at]?.lower ?? '') };
}

/** False for words with which no spelled number and no fraction begins. */
export function mayStartNumber({ lower }: Token): boolean {
  return CARDINALS.has(lower) || ORDINALS.has(lower) || DENOMINATORS.has(lower) || SCALE_WORD.has(lower);
}

/** The factor of `thousand`, `million`, `k`, `bn` …; undefined for any other word. */
export function scaleOf(token: Token | undefined): number | undefined {
  if (token === undefined) return undefined;
  if (token.before === '' && /^(?:k|K)$/.test(token.raw)) return 1e3;
  if (token.lower === 'hundred') return 100;
  return SCALES.get(token.lower) ?? (/^dozens?$/.test(token.lower) ? 12 : undefined);
}

/** What a word is as the lower part of a fraction: 4 for `quarters` and `fourth`. */
export function denominatorOf(token: Token | undefined): number | undefined {
  return DENOMINATORS.get(token?.lower ?? '');
}

interface State {
  /** What thousands and millions have come to. */
  total: number;
  group: number | undefined;
  /** Only a number below this may still be added: after `twenty` only units may come. */
  room: number;
  /** True after a lone `ten` to `twenty`, which may open a year: `nineteen ninety`. */
  isYear: boolean;
}

/** Adds the word at `at` to the number; false where it cannot be a part of it. */
function take(state: State, tokens: readonly Token[], at: number): boolean {
  const word = tokens[at]?.lower ?? '';
  const ordinal = isOrdinalAt(tokens, at) ? ORDINALS.get(word) : undefined;
  const value = CARDINALS.get(word) ?? ordinal;
  if (value !== undefined) return takeValue(state, value);
  if (state.isYear && word === 'oh') return takeValue(state, 0);
  const scale = scaleOf(tokens[at]);
  if (scale === undefined) return false;
  if (state.group === undefined) {
    // `thousands` and `dozens` of things are no number.
    if (word === 'dozens' || (scale >= 1e3 && tokens[at - 1]?.lower !== 'a')) return false;
    state.group = scale;
    state.room = scale === 12 ? 0 : scale;
    return true;
  }
  if (scale >= 1e3) {
    state.total += state.group * scale;
    state.group = 0;
  } else {
    if (scale === 100 && state.group >= 100) return false;
    state.group *= scale;
  }
  state.room = scale === 12 ? 0 : scale;
  state.isYear = false;
  return true;
}

function takeValue(state: State, value: number): boolean {
  if (state.group === undefined) {
    state.group = value;
    state.isYear = value >= 10 && value <= 20;
    state.room = value >= 20 ? 10 : 0;
    return true;
  }
  if (state.isYear && (value >= 10 || value === 0)) {
    state.group = state.group * 100 + value;
    state.isYear = false;
    state.room = value >= 20 || value === 0 ? 10 : 0;
    return true;
  }
  if (value >= state.room) return false;
  state.group += value;
  state.isYear = false;
  state.room = value >= 20 ? 10 : 0;
  return true;
}

/** Three digits or more, each said by itself: a status, a room, a telephone number. */
function digitByDigit(tokens: readonly Token[], at: number): SpelledNumber | undefined {
  let digits = '';
  let end = at;
  for (; end < tokens.length; end += 1) {
    const word = tokens[end]?.lower ?? '';
    const digit = word === 'oh' && end > at ? 0 : DIGITS.indexOf(word);
    if (digit === -1) break;
    digits += String(digit);
  }
  if (digits.length < 3 || digits.length > 15) return undefined;
  return { amount: Number(digits), end, isOptional: false };
}

function isSmall(token: Token | undefined): boolean {
  const word = token?.lower ?? '';
  return CARDINALS.has(word) || ORDINALS.has(word);
}

/** `a second` and `per second` are times; `the second` is a place in a row. */
function isOrdinalAt(tokens: readonly Token[], at: number): boolean {
  const word = tokens[at]?.lower ?? '';
  if (word !== 'second') return ORDINALS.has(word);
  const previous = tokens[at - 1];
  return (
    previous !== undefined &&
    !previous.isNumber &&
    !/^(?:a|per|one|every|each|split|half)$/.test(previous.lower)
  );
}

/** They may stand for a number, and mostly do not. */
const OPTIONAL: ReadonlySet<string> = new Set([
  'one',
  'pair',
  'trio',
  'single',
  'double',
  'triple',
  'twice',
  'once',
]);

const SCALES: ReadonlyMap<string, number> = new Map([
  ['thousand', 1e3],
  ['lakh', 1e5],
  ['million', 1e6],
  ['mn', 1e6],
  ['crore', 1e7],
  ['billion', 1e9],
  ['bn', 1e9],
  ['trillion', 1e12],
]);

const SCALE_WORD: ReadonlySet<string> = new Set([...SCALES.keys(), 'k', 'hundred', 'dozen']);

const DIGITS = 'zero one two three four five six seven eight nine'.split(' ');

const CARDINALS: ReadonlyMap<string, number> = new Map([
  ...numbered(
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' +
      'eighteen nineteen',
    'twenty thirty forty fifty sixty seventy eighty ninety',
  ),
  ['once', 1],
  ['single', 1],
  ['twice', 2],
  ['double', 2],
  ['pair', 2],
  ['triple', 3],
  ['trio', 3],
]);

const ORDINALS: ReadonlyMap<string, number> = numbered(
  'zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth ' +
    'fifteenth sixteenth seventeenth eighteenth nineteenth',
  'twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth',
);

const DENOMINATORS: ReadonlyMap<string, number> = new Map([
  ['half', 2],
  ['halves', 2],
  ['quarter', 4],
  ['quarters', 4],
  ...[...ORDINALS]
    .filter(([, value]) => value >= 3)
    .flatMap(([word, value]) => [[word, value] as const, [`${word}s`, value] as const]),
]);

function numbered(units: string, tens: string): ReadonlyMap<string, number> {
  const map = new Map<string, number>();
  for (const [index, word] of units.split(' ').entries()) map.set(word, index);
  for (const [index, word] of tens.split(' ').entries()) map.set(word, (index + 2) * 10);
  return map;
}
