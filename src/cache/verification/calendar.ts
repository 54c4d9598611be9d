import { spelledNumberAt } from './number-words.js';
import type { Token } from './tokens.js';

/** A day, a month or a year; what is left out is not known. */
export interface PartialDate {
  readonly year: number | undefined;
  /** 1 to 12. */
  readonly month: number | undefined;
  readonly day: number | undefined;
}

export interface SpottedDate {
  /** More than one where day and month may be meant either way round. */
  readonly dates: readonly PartialDate[];
  readonly end: number;
}

export interface SpottedClock {
  /** Minutes since midnight; two where morning or afternoon may be meant. */
  readonly minutes: readonly number[];
  readonly end: number;
}

/** A date with the name of its month: `5 March 2023`, `the fifth of March`, `March 5th`, `July '69`, `March 2023`. */
export function namedDateAt(tokens: readonly Token[], at: number): SpottedDate | undefined {
  const first = dayAt(tokens, at);
  if (first === undefined) return monthFirst(tokens, at);
  const ofMonth = tokens[first.end]?.lower === 'of' ? first.end + 1 : first.end;
  const month = monthAt(tokens, ofMonth);
  if (month === undefined) return undefined;
  const year = yearAt(tokens, ofMonth + 1);
  const end = year?.end ?? ofMonth + 1;
  return { dates: [{ year: year?.value, month, day: first.value }], end };
}

/** False for words with which no date and no time of day begins; numbers are asked for elsewhere. */
export function mayStartDate(token: Token): boolean {
  return NAMED_TIMES.has(token.lower) || MONTHS.includes(token.lower.slice(0, 3));
}

/** The dates that digits with slashes, dots or hyphens between them may stand for; none where they are no date. */
export function datesOf(parts: readonly string[], joint: string): readonly PartialDate[] {
  const [one = 0, two = 0, three] = parts.map(Number);
  if (parts.length === 2) {
    if (joint !== '/') return [];
    if (isYear(two)) return dateOf(two, one, undefined);
    return [...dateOf(undefined, one, two), ...dateOf(undefined, two, one)];
  }
  if (parts.length !== 3 || three === undefined) return [];
  if (isYear(one)) return dateOf(one, two, three);
  if (!isYear(three)) return joint === '.' ? [] : twoWays(one, two, fullYear(three));
  // With dots the day always comes first.
  return joint === '.' ? dateOf(three, two, one) : twoWays(one, two, three);
}

/** A time of day: `2:30 pm`, `14:30`, `2 o'clock`, `noon`, `half past two`. `parts` are the digits joined by colons. */
export function clockAt(
  tokens: readonly Token[],
  at: number,
  digits: { readonly parts: readonly string[]; readonly end: number } | undefined,
): SpottedClock | undefined {
  const named = NAMED_TIMES.get(tokens[at]?.lower ?? '');
  if (named !== undefined) return { minutes: [named], end: at + 1 };
  if (digits === undefined) return spokenClock(tokens, at);
  const [hours = 0, minutes = 0] = digits.parts.map(Number);
  const isWritten = digits.parts.length > 1 && /^\d\d$/.test(tokens[at + 1]?.raw ?? '');
  if (hours > 24 || minutes > 59 || digits.parts.length > 3) return undefined;
  const half = halfOfDay(tokens, digits.end);
  if (half !== undefined && hours <= 12) {
    return { minutes: [(hours % 12) * 60 + minutes + half.minutes], end: half.end };
  }
  const isHour = tokens[digits.end]?.raw.toLowerCase().replace('’', "'") === "o'clock";
  if (!isHour && !isWritten) return undefined;
  const end = half?.end ?? (isHour ? digits.end + 1 : digits.end);
  return { minutes: eitherHalf(hours, minutes), end };
}

/** `half past two`, `quarter to three`. */
function spokenClock(tokens: readonly Token[], at: number): SpottedClock | undefined {
  const [part, side] = [tokens[at]?.lower, tokens[at + 1]?.lower ?? ''];
  if (!(part === 'half' || part === 'quarter') || !/^(?:past|to)$/.test(side)) return undefined;
  const next = tokens[at + 2];
  const spelled = spelledNumberAt(tokens, at + 2);
  const hour = next?.isNumber === true ? Number(next.raw) : spelled?.amount;
  if (hour === undefined || !(hour >= 1 && hour <= 12)) return undefined;
  const minutes = (part === 'half' ? 30 : 15) * (side === 'to' ? -1 : 1);
  return { minutes: eitherHalf(hour, minutes), end: spelled?.end ?? at + 3 };
}

/** An hour up to 12 may be one of the morning or of the afternoon. */
function eitherHalf(hours: number, minutes: number): readonly number[] {
  const day = 24 * 60;
  const first = (hours * 60 + minutes) % day;
  return hours < 1 || hours > 12 ? [first] : [first, (first + day / 2) % day];
}

