import { isPossiblePhoneNumber } from 'libphonenumber-js/min';
import type { Span } from '../contract.js';
import { isWordCode } from './codes.js';
import { countDigits, type DigitChain, type DigitGroup, digitChains, digitsOf } from './digits.js';
import { type PhoneContext, phoneContext } from './phone-context.js';

/**
 * Phone numbers. International ones must have a length that their country gives out. North American ones tell
 * themselves by their shape. Local ones (`668 5702`) look like any number: words around must say that one phones there.
 *
 * The library is asked about the first `LIBRARY_CALLS_MAX` international numbers of a text; a text with more is judged
 * by shape from there on, because one call costs as much as a thousand characters of all other patterns.
 */
export function findPhones(text: string): readonly Span[] {
  const spans: Span[] = [];
  let callsLeft = LIBRARY_CALLS_MAX;
  for (const candidate of phoneCandidates(text, DIGITS_MIN)) {
    const digits = digitsOf(text, candidate.groups);
    const international = internationalForm(text, candidate, digits);
    let score = 0;
    if (international !== undefined) {
      callsLeft -= 1;
      score = callsLeft < 0 || isPossiblePhoneNumber(international) ? SCORES.international : 0;
    }
    if (score === 0) score = localScore(text, candidate, digits);
    if (score > 0) spans.push({ type: 'PHONE_NUMBER', start: candidate.start, end: candidate.end, score });
  }
  return spans;
}

/**
 * The stretch around `start` to `end` that has the shape of a phone number; undefined where there is none. By it a span
 * that the token head found gets the ends that the number really has.
 */
export function phoneAround(
  text: string,
  start: number,
  end: number,
): { start: number; end: number } | undefined {
  const from = Math.max(0, start - AROUND_CHARS);
  for (const each of phoneCandidates(text.slice(from, end + AROUND_CHARS), DIGITS_AROUND_MIN)) {
    if (each.groups.length === 1 && countDigits(each.groups) < DIGITS_MIN) continue;
    const found = { start: each.start + from, end: each.end + from };
    if (found.start < end && found.end > start) return found;
  }
  return undefined;
}

interface Candidate {
  readonly start: number;
  readonly end: number;
  readonly groups: DigitChain;
  readonly hasPlus: boolean;
}

const LIBRARY_CALLS_MAX = 200;
const DIGITS_MIN = 7;
/** Where the token head says that it is one: small countries have numbers of five and six digits, in groups. */
const DIGITS_AROUND_MIN = 5;
const DIGITS_MAX = 15;
const GROUPS_MAX = 7;
const AROUND_CHARS = 40;
/** Above 0.9 a number needs no other sign; a shape alone is worth less than what the token head is sure of. */
const SCORES = { international: 0.95, northAmerican: 0.9, context: 0.85, bare: 0.75, shape: 0.6 };
const EXTENSION = /[ ,]{0,2}(?:x|ext\.?|extension)[ :.]{0,2}[0-9]{1,6}(?![0-9A-Za-z])/iy;

function* phoneCandidates(text: string, digitsMin: number): Generator<Candidate, void, undefined> {
  for (const chain of digitChains(text, digitsMin)) {
    const groups = withoutStrayEnd(text, chain);
    const first = groups.at(0);
    const last = groups.at(-1);
    if (first === undefined || last === undefined) continue;
    const digitCount = countDigits(groups);
    if (digitCount < digitsMin || digitCount > DIGITS_MAX || groups.length > GROUPS_MAX) continue;
    const start = openingOf(text, first.start);
    const end = endWithExtension(text, last.end);
    if (!isFree(text, start, end) || isOther(text.slice(first.start, last.end))) continue;
    yield { start, end, groups, hasPlus: text.slice(start, first.start).includes('+') };
  }
}

/** Without groups of one digit at the end: `call 668 5702 2 times`. */
function withoutStrayEnd(text: string, chain: DigitChain): DigitChain {
  let { length } = chain;
  while (length > 2 && isStray(text, chain[length - 2], chain[length - 1])) length -= 1;
  return chain.slice(0, length);
}

function isStray(text: string, before: DigitGroup | undefined, group: DigitGroup | undefined): boolean {
  if (before === undefined || group === undefined) return true;
  return group.end - group.start === 1 && text.slice(before.end, group.start) === ' ';
}

/** Where the number begins when a bracket or a plus opens it. */
function openingOf(text: string, digit: number): number {
  const isClosed = text.slice(digit, digit + CLOSING_CHARS).includes(')');
  if (isClosed && ['(+', '+('].includes(text.slice(digit - 2, digit))) return digit - 2;
  return text.charAt(digit - 1) === '+' || (isClosed && text.charAt(digit - 1) === '(') ? digit - 1 : digit;
}

