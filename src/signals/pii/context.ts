import { isLetterCode } from './codes.js';

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
    while (end > from && !isLetterCode(text.charCodeAt(end - 1))) end -= 1;
    let start = end;
    while (start > from && isLetterCode(text.charCodeAt(start - 1))) start -= 1;
    if (start < end) words.push(text.slice(start, end).toLowerCase());
    end = start;
  }
  return words;
}

/** The words that follow `at` on the same line with no more than a few symbols before each, in lower case. */
export function wordsAfter(text: string, at: number): readonly string[] {
  const found: string[] = [];
  let end = at;
  while (found.length < WORDS_AFTER_MAX) {
    let start = end;
    while (start < end + GAP_CHARS && GAPS.includes(text.charAt(start) || 'none')) start += 1;
    end = start;
    while (end < start + WORD_CHARS && isLetterCode(text.charCodeAt(end))) end += 1;
    if (end === start) break;
    found.push(text.slice(start, end).toLowerCase());
  }
  return found;
}

const CONTEXT_CHARS = 80;
const CONTEXT_WORDS = 8;
const WORDS_AFTER_MAX = 5;
const WORD_CHARS = 16;
const GAP_CHARS = 3;
const GAPS = ' -–(:,';
