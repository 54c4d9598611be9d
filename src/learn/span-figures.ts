import { type ClassFigures, figuresOf } from './metrics.js';

/** A stretch of one text, `end` not included, in whatever units both sides count. */
export interface TypedSpan {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** What one text holds, and what was found in it. */
export interface SpanRow {
  readonly wanted: readonly TypedSpan[];
  readonly found: readonly TypedSpan[];
}

export interface SpanFigures {
  /** Type and both ends must be equal. */
  readonly exact: ClassFigures;
  /** The type must be equal, and one character shared; no span counts twice. */
  readonly overlap: ClassFigures;
}

/** Figures over the spans of these types, or over all. */
export function spanFigures(rows: readonly SpanRow[], types?: ReadonlySet<string>): SpanFigures {
  const isAsked = ({ type }: TypedSpan): boolean => types === undefined || types.has(type);
  const exact = { hits: 0, claimed: 0, rows: 0 };
  const overlap = { hits: 0, claimed: 0, rows: 0 };
  for (const row of rows) {
    const wanted = row.wanted.filter(isAsked);
    const found = row.found.filter(isAsked);
    for (const counts of [exact, overlap]) {
      counts.rows += wanted.length;
      counts.claimed += found.length;
    }
    exact.hits += pairs(wanted, found, (a, b) => a.start === b.start && a.end === b.end);
    overlap.hits += pairs(wanted, found, (a, b) => a.start < b.end && b.start < a.end);
  }
  return { exact: figuresOf(exact), overlap: figuresOf(overlap) };
}

/** How many wanted spans find a partner of their type, each found span being partner of one. */
function pairs(
  wanted: readonly TypedSpan[],
  found: readonly TypedSpan[],
  isSame: (a: TypedSpan, b: TypedSpan) => boolean,
): number {
  const free = new Set(found);
  for (const span of wanted) {
    for (const other of free) {
      if (other.type !== span.type || !isSame(span, other)) continue;
      free.delete(other);
      break;
    }
  }
  return found.length - free.size;
}
