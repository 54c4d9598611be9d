import { canonical, type Spotted } from './amount.js';
import { afterSuffix, clockAt, mayStartDate, namedDateAt, type PartialDate } from './calendar.js';
import { digitsAt } from './digits.js';
import { denominatorOf, mayStartNumber, scaleOf, spelledNumberAt } from './number-words.js';
import type { Reading, Token } from './tokens.js';
import { currencyCode, type Unit, unitAt, unitOf } from './units.js';

/** A number of a text, as it counts. */
export interface Quantity {
  /** What it may mean, in one spelling for all ways to write it: two numbers are equal when they share one. */
  readonly keys: readonly string[];
  /** `length`, `time`, `date`, `clock` …, empty for a number that says not what it counts. */
  readonly dimension: string;
  /** In the base unit of its dimension; not a number where it is no amount. */
  readonly amount: number;
  /** The name of its unit, empty where it has none. */
  readonly unit: string;
  /** Its digits alone: `5` for `5 km` and `5 miles`. */
  readonly digits: string;
  readonly dates: readonly PartialDate[];
  /** True for what is a number only if the other text has that number: `one`, `I`, `half`, `an hour`. */
  readonly isOptional: boolean;
  /** The tokens that it takes, from `start` up to, but not including, `end`. */
  readonly start: number;
  readonly end: number;
}

/** The numbers of a text in their order, in digits or words alike. Each text is read once. */
export function quantitiesOf(reading: Reading): readonly Quantity[] {
  const known = READ.get(reading);
  if (known !== undefined) return known;
  const found: Quantity[] = [];
  for (let at = 0; at < reading.tokens.length; ) {
    const quantity = quantityAt(reading.tokens, at);
    if (quantity !== undefined) found.push(quantity);
    at = quantity?.end ?? at + 1;
  }
  READ.set(reading, found);
  return found;
}

const READ = new WeakMap<Reading, readonly Quantity[]>();

function quantityAt(tokens: readonly Token[], at: number): Quantity | undefined {
  const token = tokens[at];
  if (token === undefined || !mayStart(token)) return undefined;
  const named = namedDateAt(tokens, at);
  if (named !== undefined) return calendarQuantity(named.dates, at, named.end);
  const digits = token.isNumber ? digitsAt(tokens, at) : undefined;
  const clock = clockAt(tokens, at, digits?.joint === ':' || digits?.joint === '' ? digits : undefined);
  if (clock !== undefined) return clockQuantity(clock.minutes, digits?.value, { start: at, end: clock.end });
  const decade = decadeAt(tokens, at);
  if (decade !== undefined) return decade;
  const number = digits ?? fractionAt(tokens, at) ?? spelledAt(tokens, at) ?? romanAt(tokens, at);
  if (number !== undefined) return measured(tokens, at, number);
  return unitWithArticle(tokens, at);
}

function spelledAt(tokens: readonly Token[], at: number): Spotted | undefined {
  const spelled = spelledNumberAt(tokens, at);
  if (spelled === undefined) return undefined;
  const lower = denominatorOf(tokens[spelled.end]);
  const isPlural = /(?:s|ves)$/.test(tokens[spelled.end]?.lower ?? '') || spelled.amount === 1;
  if (lower !== undefined && isPlural && spelled.end === at + 1) {
    const amount = spelled.amount / lower;
    return { value: canonical(amount), amount, end: spelled.end + 1, isOptional: false, isShare: true };
  }
  return { ...spelled, value: canonical(spelled.amount) };
}

/** `half`, `a quarter`, `a third of`, `half a million`. Alone it may be a word of another meaning. */
function fractionAt(tokens: readonly Token[], at: number): Spotted | undefined {
  const token = tokens[at];
  const lower = denominatorOf(token);
  if (token === undefined || lower === undefined || token.lower.endsWith('s')) return undefined;
  const isPart =
    lower === 2 || lower === 4 || (tokens[at - 1]?.lower === 'a' && tokens[at + 1]?.lower === 'of');
  if (!isPart || token.lower === 'fourth') return undefined;
  const next = tokens[at + 1]?.lower === 'of' ? at + 2 : at + 1;
  const article = /^an?$/.test(tokens[next]?.lower ?? '') ? next + 1 : next;
  const scale = scaleOf(tokens[article]);
  if (scale !== undefined && scale !== 100) {
    const amount = scale / lower;
    return { value: canonical(amount), amount, end: article + 1, isOptional: false };
  }
  const hasUnit = unitAt(tokens, article) !== undefined;
  return {
    value: canonical(1 / lower),
    amount: 1 / lower,
    end: hasUnit ? article : at + 1,
    isOptional: true,
    isShare: true,
  };
}

