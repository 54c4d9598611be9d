import { describe, expect, test } from '@jest/globals';
import { createTracing } from '../../../src/adapters/otlp/ids.js';
import { isSampled, readTraceparent, writeTraceparent } from '../../../src/telemetry/trace.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('a traceparent', () => {
  test.each([
    [`00-${TRACE}-${SPAN}-01`, true],
    [`00-${TRACE}-${SPAN}-00`, false],
    [`00-${TRACE}-${SPAN}-03`, true],
    [`cc-${TRACE}-${SPAN}-01-what-comes-later`, true],
  ])('is read: %s', (text, sampled) => {
    expect(readTraceparent(text)).toEqual({ traceId: TRACE, spanId: SPAN, sampled });
  });

  test.each([
    undefined,
    '',
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}`,
    `cc-${TRACE}-${SPAN}-01-${'x'.repeat(600)}`,
  ])('is none: %s', (text) => {
    expect(readTraceparent(text)).toBeUndefined();
  });

  test('is written as it is read', () => {
    for (const sampled of [true, false]) {
      const place = { traceId: TRACE, spanId: SPAN, sampled };
      expect(readTraceparent(writeTraceparent(place))).toEqual(place);
    }
  });
});

describe('traces', () => {
  test('that begin here are kept in their share, and the same ones every time', () => {
    expect(isSampled(TRACE, 0)).toBe(false);
    expect(isSampled(TRACE, 1)).toBe(true);
    expect(isSampled(`${'0'.repeat(24)}7fffffff`, 0.5)).toBe(true);
    expect(isSampled(`${'0'.repeat(24)}80000000`, 0.5)).toBe(false);
    expect(createTracing(0).begin(undefined, 5)).toMatchObject({
      sampled: false,
      parentSpanId: undefined,
      startedMs: 5,
    });
  });

  test('of others go on as they decided', () => {
    const tracing = createTracing(0);
    expect(tracing.begin(`00-${TRACE}-${SPAN}-01`, 0)).toMatchObject({
      traceId: TRACE,
      parentSpanId: SPAN,
      sampled: true,
    });
    expect(createTracing(1).begin(`00-${TRACE}-${SPAN}-00`, 0).sampled).toBe(false);
  });

  test('never share an id', () => {
    const tracing = createTracing(1);
    const ids = Array.from({ length: 2000 }, () => tracing.begin(undefined, 0)).flatMap((each) => [
      each.traceId.slice(0, 16),
      each.spanId,
      each.callSpanId,
    ]);
    expect(new Set(ids).size).toBe(6000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{16}$/);
  });
});
