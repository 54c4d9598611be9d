import type { Span } from '../contract.js';

/** Of spans that overlap, the better one, in the order of the text. */
export function withoutOverlaps<S extends Span>(
  spans: readonly S[],
  isBetter: (span: S, than: S) => boolean,
): readonly S[] {
  const kept: S[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1);
    if (last === undefined || span.start >= last.end) kept.push(span);
    else if (isBetter(span, last)) kept[kept.length - 1] = span;
  }
  return kept;
}