/** `am`, `PM`, `p.m.`: what they add in minutes. */
function halfOfDay(tokens: readonly Token[], at: number): { minutes: number; end: number } | undefined {
  const [token, next] = [tokens[at], tokens[at + 1]];
  if (token === undefined || !/^\s?$/.test(token.before)) return undefined;
  if (token.lower === 'am' || token.lower === 'pm')
    return { minutes: token.lower === 'pm' ? 720 : 0, end: at + 1 };
  if (!/^[ap]$/.test(token.lower) || token.after !== '.' || next?.lower !== 'm') return undefined;
  return { minutes: token.lower === 'p' ? 720 : 0, end: at + 2 };
}

function monthFirst(tokens: readonly Token[], at: number): SpottedDate | undefined {
  const month = monthAt(tokens, at);
  if (month === undefined) return undefined;
  const next = tokens[at + 1]?.lower === 'the' ? at + 2 : at + 1;
  const day = isYear(Number(tokens[next]?.raw)) ? undefined : dayAt(tokens, next);
  const year = yearAt(tokens, day?.end ?? at + 1);
  if (day === undefined && year === undefined) return undefined;
  return { dates: [{ year: year?.value, month, day: day?.value }], end: year?.end ?? day?.end ?? at + 1 };
}

interface Part {
  readonly value: number;
  readonly end: number;
}

/** 1 to 31, in digits with or without `st`, `nd`, `rd`, `th`, or in words. */
function dayAt(tokens: readonly Token[], at: number): Part | undefined {
  const token = tokens[at];
  // `June '23` names a year.
  if (token === undefined || /['’]$/.test(token.before)) return undefined;
  if (!token.isNumber) {
    const spelled = spelledNumberAt(tokens, at);
    if (spelled === undefined || spelled.amount < 1 || spelled.amount > 31) return undefined;
    return { value: spelled.amount, end: spelled.end };
  }
  if (!/^\d{1,2}$/.test(token.raw) || Number(token.raw) < 1 || Number(token.raw) > 31) return undefined;
  return { value: Number(token.raw), end: afterSuffix(tokens, at + 1) };
}

/** The index after `st`, `nd`, `rd` or `th`, which say no more than the number before them. */
export function afterSuffix(tokens: readonly Token[], at: number): number {
  const token = tokens[at];
  return token?.before === '' && /^(?:st|nd|rd|th)$/.test(token.lower) ? at + 1 : at;
}

/** A year that belongs to the month before it: `2023`, `, 2023`, `of 2023`, `'23`. */
function yearAt(tokens: readonly Token[], at: number): Part | undefined {
  const start = tokens[at]?.lower === 'of' ? at + 1 : at;
  const token = tokens[start];
  if (token?.isNumber !== true || !/^[\s,]*(?:of\s+)?['’]?$/.test(token.before)) return undefined;
  if (/['’]$/.test(token.before) && /^\d\d$/.test(token.raw))
    return { value: fullYear(Number(token.raw)), end: start + 1 };
  return isYear(Number(token.raw)) && /^\d{4}$/.test(token.raw)
    ? { value: Number(token.raw), end: start + 1 }
    : undefined;
}

/** `may`, `march` and the like are months only with a capital, since they are plain words as well. */
function monthAt(tokens: readonly Token[], at: number): number | undefined {
  const token = tokens[at];
  if (token === undefined || (PLAIN_WORDS.test(token.lower) && !/^\p{Lu}/u.test(token.raw))) return undefined;
  const month = MONTHS.indexOf(token.lower.slice(0, 3)) + 1;
  const isName = month > 0 && (token.lower.length === 3 || FULL_MONTHS.has(token.lower));
  return isName ? month : undefined;
}

function twoWays(one: number, two: number, year: number): readonly PartialDate[] {
  return [...dateOf(year, one, two), ...dateOf(year, two, one)];
}

function dateOf(year: number | undefined, month: number, day: number | undefined): readonly PartialDate[] {
  const isDate = month >= 1 && month <= 12 && (day === undefined || (day >= 1 && day <= 31));
  return isDate ? [{ year, month, day }] : [];
}

/** Years of which people ask; other numbers of four digits are counts. */
export function isYear(value: number): boolean {
  return Number.isInteger(value) && value >= 1000 && value <= 2199;
}

/** `'69` is 1969 and `'23` is 2023: two digits mean the century that is nearer. */
export function fullYear(short: number): number {
  return short > 40 ? 1900 + short : 2000 + short;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

const FULL_MONTHS: ReadonlySet<string> = new Set(
  'january february march april may june july august september sept october november december'.split(' '),
);

const PLAIN_WORDS = /^(?:may|march|mar|jun|jan|dec)$/;

const NAMED_TIMES: ReadonlyMap<string, number> = new Map([
  ['noon', 720],
  ['midday', 720],
  ['midnight', 0],
]);
