import type { Span } from '../contract.js';

/**
 * Spans in which the number that opens a street address stands apart from its street, as the data labels them: an
 * address is one span only where a flat or a place belongs to it. In order, as they came.
 */
export function houseNumbersApart(text: string, spans: readonly Span[]): readonly Span[] {
  const apart: Span[] = [];
  for (const span of spans) {
    const before = apart.at(-1);
    const hasOne = before !== undefined && isNumberOf(text, before, span);
    const number = hasOne ? undefined : openingNumber(text, span);
    if (number === undefined) {
      apart.push(span);
      continue;
    }
    const street = span.start + number.length;
    apart.push({ ...span, end: span.start + number.trimEnd().length }, { ...span, start: street });
  }
  return apart;
}

const GAP_CHARS_MAX = 2;
const ADDRESS_CHARS_MAX = 120;
/** A line break, a comma or such a word says that more than a street follows. */
const MORE_THAN_STREET = /[\n,]|\b(?:apt|suite|unit|box)\b/i;

/** Street names may begin with a number too: `77 69 Gordon Terrace`. */
function isNumberOf(text: string, before: Span, span: Span): boolean {
  const isNear = span.start - before.end <= GAP_CHARS_MAX;
  return isNear && before.type === span.type && /^[0-9]+$/.test(text.slice(before.start, before.end));
}

/** The number with the blanks behind it; undefined where the span is no bare street. */
function openingNumber(text: string, { type, start, end }: Span): string | undefined {
  if (type !== 'STREET_ADDRESS' || end - start > ADDRESS_CHARS_MAX) return undefined;
  const address = text.slice(start, end);
  if (MORE_THAN_STREET.test(address) || !/\p{L}/u.test(address)) return undefined;
  return /^[0-9]{1,6} {1,3}/.exec(address)?.[0];
}
