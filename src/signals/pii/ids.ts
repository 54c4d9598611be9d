import isIBAN from 'validator/lib/isIBAN.js';
import type { Span } from '../contract.js';
import { isWordCode, wordsBefore } from './context.js';

/** Bank account numbers (IBAN) of a country that has them, with the right length and check digits, grouped or not. */
export function findIbans(text: string): readonly Span[] {
  const spans: Span[] = [];
  let free = 0;
  for (const { index } of text.matchAll(/(?<![0-9A-Za-z_])[A-Za-z]{2}[0-9]{2}(?=[ -]?[0-9A-Za-z]{2})/g)) {
    if (index < free || !COUNTRIES.has(text.slice(index, index + 2).toUpperCase())) continue;
    const end = ibanEnd(text, index);
    if (end === undefined) continue;
    spans.push({ type: 'IBAN_CODE', start: index, end, score: 0.99 });
    free = end;
  }
  return spans;
}

/**
 * Numbers of the US social security: 3, 2 and 4 digits that were given out. Without dashes a word that names them must
 * stand before.
 */
export function findSocialSecurityNumbers(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(/(?<![\w.-])([0-9]{3})([- ]?)([0-9]{2})\2([0-9]{4})(?!\w|[-.][0-9])/g)) {
    const [whole, area = '', separator, group, serial] = match;
    const wasGiven =
      area !== '000' && area !== '666' && !area.startsWith('9') && group !== '00' && serial !== '0000';
    if (!wasGiven) continue;
    const isNamed = wordsBefore(text, match.index).some((word) => SSN_WORDS.has(word));
    if (separator !== '-' && !isNamed) continue;
    const score = isNamed ? 0.99 : 0.9;
    spans.push({ type: 'US_SSN', start: match.index, end: match.index + whole.length, score });
  }
  return spans;
}

const COUNTRIES: ReadonlySet<string> = new Set(isIBAN.locales);
const IBAN_CHARS_MIN = 15;
const IBAN_CHARS_MAX = 34;
const SSN_WORDS = new Set(['ssn', 'social']);

/** The longest stretch from `start` that is an account number; groups end where a blank or dash stands. */
function ibanEnd(text: string, start: number): number | undefined {
  const ends: number[] = [];
  let chars = 0;
  let at = start;
  for (; chars <= IBAN_CHARS_MAX; at += 1) {
    if (isWordCode(text.charCodeAt(at))) {
      chars += 1;
      continue;
    }
    if (chars >= IBAN_CHARS_MIN) ends.push(at);
    const isSingleGap = ' -'.includes(text.charAt(at) || 'none') && isWordCode(text.charCodeAt(at + 1));
    if (!isSingleGap) break;
  }
  return ends.reverse().find((end) => isIBAN.default(text.slice(start, end)));
}
