import type { Reading, Token } from './tokens.js';
import { unitOf, unitsNamed } from './units.js';

/** A number as it counts: its digits and what it measures, which is empty when nothing is said. */
export interface Quantity {
  readonly value: string;
  readonly unit: string;
  /** True for `one` and `I`, which are numbers only when the other text has that number. */
  readonly isOptional: boolean;
}

/**
 * What differs between the numbers of two texts. They must be the same numbers in the same order (`10 by 2` is not
 * `2 by 10`), written in digits or words, of the same units in the same case (`GB` is not `Gb`).
 */
export function numbersDiffer(one: Reading, other: Reading): 'number' | 'unit' | undefined {
  const [ours, theirs] = reconciled(quantitiesOf(one), quantitiesOf(other));
  if (ours.length !== theirs.length) return 'number';
  for (const [index, quantity] of ours.entries()) {
    if (quantity.value !== theirs[index]?.value) return 'number';
  }
  for (const [index, quantity] of ours.entries()) {
    if (quantity.unit !== theirs[index]?.unit) return 'unit';
  }
  const [ourUnits, theirUnits] = [unitsNamed(one), unitsNamed(other)];
  return holdsMore(ourUnits, theirUnits) && holdsMore(theirUnits, ourUnits) ? 'unit' : undefined;
}

/** True for words that this check reads as numbers or parts of them. */
export function isNumberWord(token: Token): boolean {
  const { lower } = token;
  return (
    CARDINALS.has(lower) ||
    ORDINALS.has(lower) ||
    SCALES.has(lower) ||
    ROMAN.indexOf(token.raw) > 0 ||
    lower === 'hundred'
  );
}

function holdsMore(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  for (const unit of one) if (!other.has(unit)) return true;
  return false;
}

/** Drops the optional numbers that the other side does not need. */
function reconciled(one: readonly Quantity[], other: readonly Quantity[]): [Quantity[], Quantity[]] {
  return [needed(one, other), needed(other, one)];
}

function needed(ours: readonly Quantity[], theirs: readonly Quantity[]): Quantity[] {
  const asked = new Set(theirs.filter((quantity) => !quantity.isOptional).map((quantity) => quantity.value));
  return ours.filter((quantity) => !quantity.isOptional || asked.has(quantity.value));
}

/** The numbers of a text in their order, in digits or words alike. */
export function quantitiesOf(reading: Reading): Quantity[] {
  const { tokens } = reading;
  const found: Quantity[] = [];
  for (let at = 0; at < tokens.length; ) {
    const number = digitsAt(tokens, at) ?? wordsAt(tokens, at) ?? romanAt(tokens, at);
    if (number === undefined) {
      at += 1;
      continue;
    }
    const scaled = scaledBy(number.value, tokens, number.end);
    const unit = unitOf(tokens, at, scaled.end);
    found.push({ value: scaled.value, unit: unit.name, isOptional: number.isOptional && unit.name === '' });
    at = unit.end;
  }
  return found;
}

interface Spotted {
  readonly value: string;
  /** Index of the first token after the number. */
  readonly end: number;
  readonly isOptional: boolean;
}

