import { isDigitCode, isWordCode } from './codes.js';

/** A run of digits. */
export interface DigitGroup {
  readonly start: number;
  readonly end: number;
}

/** Runs of digits that blanks, dashes, dots and brackets hold together: the stuff of card and phone numbers. */
export type DigitChain = readonly DigitGroup[];

/**
 * Every chain of at least `digitsMin` digits, in order. Chains do not overlap; each has at most `GROUPS_MAX` groups, so
 * that work on one is bounded.
 */
export function digitChains(text: string, digitsMin: number): readonly DigitChain[] {
  const chains: DigitChain[] = [];
  let chain: DigitGroup[] = [];
  const close = () => {
    if (countDigits(chain) >= digitsMin) chains.push(chain);
  };
  for (const match of text.matchAll(/[0-9]+/g)) {
    const group = { start: match.index, end: match.index + match[0].length };
    const last = chain.at(-1);
    if (last !== undefined && (chain.length === GROUPS_MAX || !isJoined(text, last, group, chain))) {
      close();
      chain = [];
    }
    chain.push(group);
  }
  close();
  return chains;
}

/** The digits of some groups, without what stands between. */
export function digitsOf(text: string, groups: DigitChain): string {
  return groups.map(({ start, end }) => text.slice(start, end)).join('');
}

export function countDigits(groups: DigitChain): number {
  return groups.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** Whether the digits pass the check that every card number's last digit is made for (Luhn's). */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 0x30;
    const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += index % 2 === 0 ? digit : doubled;
  }
  return sum % 10 === 0;
}

const GROUPS_MAX = 12;
const GAP_CHARS_MAX = 3;
/** Blanks, also those that do not break; dashes; dots; brackets, as in `+41 (0)44`. */
const SEPARATORS = ' \u00a0\u202f-.\u2010\u2011\u2012\u2013()';

function isJoined(text: string, { end }: DigitGroup, next: DigitGroup, chain: DigitChain): boolean {
  const { start } = next;
  const length = next.end - start;
  if (start - end > GAP_CHARS_MAX) return false;
  let slashes = 0;
  for (let at = end; at < start; at += 1) {
    if (text.charAt(at) === '/') slashes += 1;
    else if (!SEPARATORS.includes(text.charAt(at))) return false;
  }
  return slashes === 0 || (slashes === 1 && isAreaCode(chain) && length >= DIGITS_AFTER_SLASH_MIN);
}

/** A slash joins an area code to its number (0341/123456, 06-84/679 6785). Elsewhere it parts dates and fractions. */
function isAreaCode(chain: DigitChain): boolean {
  return chain.length <= 2 && countDigits(chain) >= 2;
}

const DIGITS_AFTER_SLASH_MIN = 3;

/** Whether the groups are a number of their own, not the middle of a decimal or of a longer name. */
export function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.charCodeAt(start - 1);
  const isDecimal = (before === 0x2e || before === 0x2c) && isDigitCode(text.charCodeAt(start - 2));
  return !isDecimal && !isWordCode(before) && !isWordCode(text.charCodeAt(end));
}
