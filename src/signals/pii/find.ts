import type { Span } from '../contract.js';
import { joined } from './join.js';
import { findLongKeys, LONG_KEY_CHARS_MAX } from './keys.js';
import { findPatterns } from './patterns.js';

/**
 * All personal data of a text: what its form gives away, joined with what the token head found. Sorted, not overlapping,
 * under canonical names; pure, and linear in the length of the text. A text of more than one slice is searched slice by
 * slice, so that whoever must not be busy for long may do the same with `findInSlice`.
 *
 * @param spans by the token head, in any order; offsets are those of `text`
 */
export function findPersonalData(text: string, spans: readonly Span[]): readonly Span[] {
  const found: Span[] = [];
  for (let start = 0; start < text.length; start += SLICE_CHARS) {
    const free = found.at(-1)?.end ?? 0;
    for (const span of findInSlice(text, { start, spans, free })) found.push(span);
  }
  return found;
}

/** What is searched at a stretch, so that even a text made to be slow takes milliseconds. UTF-16 units. */
export const SLICE_CHARS = 16 * 1024;

/** One of the stretches of `SLICE_CHARS` that a text is searched in. */
export interface Slice {
  /** A multiple of `SLICE_CHARS`. */
  readonly start: number;
  /** By the token head, at least those that reach into the slice; offsets are those of the text. */
  readonly spans: readonly Span[];
  /** Where the last find of the slices before ends; 0 without one. */
  readonly free: number;
}

/**
 * Personal data that begins in a slice of a text, whole, with offsets of the text. What stands around the slice is read
 * along with it, further than any pattern reaches, so that the find is the one that a search of the whole text makes.
 * Only where things that look like finds hang on one another for thousands of characters may they be parted otherwise.
 */
export function findInSlice(text: string, { start, spans, free }: Slice): readonly Span[] {
  const from = Math.max(0, start - CONTEXT_CHARS);
  const piece = text.slice(from, start + SLICE_CHARS + CONTEXT_CHARS);
  const patterns = findPatterns(piece, longKeysAround(text, from, piece.length));
  const inPiece = spans
    .filter((span) => span.start >= from && span.end <= from + piece.length)
    .map((span) => shifted(span, -from));
  const first = Math.max(start, free) - from;
  const last = start + SLICE_CHARS - from;
  return joined(piece, patterns, inPiece)
    .filter((span) => span.start >= first && span.start < last)
    .map((span) => shifted(span, from));
}

/**
 * Read on either side of a slice: longer than a URL, the longest thing besides long keys, with the words before it and
 * something that overlaps its end. UTF-16 units.
 */
const CONTEXT_CHARS = 3072;
/** The same for long keys, which are rare and cheap to look for. */
const LONG_CONTEXT_CHARS = LONG_KEY_CHARS_MAX + CONTEXT_CHARS;

/** Long keys that reach into a piece of the text; offsets are those of the piece, which may begin within a key. */
function longKeysAround(text: string, start: number, length: number): readonly Span[] {
  const from = Math.max(0, start - LONG_CONTEXT_CHARS);
  return findLongKeys(text.slice(from, start + length + LONG_CONTEXT_CHARS))
    .map((key) => shifted(key, from - start))
    .filter((key) => key.end > 0 && key.start < length)
    .map((key) => (key.start < 0 ? { ...key, start: 0 } : key));
}

function shifted(span: Span, by: number): Span {
  return by === 0 ? span : { ...span, start: span.start + by, end: span.end + by };
}
