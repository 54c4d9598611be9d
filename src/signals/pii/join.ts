import type { Span } from '../contract.js';
import { houseNumbersApart } from './house-numbers.js';
import { withoutOverlaps } from './overlaps.js';
import { phoneAround } from './phones.js';
import { withTidyEnds } from './span-ends.js';
import { canonicalType, isByPatternsAlone } from './types.js';

/**
 * What the token head found in a text, joined with what its form gives away. Sorted, not overlapping, under canonical
 * names; pure, and linear in the length of the text.
 *
 * @param patterns sorted and not overlapping, as `findPatterns` gives them
 * @param spans by the token head, in any order; offsets are those of `text`
 */
export function joined(text: string, patterns: readonly Span[], spans: readonly Span[]): readonly Span[] {
  const said = withoutOverlaps(merged(text, inShape(text, named(spans))), isSurer);
  if (said.length === 0) return patterns;
  const kept = unlessBetter(patterns, said);
  const rest = houseNumbersApart(text, besides(text, said, kept));
  return [...kept, ...rest].sort((a, b) => a.start - b.start);
}

/** A pattern that was checked by digits or by a prefix scores this or more; others lean on words around them. */
const CHECKED_SCORE = 0.9;
/** What may stand inside one name between two pieces of it. */
const JOINTS = ['', '-', "'", '’'];

function isSurer(span: Span, than: Span): boolean {
  return span.score > than.score;
}

function named(spans: readonly Span[]): readonly Span[] {
  return spans.flatMap((span) => {
    const type = canonicalType(span.type);
    return type === undefined || span.start >= span.end ? [] : [{ ...span, type }];
  });
}

/**
 * What the head may say of a type whose form can be checked: nothing where patterns decide; of phones that a number is
 * one, but not where it ends.
 */
function inShape(text: string, spans: readonly Span[]): readonly Span[] {
  return spans.flatMap((span) => {
    if (isByPatternsAlone(span.type)) return [];
    if (span.type !== 'PHONE_NUMBER') return withTidyEnds(text, span) ?? [];
    const around = phoneAround(text, span.start, span.end);
    return around === undefined ? [] : [{ ...span, ...around }];
  });
}

/** Pieces of one word become one span; its score is that of the surest piece. */
function merged(text: string, spans: readonly Span[]): readonly Span[] {
  const whole: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = whole.at(-1);
    const touches =
      last?.type === span.type &&
      (span.start < last.end || JOINTS.includes(text.slice(last.end, span.start)));
    if (last === undefined || !touches) whole.push(span);
    else {
      const end = Math.max(last.end, span.end);
      whole[whole.length - 1] = { ...last, end, score: Math.max(last.score, span.score) };
    }
  }
  return whole;
}

/** A pattern that leans on words gives way to a longer or surer span of another type, as a house number does. */
function unlessBetter(patterns: readonly Span[], said: readonly Span[]): readonly Span[] {
  let at = 0;
  return patterns.filter((pattern) => {
    at = firstBehind(said, at, pattern.start);
    const head = said[at];
    if (head === undefined || pattern.score >= CHECKED_SCORE || head.type === pattern.type) return true;
    if (head.start > pattern.start || head.end < pattern.end) return true;
    return head.end - head.start === pattern.end - pattern.start && head.score <= pattern.score;
  });
}

/** What the head said of the text between the patterns. Of two spans of one type the pattern has the better ends. */
function besides(text: string, said: readonly Span[], patterns: readonly Span[]): readonly Span[] {
  let at = 0;
  return said.flatMap((head) => {
    at = firstBehind(patterns, at, head.start);
    const inside = patterns.slice(at, firstStarting(patterns, at, head.end));
    if (inside.length === 0) return [head];
    if (inside.some(({ type }) => type === head.type)) return [];
    const starts = [head.start, ...inside.map(({ end }) => end)];
    const ends = [...inside.map(({ start }) => start), head.end];
    return starts.flatMap((start, index) => within(text, { ...head, start, end: ends[index] ?? start }));
  });
}

/** A piece between two patterns never grows into them. */
function within(text: string, piece: Span): readonly Span[] {
  const { start, end } = piece;
  const tidy = withTidyEnds(text.slice(start, end), { ...piece, start: 0, end: end - start });
  return tidy === undefined ? [] : [{ ...tidy, start: start + tidy.start, end: start + tidy.end }];
}

/** Index of the first span, from the given one on, that ends after a place. */
function firstBehind(spans: readonly Span[], from: number, place: number): number {
  let at = from;
  for (let span = spans[at]; span !== undefined && span.end <= place; span = spans[at]) at += 1;
  return at;
}

/** Index of the first span, from the given one on, that starts at a place or after it. */
function firstStarting(spans: readonly Span[], from: number, place: number): number {
  let at = from;
  for (let span = spans[at]; span !== undefined && span.start < place; span = spans[at]) at += 1;
  return at;
}
