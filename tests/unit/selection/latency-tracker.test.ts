import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLatencyTracker } from '../../../src/selection/latency-tracker.js';

const HALF_LIFE = { halfLifeMs: 1000 };
const stream = (firstTokenMs: number, totalMs: number, tokens: number) => ({ firstTokenMs, totalMs, tokens });
const whole = (totalMs: number, tokens: number | undefined) => ({
  firstTokenMs: undefined,
  totalMs,
  tokens,
});

describe('what is remembered of a model’s answers', () => {
  test('is nothing at first', () => {
    expect(createLatencyTracker(HALF_LIFE).latencyOf('a', 0)).toBeUndefined();
  });

  test('is what a stream told', () => {
    const tracker = createLatencyTracker(HALF_LIFE);
    tracker.answered('a', stream(200, 1200, 101), 0);
    expect(tracker.latencyOf('a', 0)).toEqual({ firstTokenMs: 200, perTokenMs: 10 });
    expect(tracker.latencyOf('b', 0)).toBeUndefined();
  });

  test('lays the time of an answer in one piece to its tokens, less the usual first one', () => {
    const tracker = createLatencyTracker(HALF_LIFE);
    tracker.answered('a', whole(1000, 100), 0);
    expect(tracker.latencyOf('a', 0)).toEqual({ firstTokenMs: undefined, perTokenMs: 10 });
    tracker.answered('b', { firstTokenMs: 200, totalMs: undefined, tokens: undefined }, 0);
    tracker.answered('b', whole(1200, 101), 0);
    expect(tracker.latencyOf('b', 0)).toEqual({ firstTokenMs: 200, perTokenMs: 10 });
  });

  test.each([
    [
      'of a stream that was cut only the first token',
      { firstTokenMs: 50, totalMs: undefined, tokens: 3 },
      { firstTokenMs: 50, perTokenMs: undefined },
    ],
    ['of one token only when it came', stream(50, 60, 1), { firstTokenMs: 50, perTokenMs: undefined }],
    ['nothing of an answer without tokens', whole(100, 0), undefined],
    ['nothing where nobody counted', whole(100, undefined), undefined],
    ['nothing that cannot be', { firstTokenMs: Number.NaN, totalMs: 1e9, tokens: 1 }, undefined],
    [
      'an end before the first token as no time at all',
      stream(50, 40, 11),
      { firstTokenMs: 50, perTokenMs: 0 },
    ],
  ])('is %s', (_, times, wanted) => {
    const tracker = createLatencyTracker(HALF_LIFE);
    tracker.answered('a', times, 0);
    expect(tracker.latencyOf('a', 0)).toEqual(wanted);
  });

  test('follows a model that becomes slow, however many answers were fast', () => {
    const tracker = createLatencyTracker(HALF_LIFE);
    for (let at = 0; at < 1000; at += 1) tracker.answered('a', stream(100, 100, 1), at);
    for (let at = 0; at < 40; at += 1) tracker.answered('a', stream(900, 900, 1), 1000 + at);
    expect(tracker.latencyOf('a', 1040)?.firstTokenMs).toBeGreaterThan(800);
  });

  test('fades, so that a model that was slow is tried again', () => {
    const tracker = createLatencyTracker(HALF_LIFE);
    tracker.answered('a', stream(100, 100, 1), 0);
    expect(tracker.latencyOf('a', 2000)?.firstTokenMs).toBeCloseTo(100);
    expect(tracker.latencyOf('a', 2001)).toBeUndefined();
    for (let at = 0; at < 1000; at += 1) tracker.answered('b', stream(900, 900, 1), 0);
    expect(tracker.latencyOf('b', 6000)?.firstTokenMs).toBeCloseTo(900);
    expect(tracker.latencyOf('b', 6001)).toBeUndefined();
  });

  test('lies between the fastest and the slowest that was seen', () => {
    const answers = fc.array(fc.tuple(fc.nat(5000), fc.nat(900)), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(answers, (seen) => {
        const tracker = createLatencyTracker(HALF_LIFE);
        let nowMs = 0;
        for (const [firstTokenMs, passedMs] of seen) {
          nowMs += passedMs;
          tracker.answered('a', { firstTokenMs, totalMs: undefined, tokens: undefined }, nowMs);
        }
        const { firstTokenMs = -1 } = tracker.latencyOf('a', nowMs) ?? {};
        const times = seen.map(([ms]) => ms);
        expect(firstTokenMs).toBeGreaterThanOrEqual(Math.min(...times) - 1e-6);
        expect(firstTokenMs).toBeLessThanOrEqual(Math.max(...times) + 1e-6);
      }),
    );
  });
});