const CLOSING_CHARS = 6;

function endWithExtension(text: string, end: number): number {
  EXTENSION.lastIndex = end;
  return EXTENSION.test(text) ? EXTENSION.lastIndex : end;
}

/** Whether neither a word, nor a decimal, nor an amount goes on at either end. */
function isFree(text: string, start: number, end: number): boolean {
  const before = text.charCodeAt(start - 1);
  const after = text.charAt(end);
  if (isWordCode(before) || isWordCode(text.charCodeAt(end))) return false;
  if ('$€£¥%/*'.includes(text.charAt(start - 1) || 'none') || '$€£¥%=*/'.includes(after || 'none'))
    return false;
  // An opening bracket right behind a word is that of a call in code.
  return !('.,-('.includes(text.charAt(start - 1) || 'none') && isWordCode(text.charCodeAt(start - 2)));
}

/** Dates, spans of years, and decimals. */
const OTHERS = [
  /^(?:19|20)[0-9]{2}[-./ ][0-9]{1,2}[-. ][0-9]{1,2}(?![0-9])/,
  /^[0-9]{1,2}[-. ][0-9]{1,2}[-. ](?:19|20)[0-9]{2}(?![0-9])/,
  /^(?:(?:1[0-9]|20)[0-9]{2}[-/\u2013 ]{0,3}){2,3}$/,
  /^[0-9]{1,2}\/(?:19|20)[0-9]{2}(?![0-9])/,
  /^[0-9]\.[0-9]+$/,
];

function isOther(number: string): boolean {
  return OTHERS.some((form) => form.test(number));
}

function internationalForm(
  text: string,
  { start, end, groups, hasPlus }: Candidate,
  digits: string,
): string | undefined {
  if (hasPlus) return `+${withoutTrunkZero(text, groups)}`;
  const isSpelled = groups.length > 1 || phoneContext(text, start, end) === 'phone';
  return digits.startsWith('00') && digits.length > 10 && isSpelled ? `+${digits.slice(2)}` : undefined;
}

/** `+41 (0)44 …`: the bracketed zero is only dialled inside the country. */
function withoutTrunkZero(text: string, groups: DigitChain): string {
  return groups
    .filter(({ start, end }) => text.slice(start - 1, end + 1) !== '(0)')
    .map(({ start, end }) => text.slice(start, end))
    .join('');
}

function localScore(text: string, candidate: Candidate, digits: string): number {
  const context = phoneContext(text, candidate.start, candidate.end);
  if (context === 'other') return 0;
  if (candidate.hasPlus) return plusScore(context, candidate, digits);
  const shape = shapeOf(text, candidate, digits);
  if (shape === 'north-american') return SCORES.northAmerican;
  if (context === 'phone') return contextScore(text, candidate);
  if (shape === 'bracketed') return SCORES.bare;
  return shape === 'grouped' && context === 'weak' ? SCORES.shape : 0;
}

/** No country gives such a length out, but made-up and mistyped numbers are written so, and hardly anything else. */
function plusScore(context: PhoneContext, { groups }: Candidate, digits: string): number {
  if (context === 'phone') return SCORES.context;
  return groups.length > 1 && digits.length > DIGITS_MIN ? SCORES.bare : 0;
}

function contextScore(text: string, { start, end, groups }: Candidate): number {
  if (groups.length === 1) return SCORES.bare;
  // Thousands are grouped as phone numbers are: `we reach 12 000 000 people`.
  return /[ .]000$/.test(text.slice(start, end)) ? 0 : SCORES.context;
}

/** What the shape of a local number tells. */
function shapeOf(
  text: string,
  { start, groups }: Candidate,
  digits: string,
): 'north-american' | 'bracketed' | 'grouped' | 'none' {
  const lengths = groups.map((group) => group.end - group.start).join('-');
  const isBracketed = text.startsWith('(', start);
  if (
    /^(?:1-)?3-3-4$/.test(lengths) &&
    (isBracketed || /[-.]/.test(text.slice(groups.at(-2)?.end, groups.at(-1)?.start)))
  ) {
    return 'north-american';
  }
  if (isBracketed) return 'bracketed';
  const number = text.slice(start, groups.at(-1)?.end);
  if (number.includes(' ') && number.includes('.')) return 'none';
  const isLong = digits.length >= 8 && (groups.length > 2 || (groups.length === 2 && digits.startsWith('0')));
  return isLong ? 'grouped' : 'none';
}