/** Digits, with those joined to them: a date, a time, a version or a fraction is one number. */
function digitsAt(tokens: readonly Token[], at: number): Spotted | undefined {
  const first = tokens[at];
  if (first === undefined || !first.isNumber) return undefined;
  let value = plainDigits(first.raw);
  if (/(?:^|[\s(=:,])[-−]$/.test(first.before)) value = `-${value}`;
  let end = at + 1;
  for (let last = first; ; end += 1) {
    const next = tokens[end];
    const joins = next?.isNumber === true && /^[/:]$/.test(last.after);
    const isDate = next?.isNumber === true && last.after === '-' && tokens[end + 1]?.before === '-';
    const endsDate = next?.isNumber === true && last.after === '-' && value.includes('-', 1);
    if (next === undefined || !(joins || isDate || endsDate)) break;
    value += last.after + plainDigits(next.raw);
    last = next;
  }
  // `21st` and `5th` say the number; the letters after it say nothing more.
  if (tokens[end]?.before === '' && /^(?:st|nd|rd|th)$/.test(tokens[end]?.lower ?? '')) end += 1;
  return { value, end, isOptional: false };
}

/** Without separators of thousands and leading zeros. Zeros at the end stay: version 3.10 is not 3.1. */
function plainDigits(raw: string): string {
  const joined = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(raw) ? raw.replaceAll(',', '') : raw;
  return joined.replace(/^0+(?=\d)/, '');
}

function wordsAt(tokens: readonly Token[], at: number): Spotted | undefined {
  let total: number | undefined;
  let end = at;
  for (; end < tokens.length; end += 1) {
    const word = tokens[end]?.lower ?? '';
    const joins: boolean = total === undefined || (total % 10 === 0 && total >= 20);
    const value = CARDINALS.get(word) ?? (isOrdinalAt(tokens, end) ? ORDINALS.get(word) : undefined);
    if (word === 'hundred' && (total === undefined || total < 10)) total = (total ?? 1) * 100;
    else if (
      value === undefined ||
      !joins ||
      (total !== undefined && value >= (total % 100 === 0 ? 100 : 10))
    )
      break;
    else total = (total ?? 0) + value;
  }
  if (total === undefined) return undefined;
  return { value: String(total), end, isOptional: total === 1 && tokens[at]?.lower === 'one' };
}

/** `a second` and `per second` are times; `the second` is a place in a row. */
function isOrdinalAt(tokens: readonly Token[], at: number): boolean {
  if (tokens[at]?.lower !== 'second') return true;
  const previous = tokens[at - 1];
  return (
    previous !== undefined && !previous.isNumber && !/^(?:a|per|one|every|each|split)$/.test(previous.lower)
  );
}

/** `World War II`. A lone `I` is mostly the one who asks. */
function romanAt(tokens: readonly Token[], at: number): Spotted | undefined {
  const value = ROMAN.indexOf(tokens[at]?.raw ?? '');
  return value < 1 ? undefined : { value: String(value), end: at + 1, isOptional: value === 1 };
}

/** `5 million` is `5,000,000`, `5k` is `5000`. */
function scaledBy(value: string, tokens: readonly Token[], at: number): { value: string; end: number } {
  const next = tokens[at];
  let zeros = SCALES.get(next?.lower ?? '');
  if (zeros === undefined && next?.before === '' && next.raw === 'k') zeros = 3;
  if (zeros === undefined || !/^-?\d+(?:\.\d+)?$/.test(value)) return { value, end: at };
  const [whole = '', fraction = ''] = value.split('.');
  const moved = `${whole}${fraction.slice(0, zeros).padEnd(zeros, '0')}`.replace(/^0+(?=\d)/, '');
  return { value: fraction.length > zeros ? `${moved}.${fraction.slice(zeros)}` : moved, end: at + 1 };
}

const ROMAN = [
  '',
  'I',
  'II',
  'III',
  'IV',
  '',
  'VI',
  'VII',
  'VIII',
  'IX',
  '',
  'XI',
  'XII',
  'XIII',
  'XIV',
  'XV',
  'XVI',
];

const SCALES: ReadonlyMap<string, number> = new Map([
  ['thousand', 3],
  ['million', 6],
  ['billion', 9],
  ['trillion', 12],
]);

const CARDINALS: ReadonlyMap<string, number> = numbered(
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' +
    'eighteen nineteen',
  'twenty thirty forty fifty sixty seventy eighty ninety',
);

const ORDINALS: ReadonlyMap<string, number> = numbered(
  'zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth ' +
    'fifteenth sixteenth seventeenth eighteenth nineteenth',
  'twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth',
);

function numbered(units: string, tens: string): ReadonlyMap<string, number> {
  const map = new Map<string, number>([['dozen', 12]]);
  for (const [index, word] of units.split(' ').entries()) map.set(word, index);
  for (const [index, word] of tens.split(' ').entries()) map.set(word, (index + 2) * 10);
  return map;
}
