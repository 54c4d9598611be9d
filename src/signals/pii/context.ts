/**
 * The words before `at`, nearest first, in lower case. Digits and symbols separate them.
 *
 * It walks back by hand: a policy may read megabytes that hold nothing but numbers, and each asks for its context.
 */
export function wordsBefore(text: string, at: number): readonly string[] {
  const from = Math.max(0, at - CONTEXT_CHARS);
  const words: string[] = [];
  let end = at;
  while (end > from && words.length < CONTEXT_WORDS) {
    while (end > from && !isLetter(text.charCodeAt(end - 1))) end -= 1;
    let start = end;
    while (start > from && isLetter(text.charCodeAt(start - 1))) start -= 1;
    if (start < end) words.push(text.slice(start, end).toLowerCase());
    end = start;
  }
  return words;
}

/** The word that follows `at` on the same line with no more than a few symbols between, in lower case; else ''. */
export function wordAfter(text: string, at: number): string {
  let start = at;
  while (start < at + GAP_CHARS && GAPS.includes(text.charAt(start) || 'none')) start += 1;
  let end = start;
  while (end < start + WORD_CHARS && isLetter(text.charCodeAt(end))) end += 1;
  return text.slice(start, end).toLowerCase();
}

/** Whether the character continues an ASCII word or number. False for NaN, which stands for either end of a text. */
export function isWordCode(code: number): boolean {
  return isDigitCode(code) || isAsciiLetter(code) || code === 0x5f;
}

export function isDigitCode(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

const CONTEXT_CHARS = 80;
const CONTEXT_WORDS = 8;
const WORD_CHARS = 16;
const GAP_CHARS = 3;
const GAPS = ' -–(:,';

function isLetter(code: number): boolean {
  return isAsciiLetter(code) || code >= 0xc0;
}

function isAsciiLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}
