import type { Embedding, HeadReadings, Passage, Span, WindowReading } from '../../signals/contract.js';

/** Readings whose spans lie `by` units further on; the same ones where there is nothing to move. */
export function shiftSpans(heads: HeadReadings, by: number): HeadReadings {
  if (by === 0 || heads.spans.length === 0) return heads;
  const spans = heads.spans.map((span) => ({ ...span, start: span.start + by, end: span.end + by }));
  return { ...heads, spans };
}

/** The embedding of a window as that of the text which has so many units before it. */
export function behindLead(embedding: Embedding, lead: number): Embedding {
  const { heads } = embedding;
  if (heads === undefined) return embedding;
  const shifted = shiftSpans(heads, lead);
  return shifted === heads ? embedding : { ...embedding, heads: shifted };
}

/**
 * Readings in the order of passages and places, without the spans that two windows found of one thing: of two equal ones
 * the later goes, of two of one type the one inside of the other, and one that ends at the edge of its window goes where
 * the neighbour, who saw more, has something around it.
 */
export function withoutDoubles(
  readings: readonly WindowReading[],
  passages: readonly Passage[],
): readonly WindowReading[] {
  const sorted = [...readings].sort((a, b) => a.passage - b.passage || a.start - b.start || a.end - b.end);
  return sorted.map((reading, index) => {
    if (reading.heads.spans.length === 0) return reading;
    const edge = edgesOf(reading, passages[reading.passage]?.text ?? '');
    const earlier = overlapping(sorted, index, -1);
    const later = overlapping(sorted, index, 1);
    const spans = reading.heads.spans.filter((span) => {
      const covers = (other: Span, isEarlier: boolean): boolean =>
        surrounds(other, span, isEarlier) && (other.type === span.type || edge(span));
      // Most spans lie in no other window, and a hostile text can hold hundreds in each.
      const seenBy = (window: WindowReading, isEarlier: boolean): boolean =>
        window.start <= span.start &&
        window.end >= span.end &&
        window.heads.spans.some((other) => covers(other, isEarlier));
      return (
        !earlier.some((window) => seenBy(window, true)) && !later.some((window) => seenBy(window, false))
      );
    });
    return spans.length === reading.heads.spans.length
      ? reading
      : { ...reading, heads: { ...reading.heads, spans } };
  });
}

/** The neighbours on one side that share text with a reading. */
function overlapping(
  sorted: readonly WindowReading[],
  index: number,
  step: 1 | -1,
): readonly WindowReading[] {
  const reading = sorted[index];
  const found: WindowReading[] = [];
  for (let at = index + step; reading !== undefined; at += step) {
    const other = sorted[at];
    if (other === undefined || other.passage !== reading.passage) break;
    if (other.start >= reading.end || other.end <= reading.start) break;
    found.push(other);
  }
  return found;
}

/** Whether `other` holds all of `span`; of two equal ones only the earlier counts. */
function surrounds(other: Span, span: Span, isEarlier: boolean): boolean {
  if (other.start > span.start || other.end < span.end) return false;
  return isEarlier || other.start < span.start || other.end > span.end;
}

/** Says of a span whether it touches an end of its window where the passage goes on. */
function edgesOf({ start, end }: WindowReading, text: string): (span: Span) => boolean {
  const window = text.slice(start, end);
  const first = start === 0 ? -1 : end - window.trimStart().length;
  const last = end === text.length ? -1 : start + window.trimEnd().length;
  return (span) => span.start === first || span.end === last;
}