/** `World War II`, `Henry V`. Without a name before it, `I` is mostly the one who asks, and `V` a letter. */
function romanAt(tokens: readonly Token[], at: number): Spotted | undefined {
  const amount = ROMAN.indexOf(tokens[at]?.raw ?? '');
  const isAfterName = at > 1 && /^\p{Lu}\p{Ll}/u.test(tokens[at - 1]?.raw ?? '');
  if (amount < 1 || (amount === 5 && !isAfterName)) return undefined;
  return { value: String(amount), amount, end: at + 1, isOptional: amount === 1 && !isAfterName };
}

/** `the 1950s`, `the eighties`, `the 16th century`. */
function decadeAt(tokens: readonly Token[], at: number): Quantity | undefined {
  const [token, next] = [tokens[at], tokens[at + 1]];
  if (token === undefined) return undefined;
  const tens = TENS_PLURAL.indexOf(token.lower);
  if (tens >= 0) return calendarSpan([`decade:${(tens + 2) * 10}`], at, at + 1);
  const isSpan = /^['’]?$/.test(next?.before ?? ' ') && next?.lower === 's';
  if (token.isNumber && isSpan && /^(?:\d\d)?\d0$/.test(token.raw)) {
    const year = Number(token.raw);
    const century = year % 100 === 0 ? [`century:${year / 100}`] : [];
    const whole = year > 99 ? [`decade:${year}`] : [];
    return calendarSpan([...century, ...whole, `decade:${year % 100}`], at, at + 2);
  }
  const spelled = token.isNumber ? undefined : spelledNumberAt(tokens, at);
  const end = spelled?.end ?? afterSuffix(tokens, at + 1);
  const number = spelled?.amount ?? Number(token.raw);
  if (tokens[end]?.lower !== 'century' || !(number >= 1 && number <= 30)) return undefined;
  return calendarSpan([`century:${number - 1}`], at, end + 1);
}

/** Most words begin no quantity, and all the ways to read one need not be tried on them. */
function mayStart(token: Token): boolean {
  const { lower } = token;
  if (token.isNumber || lower === 'a' || lower === 'an') return true;
  return (
    mayStartNumber(token) || mayStartDate(token) || TENS_PLURAL.includes(lower) || ROMAN.includes(token.raw)
  );
}

/** What a number measures, and how much that is. */
function measured(tokens: readonly Token[], at: number, number: Spotted): Quantity {
  const scaled = scaledUp(tokens, number);
  const whole = withHalf(tokens, scaled);
  const spotted = unitOf(tokens, at, whole.end);
  const { unit } = spotted;
  const start = currencyCode(tokens[at - 1]) === undefined ? at : at - 1;
  const isFactor = unit?.dimension === 'factor';
  if (unit === undefined || (isFactor && Number.isNaN(whole.amount))) return unmeasured(at, whole);
  if (isFactor) return unmeasured(at, { ...timesOf(whole, unit.factor), end: spotted.end }, whole.value);
  const half = whole.end === scaled.end ? trailingHalf(tokens, spotted.end) : undefined;
  const amount = whole.amount + (half?.amount ?? 0);
  return quantityOf({
    amount,
    unit,
    digits: whole.value,
    start,
    end: half?.end ?? spotted.end,
    isOptional: false,
  });
}

function quantityOf(input: {
  readonly amount: number;
  readonly unit: Unit;
  readonly digits: string;
  readonly start: number;
  readonly end: number;
  readonly isOptional: boolean;
}): Quantity {
  const { amount, unit, digits, start, end, isOptional } = input;
  return {
    keys: Number.isNaN(amount) ? [`${unit.dimension}:${digits}:${unit.name}`] : keysOf(amount, unit),
    dimension: unit.dimension,
    unit: unit.name,
    amount: baseOf(amount, unit),
    digits,
    dates: [],
    isOptional,
    start,
    end,
  };
}

/** Equal amounts of any unit of a dimension share a key. A month has no fixed number of days, so it is counted apart. */
function keysOf(amount: number, unit: Unit): readonly string[] {
  const base = baseOf(amount, unit);
  const months = unit.dimension === 'time' ? MONTHS_OF.get(unit.name) : undefined;
  if (months !== undefined) return [`month:${canonical(amount * months)}`];
  const keys = [`${unit.dimension}:${canonical(base)}`];
  const steps = BINARY_STEPS.get(unit.name);
  // A gigabyte is 1000 or 1024 megabytes, depending on who speaks.
  if (steps !== undefined) keys.push(`${unit.dimension}:${canonical(base * 1.024 ** steps)}`);
  if (unit.dimension === 'money-cent')
    keys.push(...WITH_CENTS.map((money) => `${money}:${canonical(amount / 100)}`));
  // Pounds are weighed, and paid with.
  if (unit.name === 'pound') keys.push(`money-pound:${canonical(amount)}`);
  return keys;
}

function baseOf(amount: number, unit: Unit): number {
  if (unit.name === 'celsius') return amount + 273.15;
  if (unit.name === 'fahrenheit') return ((amount - 32) * 5) / 9 + 273.15;
  return amount * unit.factor;
}

/** `5 million`, `5k`, `2 dozen`. Digits that are no amount (an address, a date) keep what follows them apart. */
function scaledUp(tokens: readonly Token[], number: Spotted): Spotted {
  const factor = /^-?\d+(?:\.\d+)?$/.test(number.value) ? scaleOf(tokens[number.end]) : undefined;
  return factor === undefined ? number : { ...timesOf(number, factor), end: number.end + 1 };
}

function timesOf(number: Spotted, factor: number): Spotted {
  const amount = number.amount * factor;
  return { value: canonical(amount), amount, end: number.end, isOptional: false };
}

/** `two and a half hours`, `one and a half million`. */
function withHalf(tokens: readonly Token[], number: Spotted): Spotted {
  const half = Number.isInteger(number.amount) ? trailingHalf(tokens, number.end) : undefined;
  if (half === undefined) return number;
  const amount = number.amount + half.amount;
  return scaledUp(tokens, { value: canonical(amount), amount, end: half.end, isOptional: false });
}

/** `… and a half`, `… and a quarter`, `… and three quarters`. */
function trailingHalf(tokens: readonly Token[], at: number): { amount: number; end: number } | undefined {
  if (tokens[at]?.lower !== 'and') return undefined;
  const lower = denominatorOf(tokens[at + 2]);
  if (lower === undefined) return undefined;
  const upper = tokens[at + 1]?.lower === 'a' ? 1 : spelledNumberAt(tokens, at + 1)?.amount;
  if (upper === undefined || upper >= lower) return undefined;
  return { amount: upper / lower, end: at + 3 };
}

/** `an hour`, `a week`: one of it, if the other text counts it. `an hour and a half` is a number in any case. */
function unitWithArticle(tokens: readonly Token[], at: number): Quantity | undefined {
  if (!/^an?$/.test(tokens[at]?.lower ?? '')) return undefined;
  const spotted = unitAt(tokens, at + 1);
  if (spotted?.unit === undefined) return undefined;
  const half = trailingHalf(tokens, spotted.end);
  return quantityOf({
    amount: 1 + (half?.amount ?? 0),
    unit: spotted.unit,
    digits: '1',
    start: at,
    end: half?.end ?? spotted.end,
    isOptional: half === undefined,
  });
}

function unmeasured(start: number, number: Spotted, digits = number.value): Quantity {
  const { value, amount, isOptional, isShare = false, dates = [], end } = number;
  const keys = [value, ...(isShare ? [`share:${canonical(amount)}`] : []), ...dates.map(keyOfDate)];
  const isDate = dates.length > 0 && !isShare;
  return { keys, dimension: isDate ? 'date' : '', unit: '', amount, digits, dates, isOptional, start, end };
}

function calendarQuantity(dates: readonly PartialDate[], start: number, end: number): Quantity {
  const keys = dates.map(keyOfDate);
  return {
    keys,
    dimension: 'date',
    unit: '',
    amount: Number.NaN,
    digits: keys.join(),
    dates,
    isOptional: false,
    start,
    end,
  };
}

function calendarSpan(keys: readonly string[], start: number, end: number): Quantity {
  const digits = keys.join();
  return {
    keys,
    dimension: 'date',
    unit: '',
    amount: Number.NaN,
    digits,
    dates: [],
    isOptional: false,
    start,
    end,
  };
}

function clockQuantity(
  minutes: readonly number[],
  written: string | undefined,
  place: { readonly start: number; readonly end: number },
): Quantity {
  const keys = minutes.map((minute) => `clock:${minute}`);
  const amount = Number.NaN;
  return {
    keys,
    dimension: 'clock',
    unit: '',
    amount,
    digits: written ?? keys.join(),
    dates: [],
    isOptional: false,
    ...place,
  };
}

function keyOfDate({ year, month, day }: PartialDate): string {
  return `date:${year ?? ''}-${month ?? ''}-${day ?? ''}`;
}

const MONTHS_OF: ReadonlyMap<string, number> = new Map([
  ['month', 1],
  ['quarter-year', 3],
  ['year', 12],
  ['decade', 120],
  ['century', 1200],
]);

/** How many steps of 1024 instead of 1000 a unit may stand for. */
const BINARY_STEPS: ReadonlyMap<string, number> = new Map([
  ['kilobyte', 1],
  ['megabyte', 2],
  ['gigabyte', 3],
  ['terabyte', 4],
]);

const WITH_CENTS = ['money-dollar', 'money-euro'];

const TENS_PLURAL = 'twenties thirties forties fifties sixties seventies eighties nineties'.split(' ');

const ROMAN = [
  '',
  'I',
  'II',
  'III',
  'IV',
  'V',
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
