import isIBAN from 'validator/lib/isIBAN.js';
import type { Span } from '../contract.js';
import { isWordCode } from './codes.js';
import { wordsBefore } from './context.js';

/** Bank account numbers (IBAN) of a country that has them, with the right length and check digits, grouped or not. */
export function findIbans(text: string): readonly Span[] {
  const spans: Span[] = [];
  let free = 0;
  for (const { index } of text.matchAll(/(?<![0-9A-Za-z_])[A-Za-z]{2}[0-9]{2}(?=[ -]?[0-9A-Za-z]{2})/g)) {
    const length = LENGTHS.get(text.slice(index, index + 2).toUpperCase());
    if (index < free || length === undefined) continue;
    const end = stretchOf(text, index, length);
    if (end === undefined || !isIBAN.default(text.slice(index, end))) continue;
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

/**
 * Numbers of driving licences of the US: every state writes them differently, mostly letters first, so that the words
 * `driver's license` or the like must stand right before.
 */
export function findDriverLicences(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(LICENCE)) {
    const { number = '' } = match.groups ?? {};
    const digitCount = number.replaceAll(/[^0-9]/g, '').length;
    if (digitCount < LICENCE_DIGITS_MIN) continue;
    const end = match.index + match[0].length;
    spans.push({ type: 'US_DRIVER_LICENSE', start: end - number.length, end, score: 0.95 });
  }
  return spans;
}

const LICENCE =
  /(?<![0-9A-Za-z_])(?:(?:driver'?s?|driver’s|driving)[ -](?:licen[cs]e|permit)|dl)(?: (?:no\b\.?|nr\b\.?|id|card|number|#)){0,2}(?: (?:is|was)|:| ?#| -)? {0,2}(?<=[ :#])(?<number>[A-Za-z]{0,3}[0-9][0-9A-Za-z]{1,18}(?:(?:-[0-9]| [0-9]{3})[0-9A-Za-z]{0,5}){0,5})(?![0-9A-Za-z_]|[-.][0-9])/gi;
const LICENCE_DIGITS_MIN = 5;

/** Characters of an account number by country, as the registry of IBANs says; the library wants them cut out exactly. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    15: 'NO',
    16: 'BE',
    18: 'DK FI FO GL NL',
    19: 'MK SI',
    20: 'AT BA EE KZ LT LU XK',
    21: 'CH HR LI LV',
    22: 'BG BH CR DE GB GE IE ME RS VA',
    23: 'AE GI IL IQ TL',
    24: 'AD CZ ES MD PK RO SA SE SK TN VG',
    25: 'MZ PT',
    26: 'DZ IR IS TR',
    27: 'FR GR IT MC MR SM',
    28: 'AL AZ BY CY DO GT HU LB MA PL SV',
    29: 'BR EG PS QA UA',
    30: 'JO KW MU',
    31: 'MT SC',
    32: 'LC',
  }).flatMap(([length, countries]) => countries.split(' ').map((country) => [country, Number(length)])),
);
const SSN_WORDS = new Set(['ssn', 'social']);

/** Where `chars` letters and digits from `start` on end, single blanks or dashes between them; undefined before that. */
function stretchOf(text: string, start: number, chars: number): number | undefined {
  let at = start;
  for (let left = chars; left > 0; at += 1) {
    if (isWordCode(text.charCodeAt(at))) left -= 1;
    else if (!' -'.includes(text.charAt(at) || 'none') || !isWordCode(text.charCodeAt(at + 1)))
      return undefined;
  }
  return isWordCode(text.charCodeAt(at)) ? undefined : at;
}
