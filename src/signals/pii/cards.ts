import type { Span } from '../contract.js';
import { isWordCode } from './codes.js';
import { wordsBefore } from './context.js';
import { type DigitChain, digitChains, digitsOf, passesLuhn, standsAlone } from './digits.js';

/**
 * Card numbers: 12 to 19 digits, together or in groups, whose last digit checks the others. Where the prefix and length
 * are not those of a card network, a word such as `card` must stand before.
 */
export function findCards(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const chain of digitChains(text, DIGITS_MIN)) {
    for (let first = 0; first < chain.length; ) {
      const found = cardFrom(text, chain, first);
      if (found !== undefined) spans.push(found.span);
      first = found?.next ?? first + 1;
    }
  }
  return spans;
}

const DIGITS_MIN = 12;
const DIGITS_MAX = 19;
const CARD_WORDS = new Set(
  'card cards cc visa mastercard amex maestro discover jcb credit debit karte kreditkarte carte tarjeta charge charged pay paid payment payments declined cvv'.split(
    ' ',
  ),
);
const MAESTRO = new Set('5018 5020 5038 6304 6390 6759 6761 6762 6763 0604'.split(' '));

/** The longest card number that begins with a group of the chain, and the group after it. */
function cardFrom(
  text: string,
  chain: DigitChain,
  first: number,
): { readonly span: Span; readonly next: number } | undefined {
  let digitCount = 0;
  let best: { span: Span; next: number } | undefined;
  for (let next = first + 1; next <= chain.length; next += 1) {
    const last = chain[next - 1];
    if (last === undefined || (next > first + 1 && !isEvenlySpaced(text, chain, first, next))) break;
    digitCount += last.end - last.start;
    if (digitCount > DIGITS_MAX) break;
    if (digitCount < DIGITS_MIN) continue;
    const span = judge(text, chain.slice(first, next));
    if (span !== undefined) best = { span, next };
  }
  return best;
}

/** Whether four digits begin, and the separator before the last group, a blank or a dash, is the first one again. */
function isEvenlySpaced(text: string, chain: DigitChain, first: number, next: number): boolean {
  const [one, two, before, last] = [chain[first], chain[first + 1], chain[next - 2], chain[next - 1]];
  if (one === undefined || two === undefined || before === undefined || last === undefined) return false;
  const separator = text.slice(one.end, two.start);
  const isKnown = separator === ' ' || separator === '-' || separator === '\u00a0';
  return isKnown && text.slice(before.end, last.start) === separator && one.end - one.start === 4;
}

function judge(text: string, groups: DigitChain): Span | undefined {
  const start = groups.at(0)?.start ?? 0;
  const end = groups.at(-1)?.end ?? 0;
  if (!standsAlone(text, start, end) || isPartOfName(text, start, end)) return undefined;
  const digits = digitsOf(text, groups);
  if (!passesLuhn(digits) || /^0+$/.test(digits)) return undefined;
  if (isOfNetwork(digits)) return { type: 'CREDIT_CARD', start, end, score: 0.99 };
  const isCalledCard = wordsBefore(text, start).some((word) => CARD_WORDS.has(word));
  return isCalledCard ? { type: 'CREDIT_CARD', start, end, score: 0.9 } : undefined;
}

/** Identifiers such as UUIDs end or begin with long digit groups after a dash. */
function isPartOfName(text: string, start: number, end: number): boolean {
  const joins = (at: number, next: number) =>
    text.charAt(at) === '-' && isWordCode(text.charCodeAt(next)) && !Number.isNaN(text.charCodeAt(next));
  return joins(start - 1, start - 2) || joins(end, end + 1);
}

/**
 * Prefixes and lengths as the networks give them out, all of 35 for JCB included; Maestro's numbers of 12 digits need the
 * word `card` but for its own four digits at the head.
 */
function isOfNetwork(digits: string): boolean {
  const { length } = digits;
  const four = Number(digits.slice(0, 4));
  const two = Math.floor(four / 100);
  if (digits.startsWith('4')) return length === 13 || length === 16 || length === 19;
  if (two === 34 || two === 37) return length === 15;
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length === 16;
  if ((four >= 3000 && four <= 3059) || two === 36 || two === 38 || two === 39) return length === 14;
  if (two === 35) return length >= 16;
  if (four === 2131 || four === 1800) return length === 15;
  if (four === 6011 || two === 65 || (four >= 6440 && four <= 6499)) return length === 16 || length === 19;
  if (two === 62) return length >= 16;
  if (MAESTRO.has(digits.slice(0, 4))) return true;
  return (two === 50 || (two >= 56 && two <= 58) || two === 63 || two === 67) && length >= 13;
}
