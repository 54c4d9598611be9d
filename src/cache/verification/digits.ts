import { canonical, type Spotted } from './amount.js';
import { afterSuffix, datesOf, fullYear } from './calendar.js';
import type { Token } from './tokens.js';

export interface Digits extends Spotted {
  readonly parts: readonly string[];
  /** What stands between the parts; empty where there is one part. */
  readonly joint: string;
}

/** Digits, with those joined to them: a date, a time, a version or a fraction is one number. */
export function digitsAt(tokens: readonly Token[], at: number): Digits {
  const parts = [plainDigits(tokens[at]?.raw ?? '')];
  const joint = jointAfter(tokens, at);
  let end = at + 1;
  while (joint !== '' && tokens[end - 1]?.after === joint && tokens[end]?.isNumber === true) {
    parts.push(plainDigits(tokens[end]?.raw ?? ''));
    end += 1;
  }
  const isNegative = /[\s(=:,][-−]$/.test(`${at === 0 ? ' ' : ''}${tokens[at]?.before ?? ''}`);
  const digits = { value: (isNegative ? '-' : '') + parts.join(joint), parts, joint, isOptional: false };
  if (joint !== '') return joined(digits, end);
  const short = /(?:^|[\s(])['’]$/.test(tokens[at]?.before ?? '') && /^\d\d$/.test(digits.value);
  if (short) return plain({ ...digits, value: String(fullYear(Number(digits.value))) }, end);
  const dotted = digits.value.split('.');
  if (dotted.length > 2) return { ...digits, amount: Number.NaN, end, dates: datesOf(dotted, '.') };
  const part = FRACTION_SIGNS.get(tokens[end]?.raw ?? '');
  if (part !== undefined && /^\s?$/.test(tokens[end]?.before ?? '')) {
    return plain({ ...digits, value: canonical(Number(digits.value) + part) }, end + 1);
  }
  const mixed = mixedFraction(tokens, end);
  if (mixed !== undefined)
    return plain({ ...digits, value: canonical(Number(digits.value) + mixed) }, end + 2);
  return plain(digits, afterSuffix(tokens, end));
}

/** What joins the digits at a place to the next ones; a hyphen only where there are three, since `2-3` is a span. */
function jointAfter(tokens: readonly Token[], at: number): string {
  const [token, next, third] = [tokens[at], tokens[at + 1], tokens[at + 2]];
  if (token === undefined || next?.isNumber !== true) return '';
  if (/^[/:^]$/.test(token.after)) return token.after;
  return token.after === '-' && third?.isNumber === true && next.after === '-' ? '-' : '';
}

/** `1 1/2`: the part after a whole number. */
function mixedFraction(tokens: readonly Token[], at: number): number | undefined {
  const [upper, lower, after] = [tokens[at], tokens[at + 1], tokens[at + 2]];
  if (upper?.isNumber !== true || upper.before !== ' ' || upper.after !== '/') return undefined;
  if (lower?.isNumber !== true || (after?.isNumber === true && lower.after === '/')) return undefined;
  const share = Number(upper.raw) / Number(lower.raw);
  return share > 0 && share < 1 ? share : undefined;
}

function joined(digits: Omit<Digits, 'amount' | 'end'>, end: number): Digits {
  const [one = 0, two = 0] = digits.parts.map(Number);
  if (digits.joint === '^' && digits.parts.length === 2) {
    const power = one ** two;
    const isExact = Number.isSafeInteger(power);
    return { ...digits, value: isExact ? String(power) : digits.value, amount: power, end };
  }
  const isShare = digits.joint === '/' && digits.parts.length === 2 && two !== 0;
  const dates = digits.joint === ':' ? [] : datesOf(digits.parts, digits.joint);
  return { ...digits, amount: isShare ? one / two : Number.NaN, isShare, dates, end };
}

function plain(digits: Omit<Digits, 'amount' | 'end'>, end: number): Digits {
  const amount = Number(digits.value);
  return { ...digits, amount, isShare: Math.abs(amount) < 1, end };
}

/** Without separators of thousands and leading zeros. Zeros at the end stay: version 3.10 is not 3.1. */
function plainDigits(raw: string): string {
  const sign = FRACTION_SIGNS.get(raw);
  if (sign !== undefined) return canonical(sign);
  const bare = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(raw) ? raw.replaceAll(',', '') : raw;
  return bare.replace(/^0+(?=\d)/, '');
}

const FRACTION_SIGNS: ReadonlyMap<string, number> = new Map([
  ['½', 1 / 2],
  ['¼', 1 / 4],
  ['¾', 3 / 4],
  ['⅓', 1 / 3],
  ['⅔', 2 / 3],
]);
