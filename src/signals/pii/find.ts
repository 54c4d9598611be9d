import type { Span } from '../contract.js';
import { withoutOverlaps } from './overlaps.js';
import { findPatterns } from './patterns.js';
import { phoneAround } from './phones.js';
import { canonicalType, isByPatternsAlone } from './types.js';

/**
 * All personal data of a text: what its form gives away, joined with what the token head found. Sorted, not overlapping,
 * under canonical names; pure, and linear in the length of the text.
 *
 * @param spans by the token head, in any order; offsets are those of `text`
 */
export function findPersonalData(text: string, spans: readonly Span[]): readonly Span[] {
  const byPattern = findPatterns(text).map((span) => ({ ...span, isPattern: true }));
  const byHead = merged(text, named(spans)).flatMap((span) => {
    const shaped = inShape(text, span);
    return shaped === undefined ? [] : [{ ...shaped, isPattern: false }];
  });
  return withoutOverlaps([...byPattern, ...byHead], isBetter).map(({ type, start, end, score }) => ({
    type,
    start,
    end,
    score,
  }));
}

interface Candidate extends Span {
  readonly isPattern: boolean;
}

/** A pattern that was checked by digits or by a prefix scores this or more; others lean on words around them. */
const CHECKED_SCORE = 0.9;
/** What may stand inside one name between two pieces of it. */
const JOINTS = ['', '-', "'", '’'];

function named(spans: readonly Span[]): readonly Span[] {
  return spans.flatMap((span) => {
    const type = canonicalType(span.type);
    return type === undefined || span.start >= span.end ? [] : [{ ...span, type }];
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

/**
 * What the head may say of a type whose form can be checked: nothing where patterns decide; of phones that a number is
 * one, but not where it ends.
 */
function inShape(text: string, span: Span): Span | undefined {
  if (isByPatternsAlone(span.type)) return undefined;
  if (span.type !== 'PHONE_NUMBER') return span;
  const around = phoneAround(text, span.start, span.end);
  return around === undefined ? undefined : { ...span, ...around };
}

/** A checked pattern beats the head. One that leans on words gives way to a longer or surer span of another type. */
function isBetter(span: Candidate, than: Candidate): boolean {
  if (span.isPattern === than.isPattern) return span.score > than.score;
  const [pattern, head] = span.isPattern ? [span, than] : [than, span];
  const isHeadBetter = pattern.score < CHECKED_SCORE && head.type !== pattern.type && covers(head, pattern);
  return isHeadBetter !== span.isPattern;
}

function covers(head: Span, pattern: Span): boolean {
  if (head.start > pattern.start || head.end < pattern.end) return false;
  return head.end - head.start > pattern.end - pattern.start || head.score > pattern.score;
}
