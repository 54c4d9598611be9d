import { describe, expect, test } from '@jest/globals';
import { behindLead, shiftSpans, withoutDoubles } from '../../../../src/adapters/onnx/window-spans.js';
import type { Span } from '../../../../src/signals/contract.js';
import { embeddingWith, headReadings, windowOf } from '../../../support/heads.js';

const span = (type: string, start: number, end: number): Span => ({ type, start, end, score: 0.9 });
const passage = { text: 'x'.repeat(100), role: 'prompt' as const };

/** Spans that are left of windows, each given as its start, end and spans. */
function left(...windows: readonly (readonly [number, number, ...Span[]])[]) {
  const readings = windows.map(([start, end, ...spans]) => windowOf(0, [start, end], {}, spans));
  return withoutDoubles(readings, [passage]).map(({ heads }) =>
    heads.spans.map(({ type, start, end }) => `${type} ${start}-${end}`),
  );
}

describe('shiftSpans', () => {
  test('moves spans and nothing else', () => {
    const heads = headReadings({}, [span('PERSON', 1, 4)]);
    expect(shiftSpans(heads, 10).spans).toEqual([span('PERSON', 11, 14)]);
    expect(shiftSpans(heads, 10).probabilities).toBe(heads.probabilities);
    expect(shiftSpans(heads, 0)).toBe(heads);
  });

  test('an embedding without heads or lead stays the same', () => {
    const plain = { vector: Float32Array.of(1), tokens: 3, truncated: false, unknownShare: 0 };
    expect(behindLead(plain, 5)).toBe(plain);
    const embedding = { ...embeddingWith({}), heads: headReadings({}, [span('AGE', 0, 2)]) };
    expect(behindLead(embedding, 0)).toBe(embedding);
    expect(behindLead(embedding, 3).heads?.spans).toEqual([span('AGE', 3, 5)]);
  });
});

describe('withoutDoubles', () => {
  test('of two equal spans the later goes', () => {
    expect(left([0, 60, span('PERSON', 50, 55)], [45, 100, span('PERSON', 50, 55)])).toEqual([
      ['PERSON 50-55'],
      [],
    ]);
  });

  test('a span inside of another one of its type goes, on whichever side', () => {
    const [small, large] = [span('PERSON', 50, 53), span('PERSON', 48, 55)];
    expect(left([0, 60, small], [45, 100, large])).toEqual([[], ['PERSON 48-55']]);
    expect(left([0, 60, large], [45, 100, small])).toEqual([['PERSON 48-55'], []]);
  });

  test('a span cut by the edge of its window goes, whatever the cut one was taken for', () => {
    expect(left([0, 60, span('AGE', 55, 60)], [45, 100, span('US_SSN', 55, 66)])).toEqual([
      [],
      ['US_SSN 55-66'],
    ]);
    expect(left([0, 60, span('US_SSN', 40, 50)], [45, 100, span('AGE', 45, 50)])).toEqual([
      ['US_SSN 40-50'],
      [],
    ]);
  });

  test('spans of other types, in other places or in one window stay', () => {
    expect(left([0, 60, span('GPE', 50, 55)], [45, 100, span('PERSON', 49, 56)])).toEqual([
      ['GPE 50-55'],
      ['PERSON 49-56'],
    ]);
    expect(left([0, 60, span('AGE', 1, 3), span('AGE', 1, 5)])).toEqual([['AGE 1-3', 'AGE 1-5']]);
    expect(left([0, 100, span('AGE', 95, 100)])).toEqual([['AGE 95-100']]);
  });

  test('a piece at an edge stays when the neighbour saw nothing around it', () => {
    expect(left([0, 60, span('PERSON', 55, 60)], [45, 100, span('PERSON', 70, 75)])).toEqual([
      ['PERSON 55-60'],
      ['PERSON 70-75'],
    ]);
  });

  test('comes in the order of passages and places', () => {
    const readings = [windowOf(1, [0, 9]), windowOf(0, [50, 90]), windowOf(0, [0, 60])];
    const order = withoutDoubles(readings, [passage, passage]).map((each) => [each.passage, each.start]);
    expect(order).toEqual([
      [0, 0],
      [0, 50],
      [1, 0],
    ]);
  });

  test('windows of different passages have nothing in common', () => {
    const spans = [span('PERSON', 0, 4)];
    const readings = [windowOf(0, [0, 9], {}, spans), windowOf(1, [0, 9], {}, spans)];
    const kept = withoutDoubles(readings, [passage, passage]);
    expect(kept.map(({ heads }) => heads.spans.length)).toEqual([1, 1]);
  });

  test('hundreds of spans in each of many windows are no burden', () => {
    const text = 'x'.repeat(80_200);
    const readings = Array.from({ length: 100 }, (_, index) => {
      const start = index * 800;
      const spans = Array.from({ length: 250 }, (_each, at) =>
        span('AGE', start + 4 * at, start + 4 * at + 3),
      );
      return windowOf(0, [start, start + 1000], {}, spans);
    });
    const long = { ...passage, text };
    expect(withoutDoubles(readings, [long]).flatMap(({ heads }) => heads.spans)).toHaveLength(20_050);
  });
});
