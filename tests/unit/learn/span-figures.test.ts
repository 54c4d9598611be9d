import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { spanFigures, type TypedSpan } from '../../../src/learn/span-figures.js';

function span(type: string, start: number, end: number): TypedSpan {
  return { type, start, end };
}

describe('figures of spans', () => {
  test('count a span when type and both ends are right, and, apart from that, when it only overlaps', () => {
    const rows = [
      {
        wanted: [span('PERSON', 0, 5), span('AGE', 10, 12)],
        found: [span('PERSON', 0, 5), span('AGE', 10, 14)],
      },
      { wanted: [span('PERSON', 0, 5)], found: [span('ORGANIZATION', 0, 5)] },
      { wanted: [], found: [span('AGE', 3, 4)] },
    ];
    const { exact, overlap } = spanFigures(rows);
    expect(exact).toEqual({ precision: 1 / 4, recall: 1 / 3, f1: 2 / 7, rows: 3 });
    expect(overlap).toEqual({ precision: 2 / 4, recall: 2 / 3, f1: 4 / 7, rows: 3 });
  });

  test('of some types leave the others out on both sides', () => {
    const rows = [
      { wanted: [span('PERSON', 0, 5), span('AGE', 7, 9)], found: [span('PERSON', 0, 4), span('AGE', 7, 9)] },
    ];
    expect(spanFigures(rows, new Set(['AGE'])).exact).toEqual({ precision: 1, recall: 1, f1: 1, rows: 1 });
    expect(spanFigures(rows, new Set(['URL'])).exact).toEqual({ precision: 0, recall: 0, f1: 0, rows: 0 });
  });

  test('give one found span to one wanted span alone', () => {
    const rows = [{ wanted: [span('AGE', 0, 2), span('AGE', 3, 5)], found: [span('AGE', 0, 5)] }];
    expect(spanFigures(rows).overlap).toEqual({ precision: 1, recall: 0.5, f1: 2 / 3, rows: 2 });
  });

  const spans = fc.array(
    fc
      .record({ type: fc.constantFrom('A', 'B'), start: fc.nat(20), more: fc.integer({ min: 1, max: 5 }) })
      .map(({ type, start, more }) => span(type, start, start + more)),
    { maxLength: 8 },
  );

  test('are perfect for what was found just so, and never better by ends than by overlap', () => {
    fc.assert(
      fc.property(spans, spans, (drawn, others) => {
        const [wanted, found] = [apart(drawn), apart(others)];
        expect(spanFigures([{ wanted, found: wanted }]).exact.recall).toBe(wanted.length === 0 ? 0 : 1);
        const { exact, overlap } = spanFigures([{ wanted, found }]);
        expect(exact.recall).toBeLessThanOrEqual(overlap.recall);
        expect(overlap.recall).toBeLessThanOrEqual(1);
      }),
    );
  });
});

/** Those that do not overlap an earlier one, as on either side of an evaluation. */
function apart(spans: readonly TypedSpan[]): readonly TypedSpan[] {
  let end = 0;
  return spans
    .toSorted((a, b) => a.start - b.start)
    .filter((each) => {
      if (each.start < end) return false;
      end = each.end;
      return true;
    });
}
