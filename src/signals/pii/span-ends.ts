import type { Span } from '../contract.js';
import { isLetterCode, isWordCode } from './codes.js';

/**
 * A span of the token head with the ends that a name or address has: no signs around it but the stop of an abbreviation
 * and a bracket that it opened, no genitive, and words with dashes whole. Undefined where nothing is left.
 */
export function withTidyEnds(text: string, span: Span): Span | undefined {
  let { start, end } = span;
  while (start < end && !isInside(text, start)) start += 1;
  while (end > start && !isInside(text, end - 1) && !closes(text, start, end)) end -= 1;
  if (start >= end) return undefined;
  if (/^['’]s$/.test(text.slice(end - 2, end)) && end - start > 2) end -= 2;
  if (!SINGLE_WORDS.has(span.type)) {
    start = wordsStart(text, start);
    end = wordsEnd(text, end);
  }
  return { ...span, start, end };
}

/** These stand before a dash on their own: `38-year-old`. */
const SINGLE_WORDS = new Set(['AGE', 'DATE_TIME', 'ZIP_CODE']);
/** What dashes join is no longer than that; a line of nothing but dashes and letters is no name. */
const JOINED_CHARS_MAX = 40;

function isInside(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return isLetterCode(code) || isWordCode(code);
}

function closes(text: string, start: number, end: number): boolean {
  const last = text.charAt(end - 1);
  return last === '.' || (last === ')' && text.slice(start, end).includes('('));
}

/** `-Koźle` begins where `Kędzierzyn-Koźle` does. */
function wordsStart(text: string, start: number): number {
  let first = start;
  while (
    first > start - JOINED_CHARS_MAX &&
    (isJoint(text, first - 1) || (first < start && isInside(text, first - 1)))
  )
    first -= 1;
  return first;
}

function wordsEnd(text: string, end: number): number {
  let last = end;
  while (last < end + JOINED_CHARS_MAX && (isJoint(text, last) || (last > end && isInside(text, last))))
    last += 1;
  return last;
}

function isJoint(text: string, at: number): boolean {
  return text.charAt(at) === '-' && isInside(text, at - 1) && isInside(text, at + 1);
}
